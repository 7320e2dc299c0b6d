"""The model files that come with charnames, and how the base model is made."""
