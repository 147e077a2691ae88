"""The bulletin as a Word file: the bureau's template (or the portal's) filled from a release.

The filling itself is done in a child process with limits (`word_templates.running`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parks.numbers import grouped
from targets.bulletin import certificates, template_before, template_parts, words
from targets.bulletin import template as bulletin_template
from targets.bulletin.content import Bulletin
from targets.drafts import decisions
from targets.models import BulletinTemplate
from targets.renewals.term import RENEWAL_DAYS
from targets.word_templates import running
from targets.word_templates.charts import Bars
from targets.word_templates.limits import BadTemplate
from targets.word_templates.running import Busy

_OBJECTIONS: dict[int, str] = {}


def fill(bulletin: Bulletin, template: bytes | None = None) -> bytes:
    """The finished .docx. BadTemplate where the template cannot be filled, Busy without a turn.

    A mark that names nothing (any more) stays empty; a new template is held against `check` first.
    """
    if template is None:
        template = _own_template(bulletin)
    return _in_child(bulletin, template, strict=False)


def _own_template(bulletin: Bulletin) -> bytes:
    headlines = bulletin.indicators.headlines
    # A release that kept no words looks as it did when it was published.
    if bulletin.text is None:
        return template_before.default_template(headlines)
    return bulletin_template.default_template(headlines)


def check(bulletin: Bulletin, template: bytes) -> None:
    """BadTemplate for one that cannot be filled, lacks what no bulletin can be without, or has a
    mark that nothing belongs to; or Busy.
    """
    _in_child(bulletin, template, strict=True)


def objection_to(template: BulletinTemplate, bulletin: Bulletin) -> str:
    """Why a template that was taken would not be taken today; "" where it would.

    A row never changes, so it is asked once in a process.
    """
    if template.pk not in _OBJECTIONS:
        try:
            check(bulletin, bytes(template.content))
        except BadTemplate as error:
            _OBJECTIONS[template.pk] = str(error)
        except Busy:
            return ""
        else:
            _OBJECTIONS[template.pk] = ""
    return _OBJECTIONS[template.pk]


@dataclass(frozen=True)
class UnitTable:
    """Parks or towns by the columns of the Word file."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]


def _as_written(value: Any) -> str:
    return value if isinstance(value, str) else grouped(value)


def unit_tables(bulletin: Bulletin) -> dict[str, UnitTable]:
    tables = {}
    for about, name, lines in (
        ("parks", "园区平台", bulletin.parks),
        ("towns", "镇街", bulletin.towns),
    ):
        columns = template_parts.unit_columns(
            bulletin.indicators.headlines, name, of_parks=about == "parks"
        )
        rows = [[_as_written(line[column.field]) for column in columns] for line in lines]
        tables[about] = UnitTable([column.title for column in columns], rows)
    return tables


def _in_child(bulletin: Bulletin, template: bytes, *, strict: bool) -> bytes:
    return running.fill_in_child(
        template,
        context_of(bulletin),
        charts=_charts(bulletin),
        note=words.foot_note(bulletin.release),
        required=bulletin_template.REQUIRED if strict else {},
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
        "certificates_in_words": certificates.in_words(
            running_out,
            first.short_name,
            words.day_in_words(bulletin.issued_on),
            numbers.get("expiring"),
        ),
        "rosters_in_words": words.rosters_sentence(release),
        **_of_text(bulletin, numbers.get("decisions")),
    }


def _of_text(bulletin: Bulletin, annex: int | None) -> dict[str, Any]:
    """Head, words and decisions; all empty of a release that kept none."""
    text = bulletin.text
    return {
        "symbol": text.symbol if text else "",
        "issue": text.issue if text else None,
        "signer": text.signer if text else "",
        "addressees": text.addressees if text else "",
        "copies": text.copies if text else "",
        "printer": text.printer if text else "",
        "printed_on": words.day_in_words(text.printed_on) if text else "",
        "forecast_in_words": text.forecast_in_words if text else [],
        "problems": words.words_lines(text.problems) if text else [],
        "steps": words.words_lines(text.steps) if text else [],
        "decisions": bulletin.decisions,
        "decisions_in_words": decisions.in_words(bulletin.decisions, annex),
        "task_figures": bulletin.task_figures,
    }


def _charts(bulletin: Bulletin) -> dict[str, Bars]:
    """Mark → the chart in its place."""
    charts = {}
    for indicator in bulletin.indicators.headlines:
        firms_by_park = {line["name"]: line[indicator.code] for line in bulletin.parks}
        mark = template_parts.chart_mark(indicator)
        charts[mark] = _bars_of_parks(indicator.short_name, firms_by_park)
    return charts


def _bars_of_parks(title: str, firms_by_park: dict[str, int]) -> Bars:
    """In the order of the table beside it."""
    in_words = "、".join(f"{name}{firms}家" for name, firms in firms_by_park.items())
    description = f"各园区平台{title}：{in_words}"
    return Bars(title, list(firms_by_park), list(firms_by_park.values()), description)
