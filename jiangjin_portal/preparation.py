"""What must be in place before the portal starts; a step does nothing when nothing changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare_portal() -> None:
    """Static files, database, the plan's reference data and, where wanted, a demo district."""
    collect_static()
    migrate_database()
    call_command("load_plan", verbosity=0)
    if settings.DEMO:
        call_command("demo_district")


def migrate_database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("database: migrate", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


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
