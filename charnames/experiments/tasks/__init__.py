"""The tasks of a model in experiments, one in each file."""
