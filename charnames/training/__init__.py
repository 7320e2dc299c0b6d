"""Training: the loop, and what each task trains and measures in it."""
