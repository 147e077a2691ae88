"""Backups of a home that prove themselves, restoring them, and checking the home as it stands."""
