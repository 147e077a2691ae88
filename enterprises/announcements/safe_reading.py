"""Reading a document of others in a child process with limits."""

from __future__ import annotations

import logging
from pathlib import Path

from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.process import DocumentOrder, unpacked
from enterprises.announcements.reading.refusals import for_documents
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading.sandbox import refusal_without_outcome
from enterprises.sandbox.parent import ChildRun, run_child

# Named to the child, so a move of the module must be followed here.
CHILD = "enterprises.announcements.reading.process"
MAX_BYTES = 30_000_000
MAX_OUTCOME_BYTES = 16 * 1024 * 1024
log = logging.getLogger(__name__)


def read_safely(path: Path, filename: str) -> DocumentLists:
    """The lists of the document. Raises FileRefused, whatever becomes of the child."""
    order = DocumentOrder(path.resolve(), filename, MAX_BYTES, MAX_OUTCOME_BYTES)
    run = ChildRun()
    run_child(CHILD, order, run)
    outcome = _outcome(run, filename)
    if isinstance(outcome, FileRefused):
        raise outcome
    return outcome


def _outcome(run: ChildRun, filename: str) -> DocumentLists | FileRefused:
    if run.complete:
        try:
            return unpacked(bytes(run.received))
        except Exception as error:
            log.warning("a reader of documents sent nonsense: %r", error)
            return for_documents(catalogue.CRASHED.refuse(filename))
    return for_documents(refusal_without_outcome(run, filename))
