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
    """Those of this program that a database with these migrations has not seen."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    return sorted(known - set(migrations))


def make_tables(migrations: Collection[str], environment: Mapping[str, str]) -> None:
    """The tables as these migrations leave them, in the empty database of the environment."""
    graph = MigrationLoader(None).graph
    keys = {tuple(name.split(".", 1)) for name in migrations}
    last = [
        key
        for key in sorted(keys)
        if not any(
            child.key in keys and child.key[0] == key[0] for child in graph.node_map[key].children
        )
    ]
    _run(["-m", SCHEMA_PROCESS], environment, json.dumps(last))


def migrate(environment: Mapping[str, str]) -> None:
    """Bring an older database to the program's own state."""
    _run(["manage.py", "migrate", "--noinput", "--verbosity=0"], environment)


def _run(arguments: list[str], environment: Mapping[str, str], told: str = "") -> None:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, "PORTAL_DEMO": "0", "LOG_LEVEL": "WARNING", **environment},
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip()[-KEPT_COMPLAINT:]
        raise BackupRefused(f"临时库不能建成备份时的样子：{complaint}")
