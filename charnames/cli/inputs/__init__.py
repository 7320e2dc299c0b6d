"""The inputs of the commands: lists, and models by name."""
