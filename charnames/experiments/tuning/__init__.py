"""The search for the settings of a recipe: what is searched, how it is measured."""
