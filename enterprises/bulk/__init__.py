"""Changing many firms of a list at once: ticked or pasted, looked at, written, taken back."""
