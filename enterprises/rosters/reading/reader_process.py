"""Reading a file as the child process does it (see `enterprises.sandbox.child`)."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import reader_message
from enterprises.rosters.reading.sheet import Reading, read_register
from parks.beat import Beat


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What to read. `kind`: the register it is, else a roster or one of the usual lists."""

    path: Path
    filename: str
    vocabulary: Vocabulary
    today: dt.date
    max_rows: int
    max_bytes: int
    max_outcome_bytes: int
    mapping: Mapping[str, str]
    told: Told = NOTHING_TOLD


def carry_out(order: ReadingOrder, beat: Beat) -> bytes:
    # The process is short, makes much and drops little: looking for garbage would take a fifth of
    # its time.
    gc.disable()
    outcome = reader_message.pack_outcome(_read_file(order, beat))
    if len(outcome) > order.max_outcome_bytes:
        return reader_message.pack_outcome(catalogue.TOO_HUNGRY.refuse(order.filename))
    return outcome


def _read_file(order: ReadingOrder, beat: Beat) -> Reading | FileRefused:
    try:
        return read_register(
            order.path,
            order.filename,
            order.vocabulary,
            order.today,
            max_rows=order.max_rows,
            mapping=order.mapping,
            beat=beat,
            max_bytes=order.max_bytes,
            told=order.told,
        )
    except FileRefused as refusal:
        return refusal
    except MemoryError:
        # A moderate shortage can be reported. A great one ends the process; the parent sees that.
        return catalogue.TOO_HUNGRY.refuse(order.filename)
