"""How long after its last day a certificate can still be renewed."""

# One number for renewals, lists and forecast: a certificate is a renewal or an entry, never both.
RENEWAL_DAYS = 180
"""A new certificate within so many days of the old one's end is a renewal.

Later it is an entry, 失效后再认定.
"""
