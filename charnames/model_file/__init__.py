"""The model file: a header checked as a stranger's, arrays, safe writing."""
