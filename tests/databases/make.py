"""Keeps the database of today's portal, to prove to later ones that it survives their migrations.

    python -m tests.databases.make 2026-11          (some minutes)

Makes, for SQLite and for PostgreSQL alike, a demo district, fills what that leaves empty (fill.py),
writes the dump beside the earlier ones (dumps.py) and records what the portal of today tells of it
(ask.py). A dump is never replaced: it is a database that exists somewhere. Make one when a
migration was added that matters; look through the days and quarters here and in fill.py first. The
files that people uploaded are no part of it. Migrations not listed yet go into migrations.json;
a new migration is listed when it is added, by the command without a name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django

from tests.databases import dumps
from tests.databases.fill import BEFORE, QUARTER, YEAR
from tests.services import BASE_DIR, postgres, postgres_binaries

MIGRATIONS = dumps.FOLDER / "migrations.json"
DAYS = [
    "2022-12-31", "2023-12-31", "2024-12-31", "2025-06-30", "2025-09-30", "2025-12-31",
    "2026-03-31", "2026-06-30", "2026-09-30", "2026-11-28", "2026-12-31",
]  # fmt: skip
DEFINITIONS = ["certificate", "class_year"]
BETWEEN = "since=2025-12-31&until=2026-09-30"
ADDRESSES = [
    "units/?page_size=100", "targets/",
    "figures/?as_of=2026-09-30", f"figures/?release={QUARTER}-1",
    "progress/?as_of=2026-11-28", f"progress/?release={QUARTER}-1",
    f"flows/?{BETWEEN}&kind=hnte", f"flows/?{BETWEEN}&kind=tech",
    f"flows/?{BETWEEN}&scope=shuangfu",
    f"flows/?{BETWEEN}&definition=class_year&scope=district",
    f"flows/firms/?{BETWEEN}&term=moved_out&kind=tech&scope=shuangfu",
    f"goals/?year={YEAR}", f"goals/?year={YEAR}&kind=tech",
    "releases/", f"releases/{QUARTER}-2/", f"releases/{QUARTER}-2/bridge/",
    f"releases/{QUARTER}-1/changes/?kind=tech&term=dropped&scope=district",
    f"releases/{BEFORE}-1/firms/?indicator=little_giant",
    f"tasks/?quarter={QUARTER}", f"task-progress/?quarter={QUARTER}&unit=shuangfu",
    "reported-figures/?on=2026-11-28&in_force=true",
    "quarters/", f"quarters/{QUARTER}/board/", "roster-versions/", "roster-versions/1/",
    "roster-versions/1/firms/?kind=missing", "roster-versions/1/remarks/", "cases/", "cases/1/",
    "ledger/?page_size=20", "applications/?page_size=20",
    "enterprises/?indicator=hnte&on=2026-06-30&scope=baisha&page_size=5",
    "renewals/?on=2026-11-28&since=2026-12-01&until=2027-01-01&page_size=10",
]  # fmt: skip
"""Below /api/v1/. Each names its day or asks what no day changes, but for those of TODAYS."""
TODAYS = "/api/v1/goals/"
"""How addresses begin that are answered for today: the answer says which day that was."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "name", nargs="?", help="of the dump: year and month; without it only migrations are listed"
    )
    name = parser.parse_args().name
    if name is None:
        list_migrations()
        return
    if any(name in dumps.names(kind) for kind in dumps.KINDS):
        parser.error(f"there is a dump {name} already, and none is ever replaced")
    with tempfile.TemporaryDirectory(prefix="portal-dump-") as folder:
        make_sqlite(name, Path(folder, "sqlite"))
    with tempfile.TemporaryDirectory(prefix="portal-dump-") as folder:
        Path(folder).chmod(0o755)  # the server is another user
        with postgres(Path(folder)) as url:
            make_postgres(name, Path(folder, "home"), url, Path(folder, "tools"))
    list_migrations()


def make_sqlite(name: str, home: Path) -> None:
    portal = filled(home)
    dumps.keep_sqlite(name, str(home / "portal.sqlite3"))
    record(name, "sqlite", str(home / "portal.sqlite3"), portal)


def make_postgres(name: str, home: Path, url: str, tools: Path) -> None:
    portal = filled(home, DATABASE_URL=url)
    dumps.keep_postgres(name, url, postgres_binaries(tools) / "pg_dump")
    record(name, "postgres", url, portal)


def filled(home: Path, **more: str) -> dict[str, str]:
    """The environment of a portal with something of everything in its database."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    kept = {key: value for key, value in os.environ.items() if key not in ours}
    portal = kept | {"PORTAL_HOME": str(home), "PORTAL_DEMO": "1", "LOG_LEVEL": "WARNING"}
    portal |= more
    run(portal, "manage.py", "portal", "--setup")
    run(portal, "-m", "tests.databases.fill")
    return portal


def record(name: str, kind: str, place: str, portal: dict[str, str]) -> None:
    days = [f"{day} {definition}" for day in DAYS for definition in DEFINITIONS]
    answers = [f"/api/v1/{address}" for address in ADDRESSES]
    questions = {"commands": [], "figures": days, "answers": answers}
    rows = dumps.rows(kind, place)  # before anybody signs in to ask
    told = run(portal, "-m", "tests.databases.ask", questions=questions)
    dumps.record(name, kind, {"rows": rows, **json.loads(told)})
    empty = [table for table, number in rows.items() if not number]
    size = dumps.database_of(name, kind).stat().st_size
    print(f"{name} {kind}: {size:,} bytes; empty: {', '.join(empty) or 'none'}", flush=True)


def run(portal: dict[str, str], *command: str, questions: Any = None) -> str:
    """What a Python process prints that has the portal's environment."""
    sent = None if questions is None else json.dumps(questions)
    whole, output = [sys.executable, *command], subprocess.PIPE
    done = subprocess.run(
        whole, cwd=BASE_DIR, env=portal, input=sent, stdout=output, text=True, check=True
    )  # fmt: skip
    return done.stdout


# --- migrations -------------------------------------------------------------------------------
def list_migrations() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    known = json.loads(MIGRATIONS.read_text(encoding="utf-8")) if MIGRATIONS.exists() else {}
    listed = sums_of_migrations() | known  # what is listed stays as it is listed
    MIGRATIONS.write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def sums_of_migrations() -> dict[str, str]:
    """sha256 of each migration of the portal's own apps, by app and name, wherever it lies."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    files = {key: file_of(migration) for key, migration in loader.disk_migrations.items()}
    ours = {key: path for key, path in files.items() if is_ours(path)}
    return {f"{app}.{name}": sum_of(path) for (app, name), path in ours.items()}


def file_of(migration: Any) -> Path:
    return Path(str(sys.modules[migration.__module__].__file__))


def is_ours(path: Path) -> bool:
    return path.is_relative_to(BASE_DIR) and "site-packages" not in path.parts


def sum_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def edited(listed: dict[str, str]) -> Iterable[str]:
    """Listed migrations whose files are gone or say something else now."""
    now = sums_of_migrations()
    return [key for key, digest in listed.items() if now.get(key) != digest]


if __name__ == "__main__":
    main()
