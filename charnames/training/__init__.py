"""Training: the loop, and what each task adds to it."""
