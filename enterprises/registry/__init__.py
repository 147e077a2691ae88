"""The registry: the one door that writes facts, with the acts it carries out."""

from enterprises.registry.door import (
    ActsRefused,
    Batch,
    Prepared,
    WriteReport,
    apply,
    apply_all,
    foreseen,
    preview,
    preview_all,
)
from enterprises.registry.watermark import lock_ledger

__all__ = [
    "ActsRefused",
    "Batch",
    "Prepared",
    "WriteReport",
    "apply",
    "apply_all",
    "foreseen",
    "lock_ledger",
    "preview",
    "preview_all",
]
