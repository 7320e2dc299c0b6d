"""Architectures compared, in processes side by side."""
