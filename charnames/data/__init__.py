"""Lists: names, and sequences of numbers, read from files and streams."""
