"""How far the ledger was sealed when a release was made: printed with it, it leaves the house.

Whoever changes the ledger afterwards and seals it anew gets another digest than the one on paper.
"""

from __future__ import annotations

from enterprises.models.ledger import LEDGER
from parks.sealing.chain import seal_at
from parks.sealing.marks import SHORT
from targets.models import Release


def seal_in_words(release: Release) -> str:
    """ "" for a release of before the ledger was sealed."""
    seal = seal_at(LEDGER, release.made_at)
    if seal is None:
        return ""
    return f"变更账簿封存至第{seal.last}条，摘要{seal.digest[:SHORT]}（{seal.algorithm.upper()}）"
