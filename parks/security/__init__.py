"""The security log: one writer, one book (docs/adr/0037)."""

from parks.security.log import record_event

__all__ = ["record_event"]
