"""Plots of the JSON reports of train and evaluate."""
