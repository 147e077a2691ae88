"""A list as it is proposed: what it is, where each line belongs, what it would do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.announcements.absent import expected_but_absent
from enterprises.announcements.decisions import Decisions
from enterprises.announcements.deeds import Deed, Deeds
from enterprises.announcements.matching import Match, Pile, match_lines
from enterprises.announcements.meaning import NOTHING_SAID, Meaning, Said, meaning_of
from enterprises.announcements.piles import REFUSED, objection
from enterprises.announcements.reading.document import without_spaces
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.titles import Field
from enterprises.models import Announcement, AnnouncementLine, Enterprise
from enterprises.registry import acts
from enterprises.uscc import normalise

PILES = {Pile.MATCHED: "已认定", Pile.CHOOSE: "需选择", Pile.UNKNOWN: "不在登记中"}
_TOLD_COUNT = re.compile(r"(\d{1,5})[家户](?:企业|高新技术企业|科技型)?")
CONFLICT = "conflict"
MOST_PLACES = 10


class NoKind(Exception):
    """Neither title nor file name say what the list is."""

    def __init__(self) -> None:
        super().__init__("看不出这是什么名单，请用 --kind 说明")


@dataclass(frozen=True)
class ListProposal:
    """`lines`: each match with what it does. `absent`: firms the list was expected to name.

    `decided`: what persons have said of its lines, by the line's number.
    """

    filename: str
    contents: DocumentLists
    meaning: Meaning
    lines: list[tuple[Match, Deed]]
    absent: list[Enterprise]
    decided: Mapping[int, AnnouncementLine]

    @property
    def acts(self) -> list[acts.Act]:
        """Of the lines whose firm is settled; a line that asks something does nothing."""
        return [act for _, deed in self.lines for act in deed.acts]

    @property
    def count_told(self) -> int | None:
        """How many firms the document says that it names."""
        for text in self.contents.texts:
            if found := _TOLD_COUNT.search(without_spaces(text)):
                return int(found[1])
        return None

    @property
    def told(self) -> dict[str, Any]:
        """As other programs get it; days are dates."""
        meaning = self.meaning
        return {
            "file": self.filename,
            "readable": True,
            "refuse": None,
            "kind": meaning.code,
            "title": meaning.title,
            "published_on": meaning.published_on,
            "publicity_until": meaning.publicity_until,
            "scope": meaning.scope,
            "year": meaning.year,
            "batch": meaning.batch,
            "tables": len(self.contents.listings),
            "count_told": self.count_told,
            "lines": [_line_told(match, deed) for match, deed in self.lines],
            "absent": [firm.uscc for firm in self.absent],
            "ignored": [each.what for each in self.contents.ignored],
        }

    def in_words(self) -> Iterator[str]:
        meaning = self.meaning
        yield f"== {self.filename}：{meaning.title}（{meaning.code}）"
        yield f"   发布日期 {meaning.published_on or '文中没有，请用 --on 说明'}"
        piles = Counter(match.pile for match, _ in self.lines)
        yield "   " + "，".join(f"{word}{piles[pile]}行" for pile, word in PILES.items())
        if self.count_told and self.count_told != len(self.lines):
            yield f"   文中说{self.count_told}家，读到{len(self.lines)}行，请核对"
        for what, places in self._ignored_by_reason().items():
            yield f"   未读取 {what}：{len(places)}处，{_listed(places)}"
        for match, deed in self.lines:
            if match.pile == Pile.CHOOSE:
                firms = "、".join(f"{firm.name}（{firm.uscc}）" for firm in match.candidates)
                yield f"   需选择 {match.line.place} {match.line.text(Field.NAME)}：{match.reason}；{firms}"
            elif deed.told.get("do") in REFUSED and match.firm:
                yield f"   需核对 {match.line.place} {match.firm.name}：{objection(deed.told)}"
        for firm in self.absent:
            yield f"   名单上没有 {firm.name}（{firm.uscc}）"

    def _ignored_by_reason(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for place, what in self.contents.ignored:
            found[what].append(place)
        return found


def _listed(places: list[str]) -> str:
    more = "等" if len(places) > MOST_PLACES else ""
    return "、".join(places[:MOST_PLACES]) + more


def propose(
    contents: DocumentLists,
    filename: str,
    said: Said = NOTHING_SAID,
    announcement: Announcement | None = None,
) -> ListProposal:
    """Match the lists of a document with the registry; writes nothing. Raises NoKind.

    `announcement`: whose lines persons have decided about.
    """
    meaning = meaning_of(contents, filename, said)
    if meaning is None:
        raise NoKind
    matches = match_lines(contents.lines, meaning)
    decisions = Decisions.about(contents.lines, announcement)
    for match in matches:
        decisions.settle(match)
    deeds = Deeds(matches, meaning, timezone.localdate(), decisions)
    for match, deed in zip(matches, deeds.of_lines, strict=True):
        if deed.told.get("do") == CONFLICT and match.firm:
            match.pile, match.candidates = Pile.CHOOSE, [match.firm]
            match.reason = objection(deed.told)
    lines = list(zip(matches, deeds.of_lines, strict=True))
    absent = expected_but_absent(matches, meaning)
    return ListProposal(filename, contents, meaning, lines, absent, decisions.lines)


def _line_told(match: Match, deed: Deed) -> dict[str, Any]:
    line = match.line
    told: dict[str, Any] = {
        "n": line.n,
        "table": line.table,
        "no": line.no,
        "place": line.place,
        "name": line.text(Field.NAME),
        "number": normalise(line.text(Field.NUMBER)) or None,
        "code": normalise(line.text(Field.CODE)) or None,
        "new_name": line.text(Field.NEW_NAME) or None,
        "district": line.text(Field.DISTRICT) or None,
        "pile": match.pile.value,
        "by": match.by.value if match.by else None,
        "firm": match.firm.uscc if match.firm else None,
        "candidates": [firm.uscc for firm in match.candidates],
        "reason": match.reason or None,
        "local": match.is_local,
        "act": deed.told or None,
    }
    return told
