"""Restoring a backup into this home: built and proved beside, then put into its place."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection, connections
from django.db.models import Model
from django.utils import timezone

from enterprises.models import Enterprise, LedgerEntry, SourceFile
from jiangjin_portal import home
from jiangjin_portal.safekeeping import backup, children
from jiangjin_portal.safekeeping import manifest as manifests
from jiangjin_portal.safekeeping.manifest import BackupRefused, Manifest
from jiangjin_portal.safekeeping.sides import own_side
from parks.models import User

MOVED = (home.UPLOADS, home.KEY, home.FIELD_KEY, home.ACCOUNTS, home.BROKER)
"""What is set aside with the old database; messages of the old queue mean nothing to the new."""

TELLING: tuple[type[Model], ...] = (User, Enterprise, LedgerEntry, SourceFile)
"""A row in one of these tables was written for a person."""


def restore(folder: Path, *, replace: bool) -> tuple[Manifest, list[str]]:
    """Put the backup into this home; gives its manifest, and where the old home's parts are now.

    Raises BackupRefused, with this home as it was, while anything about the backup is in doubt.
    The caller holds the lock of the home.
    """
    folder = folder.resolve()
    manifest = manifests.read(folder)
    _check_fits(manifest)
    manifests.check_parts(folder, manifest)
    if holds_data() and not replace:
        raise BackupRefused(
            f"{settings.HOME} 已有数据，未作任何改动。确要替换请加 --replace：原有数据会移到一旁，不会删除。"
        )
    if number := own_side().others_at_work():
        raise BackupRefused(
            f"还有{number}个程序连着数据库。请先停止 web、worker 和 scheduler，再恢复。"
        )
    with backup.restored(folder) as (scratch, environment):
        if not is_of_today(manifest):
            children.migrate(environment)
        set_aside = _put_in_place(scratch, manifest, was_empty=not holds_data())
    if is_of_today(manifest):
        manifests.check_same(manifest.contents, own_side().contents_in_use(manifest))
    return manifest, set_aside


def holds_data() -> bool:
    """Whether anything here could be missed; a portal that was only set up holds nothing yet."""
    if (settings.HOME / home.UNFINISHED).exists() or home.holds_uploads(settings.HOME):
        return True
    tables: dict[str, int] | None = own_side().tables_in_use()
    if not tables:
        # A file that cannot be read may still be mended by somebody.
        return tables is None
    ours = {model._meta.db_table for model in TELLING}
    return not ours <= tables.keys() or any(tables[name] for name in ours)


def is_of_today(manifest: Manifest) -> bool:
    """Whether its tables are those of this program: then what was restored is unchanged."""
    return not children.pending_since(manifest.contents.migrations)


def _check_fits(manifest: Manifest) -> None:
    own, other = (
        manifests.VENDORS.get(name, name) for name in (connection.vendor, manifest.vendor)
    )
    if own != other:
        raise BackupRefused(
            f"备份来自 {other} 数据库，本系统现用 {own}：请按备份所用的数据库设置 DATABASE_URL。"
        )
    if unknown := children.unknown_migrations(manifest.contents.migrations):
        raise BackupRefused(
            f"备份来自更新的程序（本程序没有其中的迁移 {unknown[0]} 等{len(unknown)}项）：请先升级程序。"
        )


def _put_in_place(scratch: Path, manifest: Manifest, *, was_empty: bool) -> list[str]:
    """Old parts into a folder of their own, new parts into the home; says where the old ones are.

    `was_empty`: the home held nothing that anybody could miss, so nothing of it is kept.
    """
    brought = {PurePosixPath(name).parts[0] for name in manifest.parts}
    # The home keeps its own keys where the backup brings none: sessions need one.
    kept = {home.KEY, home.FIELD_KEY} - brought
    moved = [name for name in MOVED if name not in kept]
    stamp = f"{timezone.localtime():%Y%m%d_%H%M%S}"
    old = settings.HOME / f"replaced-{stamp}"
    backup.sync_folders(scratch)
    connections.close_all()
    old.mkdir()
    # A home that is half of one and half of the other must not be started.
    (settings.HOME / home.UNFINISHED).touch()
    # First, for it may be refused, and then everything stays as it is.
    places = [_take_over(scratch, old, keep=not was_empty)]
    for name in moved:
        if (settings.HOME / name).exists():
            shutil.move(settings.HOME / name, old / name)
        if name in brought:
            (scratch / name).rename(settings.HOME / name)
    home.set_state(settings.HOME, home.IN_USE)
    home.close_to_others(settings.HOME)
    backup.sync_folder(settings.HOME)
    (settings.HOME / home.UNFINISHED).unlink()
    if was_empty:
        shutil.rmtree(old)
    elif any(old.iterdir()):
        places.append(str(old))
    return list(filter(None, places))


def _take_over(scratch: Path, old: Path, *, keep: bool) -> str:
    try:
        return str(own_side().take_over(scratch, old, keep=keep))
    except BackupRefused:
        old.rmdir()
        (settings.HOME / home.UNFINISHED).unlink()
        raise
