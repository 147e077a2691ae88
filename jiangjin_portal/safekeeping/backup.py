"""Making a backup: database, uploads, key; written beside, proved by a restore, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from pyrage.x25519 import Recipient

from jiangjin_portal import home
from jiangjin_portal.safekeeping import children
from jiangjin_portal.safekeeping import manifest as manifests
from jiangjin_portal.safekeeping.manifest import BackupRefused, Manifest
from jiangjin_portal.safekeeping.sealed_file import ENDING, encrypt_folder
from jiangjin_portal.safekeeping.sides import own_side

SMALL_PARTS = (home.KEY, home.FIELD_KEY, home.ACCOUNTS)
DRAFT = ".part-"
"""How files begin that are not whole yet: uploads on their way in."""


@dataclass(frozen=True)
class MadeBackup:
    """`path`: the folder, or the encrypted file; `problems`: what `verify` finds wrong in it."""

    path: Path
    manifest: Manifest
    problems: Sequence[str] = ()

    @property
    def size(self) -> int:
        return size_of(self.path)


def size_of(backup: Path) -> int:
    """Bytes on the disk, of a folder or of an encrypted file."""
    if backup.is_file():
        return backup.stat().st_size
    return sum(path.stat().st_size for path in backup.rglob("*") if path.is_file())


def make_backup(
    folder: Path, *, recipients: Sequence[Recipient] = (), verified: bool = False
) -> MadeBackup:
    """A backup of this home as the new folder `folder`, proved by a restore into a scratch place.

    With `recipients` it is the encrypted file `folder` + ENDING instead. `verified`: the restored
    home is checked whole as well, in a process of its own, so at one moment and without a lock on
    the home in use. What that finds makes no backup worse than none, and is told beside it.
    Raises BackupRefused or OSError; then nothing stands under that name. The portal may run.
    """
    folder = _checked_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}{DRAFT}"))
    try:
        manifest = _write_parts(draft)
        # Last: without it nothing here passes for a backup.
        manifests.write(draft, manifest)
        with restored(draft) as (_, environment):
            problems = children.problems_of(environment) if verified else []
        path = _put_down(draft, folder, recipients)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return MadeBackup(path, manifest, problems)


def _put_down(draft: Path, folder: Path, recipients: Sequence[Recipient]) -> Path:
    """Under its own name only when it is whole."""
    if not recipients:
        sync_folders(draft)
        draft.rename(folder)
        return folder
    unfinished = draft / f"sealed{ENDING}"
    target = folder.with_name(folder.name + ENDING)
    if target.exists():
        raise BackupRefused(f"{target} 已存在；备份从不覆盖，请给出新的名称。")
    whole = draft / "backup"
    whole.mkdir()
    for path in [path for path in draft.iterdir() if path != whole]:
        path.rename(whole / path.name)
    encrypt_folder(whole, unfinished, recipients)
    unfinished.rename(target)
    shutil.rmtree(draft)
    return target


@contextmanager
def restored(backup: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The backup as a home in a scratch folder, held against its manifest; gone at the end.

    Gives the folder and the environment by which a process works there. Raises BackupRefused.
    """
    manifest, side = manifests.read(backup), own_side()
    manifests.check_parts(backup, manifest)
    # In the home: databases want a local disk, and backups may lie on another.
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restoring-") as name:
        scratch = Path(name)
        with side.rebuilt(backup, manifest, scratch) as environment:
            manifests.check_same(manifest.contents, side.rebuilt_contents(manifest, scratch))
            copy_files(backup, scratch, manifest)
            yield scratch, environment


def copy_files(backup: Path, target: Path, manifest: Manifest) -> None:
    """Uploads and key; each copy is read again."""
    for name, part in manifest.parts.items():
        if name in SMALL_PARTS or name.startswith(f"{home.UPLOADS}/"):
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(backup / name, copy)
            if manifests.part_of(copy) != part:
                raise BackupRefused(f"{name} 写入后内容不符，请检查磁盘。")


def program_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def sync_folders(folder: Path) -> None:
    """Every file of the folder and the folder itself survive a power cut."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    for path in (*filter(Path.is_dir, folder.rglob("*")), folder):
        sync_folder(path)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked_place(folder: Path) -> Path:
    folder = folder.absolute()
    if folder.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise BackupRefused("备份不能放在上传文件夹中。")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise BackupRefused(f"{folder} 已存在且不是文件夹，请换一个名称。")
    if folder.is_dir() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} 已有内容；备份从不覆盖，请给出新的文件夹名称。")
    if folder.is_dir() and os.path.ismount(folder):
        raise BackupRefused(f"{folder} 是挂载点；请给出其中一个新的文件夹名称。")
    return folder


def _write_parts(draft: Path) -> Manifest:
    side = own_side()
    # The database first: an upload without its row is harmless, a row without its file is not.
    contents = side.copy_database(draft)
    if unknown := children.unknown_migrations(contents.migrations):
        raise BackupRefused(
            f"数据库由更新的程序所用（本程序没有其中的迁移 {unknown[0]}）：请用那个程序备份。"
        )
    for name in SMALL_PARTS:
        if (settings.HOME / name).is_file():
            shutil.copyfile(settings.HOME / name, draft / name)
    _copy_uploads(Path(settings.MEDIA_ROOT), draft / home.UPLOADS)
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    return Manifest(
        vendor=connection.vendor,
        version=program_version(),
        made_at=timezone.localtime().isoformat(timespec="seconds"),
        key_in_environment=bool(os.environ.get("SECRET_KEY")),
        contents=contents,
        parts={str(path.relative_to(draft)): manifests.part_of(path) for path in files},
    )


def _copy_uploads(uploads: Path, target: Path) -> None:
    """Uploads are never changed once they have their name, so the portal may go on receiving."""
    for path in sorted(uploads.rglob("*")):
        if path.is_file() and not path.name.startswith(DRAFT):
            copy = target / path.relative_to(uploads)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
