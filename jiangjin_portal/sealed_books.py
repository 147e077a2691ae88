"""The books of the portal that are sealed, the nightly line in the log, and the check of all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from enterprises.jobs.queue import JobContext
from enterprises.models.ledger import LEDGER
from enterprises.models.quarter_event import QUARTER_EVENTS
from enterprises.models.records.entry import RECORDS
from parks.models import SecurityEvent
from parks.sealing import SealedTable
from parks.sealing.chain import last_seal
from parks.sealing.check import broken_seals
from parks.security import record_event
from parks.security.book import SECURITY

BOOKS: tuple[SealedTable, ...] = (LEDGER, RECORDS, QUARTER_EVENTS, SECURITY)

log = logging.getLogger("portal.seals")


def tell_seals() -> None:
    """The last seal of each book as a line of the log, which a log host keeps elsewhere."""
    for book in BOOKS:
        seal = last_seal(book)
        log.info("%s sealed to %d: %s %s", book.name, seal.last, seal.algorithm, seal.digest)


def run(job: JobContext) -> dict[str, Any]:
    """Job handler, each night: the day's last seals leave the house by the log."""
    record_event(SecurityEvent.Action.SEALED, about="每日封存")
    tell_seals()
    return {book.name: last_seal(book).last for book in BOOKS}


def broken() -> Iterator[str]:
    for book in BOOKS:
        yield from broken_seals(book)
