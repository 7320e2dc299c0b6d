"""Recipes: every setting of a training run, the presets, the network asked for."""
