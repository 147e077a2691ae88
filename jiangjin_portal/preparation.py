"""What must be in place before the portal starts; a step does nothing when nothing changed."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enterprises import jobs
from enterprises.models import Enterprise, SourceFile
from jiangjin_portal import home
from jiangjin_portal.safekeeping.upgrade import upgrade


def prepare_portal() -> None:
    """Static files, database, the plan's reference data and, where wanted, a demo district."""
    if home.close_to_others(settings.HOME):
        print("data folder: closed to everybody but its owner", flush=True)
    collect_static()
    migrate_database()
    call_command("load_plan", verbosity=0)
    if settings.DEMO:
        fill_with_demo()
    if settings.VERIFY_AT_START and not home.is_new(settings.HOME):
        # In the background, in a copy: the portal does not wait for it.
        jobs.submit(kind="verify")
    # Last: a first set-up that was interrupted goes on where it ended.
    home.set_state(settings.HOME, home.IN_USE)


def fill_with_demo() -> None:
    """A demo district with accounts and reports, in a new home only.

    A home with a key, uploads or a ledger was used: if it has lost its database, invented firms in
    place of the real ones would hide that.
    """
    if home.is_new(settings.HOME):
        call_command("demo_district")
        # Firms may have been loaded before the first start.
        if SourceFile.objects.tell_of_a_demo():
            # Reports are made in the name of the accounts, so accounts come first.
            call_command("demo_accounts")
            call_command("demo_reports")
    elif not Enterprise.objects.exists():
        print(
            f"no demo: {settings.HOME} has been used before and holds no firms now."
            " Lost them? manage.py restore DIR. A demo wanted? Choose an empty PORTAL_HOME.",
            flush=True,
        )


def migrate_database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        upgrade(partial(call_command, "migrate", interactive=False, verbosity=0))


def collect_static() -> None:
    """Collects when a source file came, went or changed.

    Hashing and compressing all of them takes seconds, too long for every start.
    """
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    print("static files: collect", flush=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # Last: a start that was interrupted collects again.
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Name, size and time of every source file, of ours and of the installed packages."""
    # Another storage names the files otherwise.
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
