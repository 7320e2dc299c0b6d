"""What commands read: lists, and models by name."""
