"""The list of firms to call as its template shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

from enterprises.firms import contacts
from enterprises.models import UnitContact
from parks.models import User
from targets.followup.question import (
    DUE,
    NOBODY,
    OPEN,
    PAGE_SIZES,
    QUIET,
    WITH_TROUBLE,
    FollowUpQuestion,
)
from targets.followup.rows import FollowUp, FollowUpRow, Why

UNASKED = {"owner": "", "quiet": "", "question": ""}
"""What the chips set."""


@dataclass(frozen=True)
class FollowUpChip:
    """A number that opens its list."""

    label: str
    firms: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class FollowUpLine:
    """A row as shown. `contact` is None where the viewer may not see it."""

    row: FollowUpRow
    contact: str | None
    dials: str
    unit_contact: UnitContact | None
    unit_dials: str

    @property
    def may_tell(self) -> bool:
        """Who may see the contact may write, too."""
        return self.contact is not None


class FollowUpPage:
    def __init__(self, asked: FollowUpQuestion) -> None:
        self.asked = asked
        self._all = FollowUp(asked.user, asked.today)
        self.quiet_days = self._all.rule.quiet_days
        self.ending_days = self._all.rule.ending_days
        self.listed = [row for row in self._all.rows if asked.asks_for(row)]

    @property
    def total(self) -> int:
        return len(self._all.rows)

    @cached_property
    def chips(self) -> list[FollowUpChip]:
        user = self.asked.user
        told: list[tuple[str, dict[str, str]]] = [("全部", {})]
        if user.in_bureau or user.reporting_unit:
            told.append(("我的企业", {"owner": user.username}))
        told += [
            (f"{self.quiet_days}天未对接", {"quiet": QUIET}),
            ("有未答问题", {"question": OPEN}),
            ("本周应答复", {"question": DUE}),
            ("未指定责任人", {"owner": NOBODY}),
            ("责任人停用或调离", {"owner": WITH_TROUBLE}),
        ]
        return [self._chip(label, values) for label, values in told]

    def _chip(self, label: str, values: dict[str, str]) -> FollowUpChip:
        asked = self.asked.changed(**(UNASKED | values))
        firms = sum(asked.asks_for(row) for row in self._all.rows)
        return FollowUpChip(label, firms, asked.address, asked == self.asked)

    @property
    def most(self) -> str:
        return PAGE_SIZES[-1]

    @property
    def longer_url(self) -> str:
        """The same list with many on a page, for paper; nothing where a page has them all."""
        is_long = self.asked.size == PAGE_SIZES[-1] or len(self.listed) <= int(PAGE_SIZES[0])
        return "" if is_long else self.asked.changed(size=PAGE_SIZES[-1]).address

    @cached_property
    def filters_in_words(self) -> str:
        """What is asked, for paper and files."""
        asked = self.asked
        chosen = next((chip.label for chip in self.chips if chip.is_chosen), "")
        told = [
            chosen if chosen != "全部" else "",
            asked.unit.name if asked.unit else "",
            str(Why(asked.why).label) if asked.why else "",
            f"“{asked.q}”" if asked.q else "",
        ]
        if not chosen and asked.owner:
            told.append(f"责任人{asked.owner}")
        return "、".join(filter(None, told))

    def lines(self, number: str | None) -> Any:
        """The page of the list with this number."""
        size = int(self.asked.size or PAGE_SIZES[0])
        page: Any = Paginator(self.listed, size).get_page(number)
        page.lines = lines_of(list(page), self.asked.user)
        return page


def lines_of(rows: Sequence[FollowUpRow], user: User) -> list[FollowUpLine]:
    """Two queries at most."""
    open_to = contacts.shown_to(user, [row.firm.pk for row in rows])
    units = UnitContact.objects.of_units(row.unit.pk for row in rows)
    return [_line(row, open_to, units.get(row.unit.pk)) for row in rows]


def _line(
    row: FollowUpRow, open_to: Collection[int], unit_contact: UnitContact | None
) -> FollowUpLine:
    contact = contacts.contact_line(row.firm, open_to)
    dials = contacts.dials(row.firm, contact)
    unit_dials = contacts.dialled(unit_contact.phone) if unit_contact else ""
    return FollowUpLine(row, contact, dials, unit_contact, unit_dials)
