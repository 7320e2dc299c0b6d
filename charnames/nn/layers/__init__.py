"""Layers before and after the recurrent cells."""
