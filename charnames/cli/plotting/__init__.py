"""Reading the JSON reports that are drawn."""
