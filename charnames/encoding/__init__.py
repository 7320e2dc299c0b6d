"""Texts to what a network reads: alphabets, letter case, labels, hashes."""
