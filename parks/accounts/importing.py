"""Accounts from a spreadsheet: checked row by row, made all or none, first passwords shown once."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from parks.models import Unit, User

TITLES = ("用户名", "姓名", "角色", "单位", "邮箱")
NEEDED = TITLES[:3]
MOST_ROWS = 500
_LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
"""Without those that are mistaken for each other on paper."""
ROLES = {str(role.label): role for role in User.Role}


@dataclass(frozen=True)
class NewAccount:
    username: str
    name: str
    role: User.Role
    unit: Unit | None
    email: str


@dataclass(frozen=True)
class MadeAccount:
    """`password`: shown once, and to be changed at the first sign-in."""

    account: User
    password: str


class AccountsRefused(Exception):
    """Nothing was made; `problems`: sentences, each with the row it is about."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def read_rows(rows: Iterable[Sequence[object]]) -> list[NewAccount]:
    """The accounts of a sheet, whose first row names the columns. Raises AccountsRefused."""
    lines = [[_text(cell) for cell in row] for row in rows]
    if not lines or not set(NEEDED) <= set(lines[0]):
        raise AccountsRefused([f"第一行应为列名：{'、'.join(TITLES)}（单位、邮箱可以没有）。"])
    places = {title: lines[0].index(title) for title in TITLES if title in lines[0]}
    filled = [(number, line) for number, line in enumerate(lines[1:], 2) if any(line)]
    if not filled:
        raise AccountsRefused(["列名以下没有内容。"])
    if len(filled) > MOST_ROWS:
        raise AccountsRefused([f"一次最多{MOST_ROWS}行，本表有{len(filled)}行。"])
    units = _units_by_name()
    taken = set(User.objects.values_list("username", flat=True))
    found, problems = [], []
    for number, line in filled:
        told = {title: line[place] if place < len(line) else "" for title, place in places.items()}
        account, objections = _checked(told, units, taken)
        problems += [f"第{number}行：{objection}" for objection in objections]
        taken.add(told["用户名"])
        if account:
            found.append(account)
    if problems:
        raise AccountsRefused(problems)
    return found


def make_accounts(accounts: Iterable[NewAccount]) -> list[MadeAccount]:
    """All of them or none; each with a first password of its own."""
    made = []
    with transaction.atomic():
        for new in accounts:
            password = first_password()
            is_admin = new.role == User.Role.BUREAU_ADMIN
            account = User.objects.create_user(
                new.username,
                email=new.email,
                password=password,
                first_name=new.name,
                role=new.role,
                unit=new.unit,
                is_staff=is_admin,
                is_superuser=is_admin,
                must_change_password=True,
            )
            made.append(MadeAccount(account, password))
    return made


def first_password() -> str:
    """Twelve signs in groups of four, which a person can read out."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def _checked(
    told: dict[str, str], units: dict[str, list[Unit]], taken: set[str]
) -> tuple[NewAccount | None, list[str]]:
    objections = [f"“{title}”没有填写" for title in NEEDED if not told.get(title)]
    username, email = told["用户名"], told.get("邮箱", "")
    objections += _objections_to_name(username, taken)
    role = ROLES.get(told["角色"])
    if told["角色"] and role is None:
        objections.append(f"没有角色“{told['角色']}”，可填：{'、'.join(ROLES)}")
    meant = units.get(told.get("单位", ""), [])
    unit = meant[0] if len(meant) == 1 else None
    if told.get("单位") and not meant:
        objections.append(f"没有单位“{told['单位']}”")
    if len(meant) > 1:
        names = "、".join(one.name for one in meant)
        objections.append(f"“{told['单位']}”可指{names}，请写全称")
    if role == User.Role.UNIT_STAFF and not told.get("单位"):
        objections.append("单位填报人须写明单位")
    if role is not None and role != User.Role.UNIT_STAFF and told.get("单位"):
        objections.append(f"{role.label}不属于单位，“单位”应为空")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            objections.append(f"“{email}”不是邮箱地址")
    if objections or role is None:
        return None, objections
    return NewAccount(username, told["姓名"], role, unit, email), []


def _objections_to_name(username: str, taken: set[str]) -> list[str]:
    if not username:
        return []
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        return [f"用户名“{username}”只能有字母、数字和 @ . + - _"]
    return [f"用户名“{username}”已有账号，或在本表中重复"] if username in taken else []


def _units_by_name() -> dict[str, list[Unit]]:
    """A short name may mean a park and a town."""
    units: dict[str, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.exclude(code=Unit.BUREAU_CODE):
        for name in {unit.name, unit.short_name, unit.code, *unit.aliases}:
            units[name].append(unit)
    return units


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
