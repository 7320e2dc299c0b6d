"""What is printed and where, usage errors, exit statuses."""
