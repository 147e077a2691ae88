SCALES = {"S": 3_300, "M": 70_000, "L": 1_000_000}
"""Firms per scale: the district, a city, a country."""
