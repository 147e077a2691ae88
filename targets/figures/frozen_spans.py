"""The spans that a release keeps: what of each is kept, and those behind one of its figures."""

from __future__ import annotations

import datetime as dt

from targets.figures import indicators
from targets.models import Release
from targets.models.release import FrozenSpanQuerySet

COLUMNS = (
    "enterprise__uscc", "enterprise__name", "kind__code", "definition", "park__code", "town__code", "start", "end",
    "opened_by", "closed_by", "qualification__number", "qualification__valid_from", "qualification__valid_until",
)  # fmt: skip
"""Of a counted span, in the order of FIELDS."""
FIELDS = (
    "uscc", "name", "kind", "definition", "park", "town", "start", "end",
    "opened_by", "closed_by", "number", "valid_from", "valid_until",
)  # fmt: skip


def listed(
    release: Release, *, indicator: str, scope: str, definition: str, day: dt.date | None = None
) -> FrozenSpanQuerySet:
    """The frozen firms behind one of its figures: one row per counted firm.

    With `day`, those of another day as the release knew it.
    """
    return _of_kind(release, indicator, definition).covering(day or release.as_of).in_scope(scope)


def lapsing(
    release: Release, *, indicator: str, scope: str, definition: str, since: dt.date, until: dt.date
) -> FrozenSpanQuerySet:
    """As counting.lapsing, as it was known when the release was made."""
    return _of_kind(release, indicator, definition).lapsing(since, until).in_scope(scope)


def _of_kind(release: Release, indicator: str, definition: str) -> FrozenSpanQuerySet:
    frozen: FrozenSpanQuerySet = release.spans.filter(definition=definition)  # type: ignore[assignment]
    return frozen.filter(kind=indicators.released(release)[indicator].kind)
