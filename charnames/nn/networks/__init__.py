"""Whole networks: their shape, their first weights, losses and gradients."""
