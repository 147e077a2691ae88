"""The lists of intellectual property offices."""
