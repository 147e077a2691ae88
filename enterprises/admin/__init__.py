"""The admin: facts and what reports them are shown only; the reference data they are read with is editable."""

from enterprises.admin import facts, reporting

__all__ = ["facts", "reporting"]
