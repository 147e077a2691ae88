"""Received files: their bytes are kept once, under their sha256, before anything is read."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import Subquery

from enterprises.inspection.looking import objection_to
from enterprises.inspection.virus_scan import ScannerAway
from enterprises.models import Office, SourceFile
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.reading.formats.foreign import BY_SUFFIX
from parks.models import User

FOLDER, COPIES = "registers", "annotated"
EXTENSIONS = (".xlsx", ".xls", ".ods", ".csv", ".txt")
NAME_LENGTH = 200
BLOCK = 1 << 20
"""Bytes read at a time."""


log = logging.getLogger(__name__)


class StorageError(Exception):
    """The file was not kept; the reason is a Chinese sentence."""


class FileNotTaken(StorageError):
    """For what the file is: another time it would be the same."""


def keep(chunks: Iterable[bytes], name: str, *, by: User | None) -> SourceFile:
    """Store a file and its row; the same bytes again give the same row. Raises StorageError."""
    cleaned = clean_name(name)
    if reason := objection(cleaned, 0):
        raise FileNotTaken(reason)
    # The size is not known yet; `store` watches it while the bytes come in.
    sha256, size = store(chunks, cleaned, FOLDER, objection)
    source, new = _row_of(SourceFile.Kind.ROSTER, sha256, size, cleaned, by)
    # The reader goes by the extension. A file first sent under a wrong name must get the right one,
    # unless facts were taken from it: the ledger names their source.
    if not new and source.name != cleaned and not source.entries.exists():
        source.name = cleaned
        source.save(update_fields=["name"])
    return source


def keep_as(
    kind: SourceFile.Kind, chunks: Iterable[bytes], name: str, *, by: User | None
) -> SourceFile:
    """Store a file of another kind and its row, as `keep` does; it may have any name and size."""
    cleaned = clean_name(name)
    sha256, size = store(chunks, cleaned, FOLDER, lambda name, size: None)
    return _row_of(kind, sha256, size, cleaned, by)[0]


def _row_of(
    kind: SourceFile.Kind, sha256: str, size: int, name: str, by: User | None
) -> tuple[SourceFile, bool]:
    """The row of a stored file, and whether it is new."""
    defaults = {"kind": kind, "name": name, "size": size}
    defaults |= {"stored_as": f"{FOLDER}/{sha256}", "received_from": by}
    return SourceFile.objects.get_or_create(sha256=sha256, defaults=defaults)


def loaded_before(chunks: Iterable[bytes]) -> SourceFile | None:
    """The file with these bytes, where facts that were taken from it are in force."""
    source = SourceFile.objects.filter(sha256=digest_of(chunks)).first()
    return source if source and source.entries.all().in_force().exists() else None


def digest_of(chunks: Iterable[bytes]) -> str:
    """The sha256 of the bytes, as SourceFile keeps it."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def store(
    chunks: Iterable[bytes], name: str, folder: str, objection: Callable[[str, int], str | None]
) -> tuple[str, int]:
    """Store bytes under their sha256 in a folder of MEDIA_ROOT; gives sha256 and size in bytes.

    Raises StorageError, with the objection to a file of this name and size as soon as there is one.
    """
    try:
        if _free_bytes() < settings.UPLOAD_RESERVE_BYTES:
            raise StorageError(
                f"“{name}”未能保存：服务器磁盘空间不足，暂不接收文件；查看和其他操作不受影响。"
                "请联系管理员。"
            )
        return _write_under_digest(chunks, name, Path(settings.MEDIA_ROOT) / folder, objection)
    except OSError as error:
        raise StorageError(f"“{name}”未能保存（磁盘空间不足或不可写），请联系管理员。") from error


def _free_bytes() -> int:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def keep_copy(content: bytes, name: str) -> str:
    """Store what the portal has made of a file; an earlier copy of the name is replaced.

    Gives its path under MEDIA_ROOT.
    """
    folder = Path(settings.MEDIA_ROOT) / COPIES
    with _draft_file(folder) as (file, draft):
        file.write(content)
        file.flush()
        draft.replace(folder / name)
    return f"{COPIES}/{name}"


def objection(name: str, size: int) -> str | None:
    """Why a file of this name and size (bytes) is not received, in Chinese; None if it is."""
    if foreign := BY_SUFFIX.get(Path(name).suffix.lower()):
        return f"“{name}”是{foreign.name}，不能读取。{foreign.fix}。"
    if not name.lower().endswith(EXTENSIONS):
        return f"“{name}”不是表格文件，请上传 {'、'.join(EXTENSIONS)} 文件。"
    if size > settings.MAX_REGISTER_BYTES:
        return f"“{name}”超过{settings.MAX_REGISTER_BYTES // 1_000_000} MB，请拆分后上传。"
    return None


def path_of(source: SourceFile) -> Path:
    return Path(settings.MEDIA_ROOT) / source.stored_as


def describe(source: SourceFile, layout: Layout, as_of: dt.date | None, office: str = "") -> None:
    """Note, once facts were taken from it, what reading has shown the file to be, and whose."""
    if (source.kind, source.as_of) != (layout.name, as_of):
        SourceFile.objects.filter(pk=source.pk).update(kind=layout.name, as_of=as_of)
    if office:
        of_code = Office.objects.filter(code=office).values("pk")
        SourceFile.objects.filter(pk=source.pk).update(office=Subquery(of_code))


def clean_name(name: str) -> str:
    """The last part of a file name, at most 200 characters.

    Control characters go, and those that turn the direction of writing: they can hide an extension.
    """
    # Browsers may send a whole path, of Windows or of Linux.
    last = name.replace("\\", "/").rpartition("/")[2]
    dropped = ("Cc", "Cf", "Cs", "Zl", "Zp")
    plain = "".join(ch for ch in last if unicodedata.category(ch) not in dropped).strip()
    if len(plain) <= NAME_LENGTH:
        return plain
    # The extension must survive: the reader goes by it.
    stem, dot, extension = plain.rpartition(".")
    return f"{stem[: NAME_LENGTH - 10]}{dot}{extension[:9]}"


def blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _write_under_digest(
    chunks: Iterable[bytes], name: str, folder: Path, objection: Callable[[str, int], str | None]
) -> tuple[str, int]:
    """A temporary file, synced to disk, then renamed to its sha256: nobody finds a partial file."""
    digest, size = hashlib.sha256(), 0
    with _draft_file(folder) as (file, draft):
        for chunk in chunks:
            size += len(chunk)
            if reason := objection(name, size):
                raise FileNotTaken(reason)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        _refuse_content(draft, name)
        draft.replace(folder / digest.hexdigest())
    _sync_folder(folder)
    return digest.hexdigest(), size


def _refuse_content(draft: Path, name: str) -> None:
    try:
        reason = objection_to(draft)
    except ScannerAway as error:
        log.error("the virus scanner does not answer: %s", error)
        raise StorageError(
            f"“{name}”没有接收：病毒扫描服务没有应答，请稍后再试，或联系管理员。"
        ) from error
    if reason:
        raise FileNotTaken(f"“{name}”{reason}。")


@contextmanager
def _draft_file(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A temporary file in the folder, for the caller to rename; removed when something fails."""
    folder.mkdir(parents=True, exist_ok=True)
    # In the folder itself: a rename is atomic only within one file system.
    handle, name = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            # mkstemp lets only the owner read. Kept files get the permissions of all other uploads.
            os.fchmod(file.fileno(), settings.FILE_UPLOAD_PERMISSIONS)
            yield file, Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
