"""Processes that work on a database being restored, as on one of their own.

Migrations speak to the default database: in this process that would be the one in use.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from jiangjin_portal.safekeeping.manifest import BackupRefused

# Started by its name, so a move of the module must be followed here.
SCHEMA_PROCESS = "jiangjin_portal.safekeeping.schema_process"
KEPT_COMPLAINT = 2_000


def unknown_migrations(migrations: Collection[str]) -> list[str]:
    """Those that this program does not have: it is older than the database."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    return sorted(set(migrations) - known)


def pending_since(migrations: Collection[str]) -> list[str]:
    """Those of this program that a database with these migrations has not seen.

    One that replaces others is neither: a database may have come by either way.
    """
    loader = MigrationLoader(None)
    seen, shortcuts = _one_by_one(loader, migrations), loader.replacements.keys()
    return sorted(".".join(key) for key in loader.disk_migrations.keys() - shortcuts - seen)


def make_tables(migrations: Collection[str], environment: Mapping[str, str]) -> None:
    """The tables as these migrations leave them, in the empty database of the environment."""
    seen = _one_by_one(MigrationLoader(None), migrations)
    _run(["-m", SCHEMA_PROCESS], environment, json.dumps(sorted(seen)))


def _one_by_one(loader: MigrationLoader, migrations: Collection[str]) -> set[tuple[str, str]]:
    """(app, name) of each, and in place of one that replaces others those others."""
    seen: set[tuple[str, str]] = set()
    for app, _, name in (migration.partition(".") for migration in migrations):
        shortcut = loader.replacements.get((app, name))
        seen.update(shortcut.replaces if shortcut else [(app, name)])
    return seen


def migrate(environment: Mapping[str, str]) -> None:
    """Bring an older database to the program's own state."""
    _run(["manage.py", "migrate", "--noinput", "--verbosity=0"], environment)


def problems_of(environment: Mapping[str, str]) -> list[str]:
    """What `manage.py verify` finds wrong in the home of the environment."""
    done = _run_there(["manage.py", "verify", "--json"], environment)
    try:
        checks = json.loads(done.stdout)["checks"]
    except (ValueError, KeyError):
        return [f"核对没有做完：{_complaint(done)}"]
    return [f"{check['name']}：{problem}" for check in checks for problem in check["problems"]]


def _run(arguments: list[str], environment: Mapping[str, str], told: str = "") -> None:
    done = _run_there(arguments, environment, told)
    if done.returncode:
        raise BackupRefused(f"临时库不能建成备份时的样子：{_complaint(done)}")


def _run_there(
    arguments: list[str], environment: Mapping[str, str], told: str = ""
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, "PORTAL_DEMO": "0", "LOG_LEVEL": "WARNING", **environment},
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr or done.stdout).strip()[-KEPT_COMPLAINT:]
