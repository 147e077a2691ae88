"""How files begin, whatever their names say."""

ZIP = b"PK\x03\x04"
"""Newer Office files and those of OpenDocument are zips."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Older Office files."""
PDF = b"%PDF-"
