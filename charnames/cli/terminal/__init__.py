"""The streams of a command, usage errors and exit statuses."""
