"""The spans that a release keeps: what of each is kept, and those behind one of its figures."""

from __future__ import annotations

import datetime as dt

from targets.figures import indicators
from targets.models import Release
from targets.models.release import FrozenSpanQuerySet

SOURCES = {
    "uscc": "enterprise__uscc",
    "name": "enterprise__name",
    "kind": "kind__code",
    "definition": "definition",
    "park": "park__code",
    "town": "town__code",
    "start": "start",
    "end": "end",
    "opened_by": "opened_by",
    "closed_by": "closed_by",
    "number": "qualification__number",
    "valid_from": "qualification__valid_from",
    "valid_until": "qualification__valid_until",
}
"""Field of a frozen span → column of the counted span from which it is taken."""
FIELDS, COLUMNS = tuple(SOURCES), tuple(SOURCES.values())


def listed(
    release: Release, *, indicator: str, scope: str, definition: str, day: dt.date | None = None
) -> FrozenSpanQuerySet:
    """The frozen firms behind one of its figures: one row per counted firm.

    With `day`, those of another day as the release knew it.
    """
    # On another day the release tells what it knew of it then, which later facts do not change.
    return _of_kind(release, indicator, definition).covering(day or release.as_of).in_scope(scope)


def lapsing(
    release: Release, *, indicator: str, scope: str, definition: str, since: dt.date, until: dt.date
) -> FrozenSpanQuerySet:
    """As counting.lapsing, as it was known when the release was made."""
    return _of_kind(release, indicator, definition).lapsing(since, until).in_scope(scope)


def _of_kind(release: Release, indicator: str, definition: str) -> FrozenSpanQuerySet:
    kind = indicators.released(release)[indicator].kind
    return release.spans.filter(definition=definition, kind=kind)  # type: ignore[return-value]
