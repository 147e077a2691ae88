"""Intellectual property item by item: a firm owns a right, loses it, or uses it in an application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises import right_numbers
from enterprises.models import IpClass, IpItem, IpKind, LedgerEntry
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS, Act
from enterprises.registry.firm_facts import FirmFacts

Kind, Obtained, Ending = LedgerEntry.Act, IpItem.Obtained, IpItem.Ending
ACQUIRED = (Obtained.BOUGHT, Obtained.GIVEN, Obtained.MERGER, Obtained.OTHER)
"""From whom owned it before: for that firm it ends on the day on which it begins for this one."""


@dataclass(frozen=True, kw_only=True)
class OfRight(Act):
    """`right`: code of the kind; `number`: in whatever spelling."""

    right: str
    number: str

    @property
    def rights(self) -> tuple[str, ...]:
        return (right_numbers.canonical(self.number),)

    def _stretches(self, firm: FirmFacts) -> Sequence[IpItem]:
        kind = firm.notebook.ip_kind(self.right)
        return firm.notebook.stretches(kind.code, self.rights[0])

    def _owned(self, firm: FirmFacts, day: dt.date) -> IpItem:
        """The firm's own, on the day; RegistryError where it is another's or nobody's."""
        for row in self._stretches(firm):
            if row.enterprise is firm.known and row.validity.covers(day):
                return row
        message = f"{day}没有登记这一知识产权（{self.rights[0]}）归该企业所有"
        raise firm.refusal(message, "number", self.cells)


@dataclass(frozen=True, kw_only=True)
class RecordIpItem(OfRight):
    """The firm owns the right since a day: by default since it was granted, and never before.

    Where another firm owns it and this one acquired it, it ends for that firm on the day. Told once
    more, a person's values take the place of those registered; a list's fill gaps only. `name`: the
    owner's, where a list tells it.
    """

    granted_on: dt.date | None = None
    title: str = ""
    ends_on: dt.date | None = None
    obtained: str = ""
    since: dt.date | None = None
    name: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        if self.name:
            firm.refuse_other_name(self.name, self.cells)
        kind = firm.notebook.ip_kind(self.right)
        self._refuse_nonsense(firm)
        row = self._meant(firm)
        if row is not None:
            self._put_right(firm, row)
        else:
            self._begin(firm, kind)

    def _refuse_nonsense(self, firm: FirmFacts) -> None:
        if not self.rights[0]:
            raise firm.refusal("须写明知识产权的编号", "number", self.cells)
        days = {"granted_on": self.granted_on, "since": self.since, "ends_on": self.ends_on}
        for name, day in days.items():
            if day is not None and day.year not in YEARS:
                raise firm.refusal(f"日期不在{YEARS_IN_WORDS}", name, self.cells)
        for name in ("granted_on", "since"):
            day = days[name]
            if day is not None and day > timezone.localdate():
                raise firm.refusal("日期不得晚于今天", name, self.cells)

    def _meant(self, firm: FirmFacts) -> IpItem | None:
        """The stretch of the firm that is told once more; None for one that begins."""
        stretches = self._stretches(firm)
        own = [row for row in stretches if row.enterprise is firm.known]
        if self.since is None:
            return own[-1] if own else None
        # Where nobody else ever owned it, another first day corrects the one told before.
        is_only_one = len(stretches) == 1 and stretches[0].until is None
        same = [row for row in own if row.since == self.since or is_only_one]
        return same[0] if same else None

    def _put_right(self, firm: FirmFacts, row: IpItem) -> None:
        told = {name: value for name, value in self._told().items() if value}
        if self.listing is not None:
            told = self._gaps(firm, row, told)
        granted_on = told.get("granted_on", row.granted_on)
        if row.since == row.granted_on:
            # It was told by the grant alone, and follows it.
            told.setdefault("since", granted_on)
        told["since"] = max(told.get("since", row.since), granted_on)
        if told["since"] != row.since and len(self._stretches(firm)) > 1:
            raise firm.refusal("这一知识产权另有前后的权利人，请先撤销再登记", "since", self.cells)
        if row.until is not None and told["since"] >= row.until:
            raise firm.refusal(f"取得日期须早于{row.until}", "since", self.cells)
        self._refuse_ended(firm, told.get("ends_on", row.ends_on), granted_on)
        firm.alter_fact(row, act=Kind.IP_ADDED, on=row.since, cells=self.cells, **told)

    def _gaps(self, firm: FirmFacts, row: IpItem, told: Mapping[str, Any]) -> dict[str, Any]:
        gaps = {}
        for name, value in told.items():
            present = getattr(row, name)
            if present in (None, ""):
                gaps[name] = value
            elif present != value:
                firm.notice_kept(row, name, value, self.cells)
        return gaps

    def _told(self) -> dict[str, Any]:
        return {
            "granted_on": self.granted_on,
            "title": self.title,
            "ends_on": self.ends_on,
            "obtained": self.obtained,
            "since": self.since,
        }

    def _begin(self, firm: FirmFacts, kind: IpKind) -> None:
        if self.granted_on is None:
            raise firm.refusal("须写明授权日期", "granted_on", self.cells)
        self._refuse_ended(firm, self.ends_on, self.granted_on)
        begins = max(self.granted_on, self.since or self.granted_on)
        stretches = self._stretches(firm)
        earlier = [row for row in stretches if row.since <= begins]
        later = [row for row in stretches if row.since > begins]
        if earlier:
            self._end_before(firm, earlier[-1], begins)
        if later and later[0].obtained == Obtained.OWN:
            raise self._is_others(firm, later[0])
        values = self._told() | {"since": begins}
        new = IpItem(enterprise=firm.known, kind_id=kind.code, number=self.rights[0], **values)
        firm.add_fact(new, act=Kind.IP_ADDED, on=begins, cells=self.cells)
        firm.notebook.rights[kind.code, new.number].append(new)
        if later:
            # Told late of an earlier owner: whoever came after has it since.
            _end(firm, new, later[0].since, Ending.TRANSFERRED, self.cells)

    def _end_before(self, firm: FirmFacts, row: IpItem, begins: dt.date) -> None:
        """It goes from whoever owns it on the day."""
        if row.validity.is_over(begins):
            return
        if row.until is not None or row.since == begins or self.obtained not in ACQUIRED:
            raise self._is_others(firm, row)
        owner = row.enterprise
        firm.doubt(f"登记后自{begins}起从“{owner.name}”（{owner.uscc}）转入本企业", "number")
        _end(firm.notebook.facts_of(owner.uscc), row, begins, Ending.TRANSFERRED, self.cells)

    def _is_others(self, firm: FirmFacts, row: IpItem) -> Exception:
        owner = row.enterprise
        until = f"至{row.until}前" if row.until else ""
        return firm.refusal(
            f"{self.rights[0]}自{row.since}起{until}登记在“{owner.name}”（{owner.uscc}）名下，"
            "确已转让的，请写明取得方式和取得日期",
            "number",
            self.cells,
        )

    def _refuse_ended(self, firm: FirmFacts, ends_on: dt.date | None, granted_on: dt.date) -> None:
        if ends_on is not None and ends_on < granted_on:
            raise firm.refusal("保护期不得在授权日期之前结束", "ends_on", self.cells)


@dataclass(frozen=True, kw_only=True)
class EndIpItem(OfRight):
    """The firm owns the right no more from the day on: it went elsewhere, or is in force no more."""

    on: dt.date
    how: str

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        if self.on > timezone.localdate():
            raise firm.refusal("日期不得晚于今天", "on", self.cells)
        if self.how not in Ending.values:
            raise firm.refusal("须写明是转出还是失效", "how", self.cells)
        own = [row for row in self._stretches(firm) if row.enterprise is firm.known]
        if not own:
            raise firm.refusal("没有登记过这一知识产权", "number", self.cells)
        row = own[-1]
        if row.until is not None and (row.until, row.ending) != (self.on, self.how):
            raise firm.refusal(f"已于{row.until}{row.get_ending_display()}", "on", self.cells)
        if self.on <= row.since:
            raise firm.refusal(f"日期须晚于取得日期（{row.since}）", "on", self.cells)
        _end(firm, row, self.on, self.how, self.cells)


@dataclass(frozen=True, kw_only=True)
class UseIpItem(OfRight):
    """The firm's application of a year for the high-tech certificate, filed on a day, names it.

    It stays so whatever becomes of the application.
    """

    year: int
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        kind = firm.notebook.ip_kind(self.right)
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            message = f"申报年度{self.year}不在{FIRST_YEAR}至{LAST_YEAR}年之间"
            raise firm.refusal(message, "year", self.cells)
        row = self._owned(firm, self.on)
        if row.ends_on is not None and row.ends_on < self.on:
            message = f"{self.rights[0]}的保护期已于{row.ends_on}结束"
            raise firm.refusal(message, "number", self.cells)
        ip_class = kind.class_on(self.on)
        if ip_class == IpClass.NONE:
            raise firm.refusal(f"{kind}不计入知识产权", "right", self.cells)
        if ip_class == IpClass.SECOND:
            self._doubt_second_use(firm, kind)
        years = [year for year in (row.used_first, row.used_last, self.year) if year]
        used = {"used_first": min(years), "used_last": max(years)}
        firm.alter_fact(row, act=Kind.IP_USED, on=self.on, cells=self.cells, **used)

    def _doubt_second_use(self, firm: FirmFacts, kind: IpKind) -> None:
        years = [row.used_first for row in self._stretches(firm) if row.used_first]
        if years and min(years) != self.year:
            number = self.rights[0]
            firm.doubt(f"{kind}{number}已用于{min(years)}年申报，Ⅱ类只能用一次，请核对", "number")


def _end(firm: FirmFacts, row: IpItem, on: dt.date, how: str, cells: Mapping[str, str]) -> None:
    firm.alter_fact(row, act=Kind.IP_GONE, on=on, cells=cells, until=on, ending=how)
