"""Constraints on names, as finite automata."""
