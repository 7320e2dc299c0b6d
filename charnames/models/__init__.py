"""Models: weights with all that it takes to write, score or classify."""
