"""The version of charnames, alone, so that reading it imports nothing else."""

__version__ = "0.1.0"
