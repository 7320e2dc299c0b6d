"""The commands, one in each file, which is imported when its command runs."""
