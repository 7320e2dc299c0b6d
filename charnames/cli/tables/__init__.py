"""The figures of models as tables and JSON."""
