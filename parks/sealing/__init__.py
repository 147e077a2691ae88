"""Books that are only added to, sealed transaction by transaction (docs/adr/0037)."""

from parks.sealing.books import SealedTable
from parks.sealing.chain import lock_book, seal_new

__all__ = ["SealedTable", "lock_book", "seal_new"]
