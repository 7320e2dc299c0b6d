"""A training run on the command line: plan, report, screen, saving."""
