"""Registers of the plan's tasks: their kinds are data, their records are told once and dated."""
