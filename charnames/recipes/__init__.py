"""Recipes: the settings of a run, their presets, and the network they describe."""
