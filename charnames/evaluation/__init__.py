"""Evaluation of models on examples that they have not learned."""
