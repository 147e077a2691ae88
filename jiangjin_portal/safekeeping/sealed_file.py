"""A backup as one encrypted file: tar, gzip, age (https://age-encryption.org).

The key that opens it never lies on this machine. Without the portal it is opened by
`age -d -i KEY FILE | tar xz`.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyrage
from django.conf import settings
from pyrage import x25519

from jiangjin_portal.safekeeping.manifest import NAME, BackupRefused

ENDING = ".tar.gz.age"
QUICK = 3
"""Databases shrink by most of what they can at the first levels of gzip."""


def recipients_of(keys: Sequence[str]) -> list[x25519.Recipient]:
    """Public keys (age1…) that backups are encrypted to. Raises BackupRefused."""
    try:
        return [x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError:
        raise BackupRefused("加密公钥应为 age1 开头的一串字符（由 age-keygen 生成）。") from None


def encrypt_folder(folder: Path, target: Path, recipients: Sequence[x25519.Recipient]) -> None:
    """The folder as the encrypted file `target`, on disk when this returns."""
    read_end, write_end = os.pipe()
    # Packed while it is encrypted: no second copy on the disk, and none that is not encrypted.
    with ThreadPoolExecutor(1) as packers, os.fdopen(read_end, "rb") as packed:
        packing = packers.submit(_pack, folder, write_end)
        with target.open("xb") as file:
            pyrage.encrypt_io(packed, file, recipients)
            file.flush()
            os.fsync(file.fileno())
        packing.result()


@contextmanager
def opened(file: Path, identity: Path | None) -> Iterator[Path]:
    """The encrypted backup as a folder in the home, gone at the end. Raises BackupRefused."""
    if identity is None:
        raise BackupRefused(f"{file} 是加密的备份：请用 --identity 给出私钥文件。")
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".decrypted-") as name:
        place = Path(name)
        _decrypt_into(place, file, _identity_in(identity))
        # An archive holds one folder; a foreign one is refused by its manifest.
        folders = [path for path in place.iterdir() if (path / NAME).is_file()]
        yield folders[0] if folders else place


def _pack(folder: Path, write_end: int) -> None:
    # Closed in any case: whoever reads the other end waits for that.
    with (
        os.fdopen(write_end, "wb") as out,
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=QUICK) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        archive.add(folder, arcname="backup")


def _decrypt_into(place: Path, file: Path, identity: x25519.Identity) -> None:
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(1) as unpackers:
        unpacking = unpackers.submit(_unpack, read_end, place)
        try:
            with os.fdopen(write_end, "wb") as packed, file.open("rb") as sealed:
                pyrage.decrypt_io(sealed, packed, [identity])
            unpacking.result()
        except (pyrage.DecryptError, tarfile.TarError, EOFError, OSError) as error:
            raise BackupRefused(
                f"{file} 不能解开：私钥不是这份备份的，文件被截断、改动过，或不是本系统的备份"
                f"（{error}）。"
            ) from None


def _unpack(read_end: int, place: Path) -> None:
    """Files and folders alone, all of them in the place: a foreign archive may hold anything."""
    with (
        os.fdopen(read_end, "rb") as packed,
        tarfile.open(fileobj=packed, mode="r|gz") as archive,
    ):
        for member in archive:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts:
                raise tarfile.TarError(member.name)
            content = archive.extractfile(member) if member.isreg() else None
            if content is None and not member.isdir():
                raise tarfile.TarError(member.name)
            if content is not None:
                copy = place / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                with copy.open("xb") as file:
                    shutil.copyfileobj(content, file)


def _identity_in(file: Path) -> x25519.Identity:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        raise BackupRefused(f"不能读取私钥文件 {file}。") from None
    keys = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        return x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError):
        raise BackupRefused(
            f"{file} 中没有私钥（AGE-SECRET-KEY-…，由 age-keygen 生成）。"
        ) from None
