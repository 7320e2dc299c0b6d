"""Evaluation: how good a model is on examples that it has not learned."""
