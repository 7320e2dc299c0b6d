"""Plots of what train and evaluate print with --json."""
