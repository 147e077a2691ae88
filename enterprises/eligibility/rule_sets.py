"""Sets of rules by kind and day: those that the bureau keeps, or those of the packaged file."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from enterprises.eligibility.model.kind_rules import KindRules, kind_rules
from enterprises.eligibility.model.rules import (
    CertificateRules,
    SmallFirmRules,
    certificate_rules,
    small_firm_rules,
)
from enterprises.models import QualificationKind, RuleSet
from enterprises.refusal import Refusal

Rules = CertificateRules | SmallFirmRules | KindRules
DATA = Path(__file__).parent.parent / "data" / "eligibility.toml"
BESIDE = ("kind", "conditions", "since", "document", "note")
"""What a row keeps in columns of its own; all else are its thresholds."""
NO_RULES = "没有可用的认定条件。"
REMEMBERED = 256
"""Sets that were read; there are a few of each kind."""


@dataclass(frozen=True)
class DatedRules:
    """A set as it is read. The rules are the same object for the same text: scores are remembered by it.

    `text`: its thresholds, which with the columns beside them say all of it.
    """

    kind: str
    conditions: RuleSet.Conditions
    since: dt.date
    text: str
    rules: Rules


@dataclass(frozen=True)
class RuleBook:
    """All sets; the day of an application chooses. Raises Refusal for a day before the oldest."""

    sets: Sequence[DatedRules]

    def set_on(self, kind: str, day: dt.date) -> DatedRules:
        return _in_force([each for each in self.sets if each.kind == kind], day)

    def certificate_on(self, day: dt.date) -> CertificateRules:
        rules: Any = self._by_conditions(RuleSet.Conditions.CERTIFICATE, day).rules
        return rules  # type: ignore[no-any-return]

    def small_firm_on(self, day: dt.date) -> SmallFirmRules:
        rules: Any = self._by_conditions(RuleSet.Conditions.SMALL_FIRM, day).rules
        return rules  # type: ignore[no-any-return]

    def told(self) -> list[tuple[str, str, dt.date, str]]:
        """All that judges, in one order: equal for books that judge alike."""
        return sorted((each.kind, each.conditions, each.since, each.text) for each in self.sets)

    def first_day(self) -> dt.date:
        """From when on a firm's own page has its rules."""
        pages = (RuleSet.Conditions.CERTIFICATE, RuleSet.Conditions.SMALL_FIRM)
        return max(
            min((each.since for each in self.sets if each.conditions == one), default=dt.date.max)
            for one in pages
        )

    def first_day_of(self, kind: str) -> dt.date:
        """From when on a list of the kind has its rules, and incidents those of theirs."""
        days = [each.since for each in self.sets if each.kind == kind]
        return max(min(days, default=dt.date.max), self.first_day())

    def with_set(self, added: DatedRules) -> RuleBook:
        """With this one more, in place of that of the same kind and day."""
        others = [
            each for each in self.sets if (each.kind, each.since) != (added.kind, added.since)
        ]
        return RuleBook([*others, added])

    def _by_conditions(self, conditions: RuleSet.Conditions, day: dt.date) -> DatedRules:
        return _in_force([each for each in self.sets if each.conditions == conditions], day)


def _in_force(sets: Sequence[DatedRules], day: dt.date) -> DatedRules:
    begun = [each for each in sets if each.since <= day]
    if not begun:
        raise Refusal(f"{day}{NO_RULES}")
    return max(begun, key=lambda each: each.since)


# --- from rows ------------------------------------------------------------------------------------
def rule_book() -> RuleBook:
    """As the bureau keeps it; of kinds of which nothing is kept yet, as packaged; one query."""
    columns = ("kind__code", "conditions", "since", "document", "note", "thresholds")
    kept = [dated(*row) for row in RuleSet.objects.order_by().values_list(*columns)]
    kinds = {each.kind for each in kept}
    return RuleBook(kept + [each for each in shipped_book().sets if each.kind not in kinds])


def dated(
    kind: str,
    conditions: str,
    since: dt.date,
    document: str,
    note: str,
    thresholds: Mapping[str, Any],
) -> DatedRules:
    """`thresholds` have been found to be in order (`entering`)."""
    # PostgreSQL keeps no order of keys, so nothing may depend on it.
    text = json.dumps(thresholds, ensure_ascii=False, sort_keys=True)
    return _read(kind, RuleSet.Conditions(conditions), since, document, note, text)


@lru_cache(REMEMBERED)
def _read(
    kind: str,
    conditions: RuleSet.Conditions,
    since: dt.date,
    document: str,
    note: str,
    text: str,
) -> DatedRules:
    beside = {"kind": kind, "since": since, "document": document, "note": note}
    rules = READERS[conditions]({**json.loads(text), **beside})
    return DatedRules(kind, conditions, since, text, rules)


READERS: Mapping[RuleSet.Conditions, Any] = {
    RuleSet.Conditions.CERTIFICATE: certificate_rules,
    RuleSet.Conditions.SMALL_FIRM: small_firm_rules,
    RuleSet.Conditions.KIND: kind_rules,
}


# --- packaged -------------------------------------------------------------------------------------
@cache
def shipped_book() -> RuleBook:
    """The sets of the file; asks no database."""
    return RuleBook([dated(kind=each.pop("kind"), **each) for each in shipped_rows()])


def shipped_rows() -> list[dict[str, Any]]:
    """The sets of the file as rows: what a row keeps in columns, and the rest as `thresholds`."""
    rows = []
    for told in told_data()["rule_sets"]:
        row = {name: told.get(name, "") for name in BESIDE}
        row["thresholds"] = {name: value for name, value in told.items() if name not in BESIDE}
        rows.append(row)
    return rows


def add_missing(kinds: Iterable[QualificationKind]) -> int:
    """The packaged sets of those kinds that have none; how many rows were added.

    A set has no code by which to recognise it: one that the bureau has changed must not come back
    beside the changed one.
    """
    kept = set(RuleSet.objects.values_list("kind__code", flat=True))
    by_code = {kind.code: kind for kind in kinds if kind.code not in kept}
    rows = [
        RuleSet(**{**row, "kind": by_code[row["kind"]]})
        for row in shipped_rows()
        if row["kind"] in by_code
    ]
    return len(RuleSet.objects.bulk_create(rows))


@cache
def told_data() -> dict[str, Any]:
    """Sets of rules, the forms of firms that they speak of, and the lists of candidates."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
