"""The model files that come with charnames, and the program that makes the base model."""
