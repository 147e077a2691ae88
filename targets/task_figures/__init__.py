"""Figures of the key tasks, counted from registers and facts; what each counts is data."""
