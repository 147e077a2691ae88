"""The bulletin as a Word file: the bureau's template (or the portal's) filled from a release.

The filling itself is done in a child process with limits (`word_templates.running`).
"""

from __future__ import annotations

from typing import Any

from targets.bulletin import certificates, words
from targets.bulletin import template as bulletin_template
from targets.bulletin.content import Bulletin
from targets.renewals.term import RENEWAL_DAYS
from targets.word_templates import running
from targets.word_templates.charts import Bars


def fill(bulletin: Bulletin, template: bytes | None = None) -> bytes:
    """The finished .docx. BadTemplate where the template cannot be filled, Busy without a turn.

    A mark that names nothing (any more) stays empty; a new template is held against `check` first.
    """
    if template is None:
        template = bulletin_template.default_template(bulletin.indicators.headlines)
    return _in_child(bulletin, template, strict=False)


def check(bulletin: Bulletin, template: bytes) -> None:
    """BadTemplate for one that cannot be filled, or that has a mark nothing belongs to; or Busy."""
    _in_child(bulletin, template, strict=True)


def _in_child(bulletin: Bulletin, template: bytes, *, strict: bool) -> bytes:
    return running.fill_in_child(
        template,
        context_of(bulletin),
        charts=_charts(bulletin),
        note=words.sole_person_note(bulletin.release),
        strict=strict,
    )


def context_of(bulletin: Bulletin) -> dict[str, Any]:
    """What the marks of a template may name: the bureau's templates rely on these names."""
    release = bulletin.release
    running_out = bulletin.running_out
    # Annexes without content are left out, so the numbers differ from quarter to quarter.
    numbers = {about: number for number, about in enumerate(bulletin.annexes, 1)}
    first = bulletin.indicators.headlines[0]
    return {
        "title": bulletin.title_in_lines,
        "quarter": str(release.quarter),
        "edition": release.number,
        "revision_in_words": words.revision_sentence(release),
        "as_of": words.day_in_words(release.as_of),
        "released_on": words.day_in_words(bulletin.issued_on),
        "headlines": bulletin.headlines,
        "parks": bulletin.parks,
        "towns": bulletin.towns,
        "rank_note": words.rank_note(bulletin.completion, first),
        "lapsed": running_out.lapsed,
        "lapsed_in_words": certificates.most_in_words(running_out.lapsed),
        "renewal_days": RENEWAL_DAYS,
        "expiring": running_out.expiring,
        "expiring_kind": first.short_name,
        "expiring_in_words": certificates.most_in_words(running_out.expiring),
        "expiring_by_month": certificates.months_in_words(running_out.expiring),
        "expected": release.expected,
        "handed_in": release.handed_in,
        "applied": release.applied,
        "completion": bulletin.completion,
        "completion_in_words": words.completion_sentences(
            bulletin.completion, numbers.get("completion")
        ),
        "completion_note": words.completion_note(bulletin.completion),
        "tasks": bulletin.tasks,
        "tasks_in_words": words.tasks_sentence(bulletin.tasks, numbers.get("tasks")),
        "annexes": list(bulletin.annexes.values()),
        "annex": numbers,
    }


def _charts(bulletin: Bulletin) -> dict[str, Bars]:
    """Mark → the chart in its place."""
    charts = {}
    for indicator in bulletin.indicators.headlines:
        firms_by_park = {line["name"]: line[indicator.code] for line in bulletin.parks}
        mark = bulletin_template.chart_mark(indicator)
        charts[mark] = _bars_of_parks(indicator.short_name, firms_by_park)
    return charts


def _bars_of_parks(title: str, firms_by_park: dict[str, int]) -> Bars:
    """In the order of the table beside it."""
    in_words = "、".join(f"{name}{firms}家" for name, firms in firms_by_park.items())
    description = f"各园区平台{title}：{in_words}"
    return Bars(title, list(firms_by_park), list(firms_by_park.values()), description)
