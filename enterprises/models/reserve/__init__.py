"""The reserve pool and what belongs to its work."""
