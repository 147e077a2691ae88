"""The registry: the one door that writes facts, with the acts it carries out."""

from enterprises.registry.door import (
    ActsRefused,
    Batch,
    WriteReport,
    apply,
    apply_all,
    foreseen,
    lock_ledger,
    preview,
    preview_all,
)

__all__ = [
    "ActsRefused",
    "Batch",
    "WriteReport",
    "apply",
    "apply_all",
    "foreseen",
    "lock_ledger",
    "preview",
    "preview_all",
]
