"""Official lists and their lines."""
