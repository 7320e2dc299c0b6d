"""A search of `tune`: its progress, its report, and the recipe that it writes."""
