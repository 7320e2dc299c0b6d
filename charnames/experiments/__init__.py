"""Experiments: comparisons of architectures, with runs in parallel processes."""
