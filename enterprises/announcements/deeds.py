"""What applying a line does once its firm is settled: the acts, and how the line is told of.

公示 never grants. What is registered already is confirmed; what contradicts it is a conflict, and a
closed or departed firm a warning: neither writes anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects

from enterprises.announcements.decisions import Decisions, Newcomer
from enterprises.announcements.holdings import FirmHoldings, holdings_of
from enterprises.announcements.matching import Match, Pile
from enterprises.announcements.meaning import Meaning, day_in
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.titles import Field, plain
from enterprises.models import Application, Enterprise, Qualification, QualificationKind
from enterprises.registry import acts
from enterprises.registry.acts.base import YEARS
from enterprises.uscc import normalise, problem

BRINGS_FIRMS = ("publicity", "register", "issue")
"""Lists that tell of firms which may be new here; others end or rename what is registered."""
RECOMMENDED = "拟推荐"
"""Of whom the district recommends, the papers are filed with the city."""


@dataclass(slots=True)
class Deed:
    """`told`: what is done and with what, as it is shown. `acts`: none where a person is asked first."""

    told: dict[str, Any] = field(default_factory=dict)
    acts: list[acts.Act] = field(default_factory=list)


class Deeds:
    """What the lines of one list do; the facts of its firms are read once."""

    def __init__(
        self, matches: Sequence[Match], meaning: Meaning, today: dt.date, decisions: Decisions
    ) -> None:
        self.meaning, self._decisions = meaning, decisions
        self.kind = QualificationKind.objects.filter(code=meaning.kind).first()
        firms = {match.firm for match in matches if match.firm}
        if meaning.matter == "rename":
            # Of a list that was written before, every line asks for them.
            prefetch_related_objects([*firms], "former_names")
        self._facts = holdings_of(firms, meaning, meaning.published_on or today)
        for match in matches:
            # Closed or gone: a person has seen it, and writes the line nevertheless.
            if match.firm and decisions.insists(match.line):
                self._facts[match.firm.pk].gone = ""
        self._first_line: dict[str, int] = {}
        self.of_lines = [self._deed(match) for match in matches]

    def _deed(self, match: Match) -> Deed:
        if match.pile == Pile.UNKNOWN:
            return self._of_a_stranger(match)
        firm = match.firm
        if firm is None:
            return Deed()
        first = self._first_line.setdefault(firm.uscc, match.line.n)
        if first != match.line.n:
            return Deed({"do": "duplicate", "of": first})
        if self._decisions.skips(match.line):
            return Deed({"do": "skip"})
        return self._of_matter(match.line, firm, self._facts[firm.pk])

    def _of_matter(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        of_matter: dict[str, Callable[[Line, Enterprise, FirmHoldings], Deed]] = {
            "publicity": self._publicity,
            "register": self._register,
            "issue": self._issue,
            "revoke": self._revoke,
            "exit": self._exit,
            "rename": self._rename,
            "relocation": self._relocation,
        }
        return of_matter[self.meaning.matter](line, firm, facts)

    def _of_a_stranger(self, match: Match) -> Deed:
        """A firm that the register lacks, told by its code: it needs a town before it is registered."""
        if newcomer := self._decisions.newcomer(match.line):
            return self._of_a_newcomer(match.line, newcomer)
        code = normalise(match.line.text(Field.CODE))
        enters = self.meaning.matter == "register" and self.meaning.is_entry
        if not (enters and match.is_local and code and problem(code) is None):
            return Deed()
        told = {
            "do": "register",
            "kind": self.meaning.kind,
            "uscc": code,
            "name": name_in(match.line, Field.NAME),
            "on": self._day(match.line) or self.meaning.published_on,
            "needs": "town and park",
        }
        return Deed(told)

    def _of_a_newcomer(self, line: Line, newcomer: Newcomer) -> Deed:
        """Registered on the spot, and then what the line does."""
        name = name_in(line, Field.NEW_NAME) or name_in(line, Field.NAME)
        firm = Enterprise(uscc=newcomer.uscc, name=name, name_key=normalise(name))
        since = self.meaning.published_on
        told = {"do": "register", "uscc": newcomer.uscc, "name": name, "on": since}
        if since is None or self.meaning.matter not in BRINGS_FIRMS:
            return Deed(told)
        deed = self._of_matter(line, firm, FirmHoldings())
        places = {"town": newcomer.town, "park": newcomer.park}
        registered = [
            _placed(acts.Register, line, firm, name=name),
            _placed(acts.Place, line, firm, **places, since=since),
        ]
        there = {"town": newcomer.town, "park": newcomer.park, "then": deed.told}
        return Deed({**told, **there}, [*registered, *deed.acts])

    # --- stages and grants ---
    def _publicity(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        if self.meaning.is_entry:
            return Deed({"do": "none", "reason": "stage 公示 of a register entry is not kept"})
        if facts.gone:
            return _warning(facts)
        meaning = self.meaning
        stage = Application.Stage.PUBLICITY
        if RECOMMENDED in meaning.title:
            stage = Application.Stage.FILED
        on = meaning.published_on
        year = meaning.year or (on.year if on else None)
        values = {"kind": meaning.kind, "year": year, "batch": meaning.batch, "stage": stage.value}
        told = {"do": "apply", **values, "on": on}
        if on is None:
            return Deed(told)
        return Deed(told, [_placed(acts.Apply, line, firm, **values, on=on)])

    def _register(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        meaning, number = self.meaning, normalise(line.text(Field.NUMBER))
        if facts.numbered(number):
            return Deed({"do": "confirm", "kind": meaning.kind, "number": number})
        if self.meaning.is_entry and not number:
            return self._entry(line, firm, facts)
        issued = meaning.issued_on or meaning.valid_from or self._day(line)
        if issued is None and not meaning.day_stands_apart:
            issued = meaning.published_on
        other = facts.of_the_same_issue(issued, meaning.year) if number else None
        corrects = meaning.is_correction and other and other.valid_from == issued
        if other and not (corrects or self._decisions.insists(line)):
            return _conflict(meaning.kind, number, other)
        if facts.gone:
            return _warning(facts)
        if other:
            return self._correction(line, firm, other, number)
        if not number and any(held.valid_from == issued for held in facts.held):
            return Deed({"do": "confirm", "kind": meaning.kind, "valid_from": issued})
        return self._grant(line, firm, facts, number, issued)

    def _entry(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        listed = self._day(line) or self.meaning.published_on
        held = facts.unrevoked
        if held:
            told = {"do": "keep", "kind": self.meaning.kind, "registered_on": held.valid_from}
            return Deed({**told, "listed_on": listed})
        if facts.gone:
            return _warning(facts)
        return self._grant(line, firm, facts, "", listed)

    def _grant(
        self,
        line: Line,
        firm: Enterprise,
        facts: FirmHoldings,
        number: str,
        issued: dt.date | None,
    ) -> Deed:
        values: dict[str, Any] = {"kind": self.meaning.kind}
        if number:
            values["number"] = number
        until = self.meaning.valid_until or day_in(line.text(Field.VALID_UNTIL))
        if self.meaning.year_is_in_number and (year := _year_in(number)):
            until = dt.date(year, 12, 31)
        values |= {"valid_from": issued, "valid_until": until}
        if self.kind and self.kind.class_year_convention:
            again = bool(facts.held)
            choices = Qualification.Recognition
            values["recognition"] = (choices.AGAIN if again else choices.FIRST).value
        told = {"do": "grant", **values}
        if issued is None:
            return Deed(told)
        return Deed(told, [_placed(acts.Grant, line, firm, **values)])

    def _correction(self, line: Line, firm: Enterprise, other: Qualification, number: str) -> Deed:
        kind = self.meaning.kind
        told = {"do": "correct", "kind": kind, "number": number, "was": other.number}
        values = {"kind": kind, "number": other.number, "corrected": number}
        act = _placed(acts.CorrectNumber, line, firm, **values)
        return Deed({**told, "valid_from": other.valid_from}, [act])

    def _issue(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        number, day = normalise(line.text(Field.NUMBER)), self._day(line)
        held = next((one for one in facts.held if one.number == number), None)
        if held is None:
            other = facts.of_the_same_issue(day, self.meaning.year)
            if other and self._decisions.insists(line):
                return self._correction(line, firm, other, number)
            if other:
                return _conflict(self.meaning.kind, number, other)
            return self._register(line, firm, facts)
        until = day_in(line.text(Field.VALID_UNTIL))
        values = {"kind": self.meaning.kind, "number": number}
        if until is None:
            return Deed({"do": "confirm", **values})
        act = _placed(acts.Extend, line, firm, **values, valid_until=until)
        return Deed({"do": "extend", **values, "valid_until": until}, [act])

    # --- ends, names, places ---
    def _revoke(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        number = normalise(line.text(Field.NUMBER))
        held = facts.numbered(number)
        if held is None and facts.held and not number:
            held = facts.held[-1]
        values: dict[str, Any] = {"kind": self.meaning.kind, "number": number}
        if held is None:
            return Deed({"do": "conflict", **values, "registered_number": ""})
        if held.revoked_on:
            note = f"revoked already, from {held.revoked_on}"
            return Deed({"do": "confirm", **values, "note": note})
        on, from_year = self._end(line, held)
        told = {"do": "revoke", **values, "on": on}
        if from_year:
            told["from_year"] = from_year
        if on is None:
            return Deed(told)
        return Deed(told, [_placed(acts.Revoke, line, firm, **values, on=on)])

    def _end(self, line: Line, held: Qualification) -> tuple[dt.date | None, int | None]:
        """From the first day of the year that the list names, not before the certificate's own."""
        if year := _year_in(plain(line.text(Field.FROM_YEAR))):
            first = dt.date(year, 1, 1)
            return max(first, held.valid_from or first), year
        return self.meaning.revoked_from or self.meaning.published_on, None

    def _exit(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        held = facts.unrevoked
        on = self._day(line)
        if held is None:
            ended = [one for one in facts.held if one.revoked_on]
            return Deed({"do": "confirm" if ended else "none", "kind": self.meaning.kind})
        told = {"do": "revoke", "kind": self.meaning.kind, "valid_from": held.valid_from, "on": on}
        if on is None:
            return Deed({**told, "question": "day wanting"})
        values = {"kind": self.meaning.kind, "valid_from": held.valid_from, "on": on}
        return Deed({**told, "question": None}, [_placed(acts.Revoke, line, firm, **values)])

    def _rename(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        name, was = name_in(line, Field.NEW_NAME), name_in(line, Field.NAME)
        on = self._day(line)
        told = {"name": name, "was": was, "on": on}
        if not name:
            return Deed({"do": "none", **told})
        if firm.name_key == normalise(name):
            former = {each.name_key for each in firm.former_names.all()}
            return Deed({"do": "confirm" if normalise(was) in former else "former_name", **told})
        # The notice's day where the list has none: that of the rename stands in the business register.
        day = on or self.meaning.published_on
        if day is None:
            return Deed({"do": "rename", **told})
        return Deed({"do": "rename", **told}, [_placed(acts.Rename, line, firm, name=name, on=day)])

    def _relocation(self, line: Line, firm: Enterprise, facts: FirmHoldings) -> Deed:
        told = {"do": "warn", "reason": facts.gone or "moves", "note": "moved out as a whole"}
        return Deed(told)

    # --- small things ---
    def _day(self, line: Line) -> dt.date | None:
        return day_in(line.text(Field.DAY)) or self._decisions.day(line)


def name_in(line: Line, name: Field) -> str:
    """A printed name without the breaks and spaces of its column."""
    return "".join(line.text(name).split())


def _year_in(text: str) -> int | None:
    """The year with which a text begins."""
    year = int(text[:4]) if text[:4].isdigit() else 0
    return year if year in YEARS else None


def _placed(act: type[acts.Act], line: Line, firm: Enterprise, **values: Any) -> acts.Act:
    """The act, with the line as the place that every value comes from."""
    given = {name: value for name, value in values.items() if value is not None}
    return act(uscc=firm.uscc, cells=dict.fromkeys(given, line.place), **given)


def _conflict(kind: str, number: str, other: Qualification) -> Deed:
    told = {"do": "conflict", "kind": kind, "number": number}
    return Deed({**told, "registered_number": other.number})


def _warning(facts: FirmHoldings) -> Deed:
    return Deed({"do": "warn", "reason": facts.gone})
