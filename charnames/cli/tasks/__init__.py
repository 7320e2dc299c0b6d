"""The tasks of a model on the command line, one in each file."""
