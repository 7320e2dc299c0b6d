"""Experiments: architectures compared, with runs in parallel processes."""
