"""Where firms stand against the conditions, for their place in the pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from enterprises.eligibility import rule_sets
from enterprises.eligibility.gathering import firm_data_of, supported_fields
from enterprises.eligibility.model.condition_answer import State
from enterprises.eligibility.model.conditions import check_certificate
from enterprises.models import Enterprise, PoolEntry, Qualification, YearlyFigures
from enterprises.models.chunks import chunks

States = Mapping[str, State]


@dataclass(frozen=True)
class Found:
    firm: int
    states: States
    year: int | None


def states_of(firms: Iterable[Enterprise], on: dt.date) -> dict[int, States]:
    rules, fields = rule_sets.certificate_rules_on(on), supported_fields()
    found: dict[int, States] = {}
    for firm, data in firm_data_of(firms, on).items():
        check = check_certificate(data, rules, fields)
        answers = {"form": check.form, **check.conditions}
        found[firm] = {code: answer.state for code, answer in answers.items()}
    return found


def sifted_on(on: dt.date, ids: Collection[int]) -> Iterator[Found]:
    held = Qualification.objects.filter(kind__ends_reserve=True).holding_on(on)
    out = set(held.values_list("enterprise", flat=True))
    out |= set(PoolEntry.objects.live_on(on).values_list("enterprise", flat=True))
    told = set(YearlyFigures.objects.filter(year__lt=on.year).values_list("enterprise", flat=True))
    wanted = [pk for pk in ids if pk not in out and pk in told]
    for some in chunks(wanted):
        states = states_of(Enterprise.objects.filter(pk__in=some), on)
        for firm, each in states.items():
            yield Found(firm, each, None)
