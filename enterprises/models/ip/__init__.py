"""Intellectual property: the kinds of rights, and which firm owns which right."""
