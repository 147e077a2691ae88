"""Firms that a list was expected to name and does not: questions to ask, never acts."""

from __future__ import annotations

from collections.abc import Sequence

from enterprises.announcements.matching import Match, named_by
from enterprises.announcements.meaning import Meaning, day_in
from enterprises.announcements.reading.titles import Field
from enterprises.models import Application, Enterprise, Qualification

EXPECTED_STAGES = {
    "publicity": (Application.Stage.FILED,),
    "register": (Application.Stage.FILED, Application.Stage.PUBLICITY),
}
"""At which stage a firm's application waits for such a list."""


def expected_but_absent(matches: Sequence[Match], meaning: Meaning) -> list[Enterprise]:
    """By their names. Of revocations, renamings and entries nothing is expected."""
    # Whom a person may still choose is not called absent.
    named = named_by(matches)
    waiting = _waiting(meaning) | _certified(matches, meaning)
    firms = Enterprise.objects.registered().filter(pk__in=waiting - named)
    return list(firms.order_by("name"))


def _waiting(meaning: Meaning) -> set[int]:
    """With an application of the year and batch."""
    stages = EXPECTED_STAGES.get(meaning.matter)
    if not stages or meaning.is_entry or meaning.year is None:
        return set()
    rows = Application.objects.filter(
        batch=meaning.batch,
        kind__code=meaning.kind,
        year=meaning.year,
        stage__in=stages,
        until=None,
    )
    return set(rows.values_list("enterprise_id", flat=True))


def _certified(matches: Sequence[Match], meaning: Meaning) -> set[int]:
    """With a certificate of the days whose certificates the list hands out."""
    if meaning.matter != "issue":
        return set()
    days = {day_in(match.line.text(Field.DAY)) for match in matches} - {None}
    rows = Qualification.objects.filter(kind__code=meaning.kind, valid_from__in=days)
    return set(rows.values_list("enterprise_id", flat=True))
