"""Accounts to try the portal with: one per role, with random passwords."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from parks.models import Unit, User

UNITS = ["shuangfu", "500116002", "jxw"]
"""One park, one town, one department."""
Role = User.Role


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    description: str


def create_accounts(record: Path) -> list[Account]:
    """Creates the accounts and writes them to `record`, readable by its owner alone.

    Does nothing, and returns an empty list, where anybody has an account already.
    """
    with transaction.atomic():
        # A portal in use must not get accounts whose passwords lie in a file.
        if User.objects.exists():
            return []
        # Reporters need a unit, so theirs are made below.
        accounts = [_create_account(str(role), role) for role in Role if role != Role.UNIT_STAFF]
        for unit in Unit.objects.filter(code__in=UNITS):
            accounts.append(_create_account(unit.code, Role.UNIT_STAFF, unit))
        # Inside the transaction: accounts whose passwords nobody can read must not be created.
        _write_record(record, accounts)
    return accounts


def _create_account(username: str, role: User.Role, unit: Unit | None = None) -> Account:
    password = secrets.token_urlsafe(12)
    is_admin = role == Role.BUREAU_ADMIN
    first_name, description = str(role.label), str(role.label)
    if unit:
        first_name = f"{unit.short_name}{role.label}"
        description = f"{role.label}（{unit.name}）"
    User.objects.create_user(
        username,
        password=password,
        role=role,
        unit=unit,
        is_staff=is_admin,
        is_superuser=is_admin,
        first_name=first_name,
    )
    return Account(username, password, description)


def account_table(accounts: list[Account]) -> str:
    return "".join(
        f"{account.username:<14} {account.password}  {account.description}\n"
        for account in accounts
    )


def _write_record(record: Path, accounts: list[Account]) -> None:
    # Created anew with its mode, so that nobody else can have it open.
    record.unlink(missing_ok=True)
    with os.fdopen(os.open(record, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(account_table(accounts))


def create_clerks(mark: str) -> list[User]:
    """Somebody at each park and town that has nobody: without a password nobody signs in as them."""
    staffed = User.objects.filter(is_active=True).exclude(unit=None).values("unit")
    return [
        User.objects.create_user(
            f"demo-{unit.code}",
            password=None,
            role=Role.UNIT_STAFF,
            unit=unit,
            first_name=f"{unit.short_name}{Role.UNIT_STAFF.label}{mark}",
        )
        for unit in Unit.objects.reporting().exclude(pk__in=staffed)
    ]
