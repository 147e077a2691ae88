"""For which batch of the year each firm is meant, and whether its certificate lasts until then.

An application under way names its batch. Otherwise a firm with nothing to cure goes into the first
batch still to close in which it may apply, and one with something to cure into the last, so that
time remains. Who holds a certificate needs a batch that closes while it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.models import QualificationKind
from targets.application_plan.applicants import Applicant
from targets.application_plan.readiness import Readiness
from targets.models import ApplicationBatch

NOT_ANNOUNCED, NO_DATES, ALL_CLOSED = "批次未公布", "各批日期未定", "各批已截止"
LAST = 99
"""Sorts what has no batch behind all batches."""


@dataclass(frozen=True)
class Intended:
    """`number` is None where no batch can be named; `warning`: why it is none that would do."""

    number: int | None
    closes_on: dt.date | None
    label: str
    warning: str = ""

    @property
    def short(self) -> str:
        """Without its day, where the days of all batches are told beside."""
        return self.label if self.number is None else _label(self.number, None)

    @property
    def place(self) -> int:
        return LAST if self.number is None else self.number


def batches_of(kind: QualificationKind, year: int) -> list[ApplicationBatch]:
    return list(ApplicationBatch.objects.filter(kind=kind, year=year).order_by("number"))


def intended(
    applicant: Applicant, ready: Readiness, batches: Sequence[ApplicationBatch], on: dt.date
) -> Intended:
    told = applicant.application.batch if applicant.application else None
    if told is not None:
        return _told(applicant, told, batches)
    if not batches:
        return Intended(None, None, NOT_ANNOUNCED)
    dated = [batch for batch in batches if batch.closes_on]
    if not dated:
        return Intended(None, None, NO_DATES)
    ahead = [batch for batch in dated if batch.last_day >= on]
    if not ahead:
        return Intended(None, None, ALL_CLOSED, "本年度已没有可报的批次")
    ripe = [batch for batch in ahead if not ready.ripe_on or batch.last_day >= ready.ripe_on]
    if not ripe:
        return _in(ahead[-1], f"{ready.ripe_on}起才可申报，晚于末批截止")
    fitting = [batch for batch in ripe if not _too_late(applicant, batch.last_day)]
    if not fitting:
        return _in(ripe[0], _warning(applicant, ripe[0].last_day))
    return _in(fitting[-1] if ready.to_cure else fitting[0])


def _told(applicant: Applicant, number: int, batches: Sequence[ApplicationBatch]) -> Intended:
    batch = next((batch for batch in batches if batch.number == number), None)
    if batch is None or batch.closes_on is None:
        return Intended(number, None, _label(number, None))
    return _in(batch, _warning(applicant, batch.last_day))


def _in(batch: ApplicationBatch, warning: str = "") -> Intended:
    return Intended(batch.number, batch.closes_on, _label(batch.number, batch.closes_on), warning)


def _label(number: int, closes_on: dt.date | None) -> str:
    return f"第{number}批" + (f"（{closes_on:%-m月%-d日}截止）" if closes_on else "")


def _too_late(applicant: Applicant, closes_on: dt.date) -> bool:
    return applicant.ends_on is not None and closes_on > applicant.ends_on


def _warning(applicant: Applicant, closes_on: dt.date) -> str:
    if not _too_late(applicant, closes_on):
        return ""
    return f"证书{applicant.ends_on}到期，早于该批截止"
