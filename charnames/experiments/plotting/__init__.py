"""Plots of runs, evaluations and models; only this package uses matplotlib."""
