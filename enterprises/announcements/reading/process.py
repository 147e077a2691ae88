"""Reading a document as the child process does it (see `enterprises.sandbox.child`)."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enterprises.announcements.reading.lists import DocumentLists, FirmList, Ignored, Line
from enterprises.announcements.reading.reader import read_document
from enterprises.announcements.reading.refusals import for_documents
from enterprises.announcements.reading.titles import Field
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused, Problem, Severity


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """What to read."""

    path: Path
    filename: str
    max_bytes: int
    max_outcome_bytes: int


def carry_out(order: DocumentOrder, beat: Callable[..., None]) -> bytes:
    # The process is short: looking for garbage would take a part of its time.
    gc.disable()
    beat("读取文件")
    try:
        outcome = packed(read_document(order.path, order.filename, order.max_bytes))
    except FileRefused as refusal:
        outcome = packed_refusal(refusal)
    except MemoryError:
        outcome = packed_refusal(for_documents(catalogue.TOO_HUNGRY.refuse(order.filename)))
    if len(outcome) > order.max_outcome_bytes:
        return packed_refusal(for_documents(catalogue.TOO_HUNGRY.refuse(order.filename)))
    return outcome


# --- the outcome on its way to the parent: plain data, for the child may have been taken over ---
def packed(contents: DocumentLists) -> bytes:
    return _as_json(as_data(contents))


def as_data(contents: DocumentLists) -> dict[str, Any]:
    """Plain lists and texts, as JSON can keep them."""
    return {
        "texts": contents.texts,
        "listings": [
            {
                "heading": listing.heading,
                "title": listing.title,
                "lines": [[line.place, dict(line.values)] for line in listing.lines],
            }
            for listing in contents.listings
        ],
        "ignored": [list(each) for each in contents.ignored],
    }


def packed_refusal(refusal: FileRefused) -> bytes:
    problem = refusal.problem
    told = (problem.code, problem.address, problem.title, problem.seen, problem.reason, problem.fix)
    return _as_json({"refused": told})


def unpacked(data: bytes) -> DocumentLists | FileRefused:
    """Raises anything for what is no outcome."""
    told = json.loads(data)
    if "refused" in told:
        code, *rest = map(str, told["refused"])
        return FileRefused(Problem(code, Severity.ERROR, *rest))
    return from_data(told)


def from_data(told: Any) -> DocumentLists:
    """Back from `as_data`. Raises anything for what does not come from there."""
    contents = DocumentLists(texts=[str(text) for text in told["texts"]])
    n = 0
    for number, each in enumerate(told["listings"], 1):
        listing = FirmList(number, [str(text) for text in each["heading"]], str(each["title"]))
        for place, values in each["lines"]:
            n += 1
            named = {Field(name): str(text) for name, text in values.items()}
            listing.lines.append(Line(n, number, str(place), named))
        contents.listings.append(listing)
    contents.ignored = [Ignored(str(place), str(what)) for place, what in told["ignored"]]
    return contents


def _as_json(told: Any) -> bytes:
    # Half a pair of surrogates may stand in a broken file; it must not break the message.
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
