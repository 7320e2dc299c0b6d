"""What differs between the tasks of a model on the command line: one file a task."""
