"""Who came, moved and left: accounts by unit, those nobody uses, units without one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from parks.accounts.second_factor import is_required
from parks.models import SecondFactor, Unit, User


@dataclass(frozen=True)
class AccountLine:
    """`said`: what to see to."""

    account: User
    said: list[str]
    has_factor: bool


@dataclass(frozen=True)
class UnitAccounts:
    """A unit, or the people of the whole district (None), with its accounts."""

    unit: Unit | None
    lines: list[AccountLine]

    @property
    def title(self) -> str:
        return self.unit.name if self.unit else "全区"

    @property
    def has_nobody(self) -> bool:
        return not any(line.account.is_active for line in self.lines)


def by_unit() -> list[UnitAccounts]:
    """Of every unit, and of the bureau first; three queries."""
    now = timezone.now()
    with_factor = SecondFactor.objects.filter(confirmed_at__isnull=False)
    owners = set(with_factor.values_list("user_id", flat=True))
    lines: dict[int | None, list[AccountLine]] = defaultdict(list)
    for account in User.objects.order_by("-is_active", "username"):
        lines[account.unit_id].append(_line(account, now, account.pk in owners))
    bureau = UnitAccounts(None, lines[None])
    units = Unit.objects.exclude(code=Unit.BUREAU_CODE)
    return [bureau, *(UnitAccounts(unit, lines[unit.pk]) for unit in units)]


def _line(account: User, now: dt.datetime, has_factor: bool) -> AccountLine:
    days = (now - (account.last_login or account.date_joined)).days
    said = []
    if not account.is_active:
        said.append("已停用")
    elif account.last_login is None:
        said.append("从未登录")
    if account.is_active and days >= settings.ACCOUNT_UNUSED_DAYS:
        said.append(f"{days}天未用")
    if account.is_active and account.must_change_password:
        said.append("还没有改成自己的密码")
    if account.is_active and is_required(account) and not has_factor:
        said.append("没有第二重验证")
    return AccountLine(account, said, has_factor)
