"""The figures of models as text and JSON."""
