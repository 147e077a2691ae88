"""How long after its last day a certificate can still be renewed."""

RENEWAL_DAYS = 180
"""A new certificate within so many days of the old one's end is a renewal; later it is 失效后再认定, an entry."""
