"""Accounts to try the portal with: one per role, random passwords, only where nobody has an account yet."""

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


def create(record: Path) -> list[Account]:
    """Creates the accounts and writes them to `record`, readable by its owner alone. Empty when users exist."""
    with transaction.atomic():
        if User.objects.exists():
            return []
        accounts = [_create(str(role), role) for role in Role if role != Role.UNIT_STAFF]
        accounts += [
            _create(unit.code, Role.UNIT_STAFF, unit)
            for unit in Unit.objects.filter(code__in=UNITS)
        ]
        _write(record, accounts)
    return accounts


def _create(username: str, role: User.Role, unit: Unit | None = None) -> Account:
    password = secrets.token_urlsafe(12)
    is_admin = role == Role.BUREAU_ADMIN
    User.objects.create_user(
        username, password=password, role=role, unit=unit, is_staff=is_admin, is_superuser=is_admin,
        first_name=f"{unit.short_name if unit else ''}{role.label}",
    )  # fmt: skip
    return Account(username, password, f"{role.label}{f'（{unit.name}）' if unit else ''}")


def table(accounts: list[Account]) -> str:
    return "".join(
        f"{account.username:<14} {account.password}  {account.description}\n"
        for account in accounts
    )


def _write(record: Path, accounts: list[Account]) -> None:
    record.unlink(missing_ok=True)
    with os.fdopen(os.open(record, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(table(accounts))
