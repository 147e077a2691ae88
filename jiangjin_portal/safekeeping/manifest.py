"""The manifest of a backup: what belongs to it, and how anybody can tell that it is all there."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

NAME = "manifest.json"
FORMAT, FORMAT_VERSION = "jiangjin-portal-backup", 1
BLOCK = 1 << 20
"""Bytes read at a time."""
VENDORS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class BackupRefused(Exception):
    """Nothing was done; the message is a Chinese sentence for whoever runs the portal."""


@dataclass(frozen=True)
class BackupFile:
    """One file of the backup: bytes, and the sha256 of them."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """Rows of a table and a digest of their content, in the order of the key.

    `columns` and `key` say what the digest covers where the rows were written one by one.
    """

    rows: int
    digest: str
    columns: Sequence[str] = ()
    key: Sequence[str] = ()


@dataclass(frozen=True)
class Contents:
    """What a database held at one moment. `migrations`: "app.name"; `sequences`: last value."""

    migrations: Sequence[str]
    tables: Mapping[str, Table]
    sequences: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True)
class Manifest:
    """`vendor`: of the database; `made_at`: ISO time; `parts`: path inside the backup → file.

    `key_in_environment`: the secret key is not in the home, so it is not in the backup either.
    """

    vendor: str
    version: str
    made_at: str
    key_in_environment: bool
    contents: Contents
    parts: Mapping[str, BackupFile]


def write(folder: Path, manifest: Manifest) -> None:
    """Synced to disk: a manifest that stands there vouches for all other parts."""
    body = {"format": FORMAT, "format_version": FORMAT_VERSION, **dataclasses.asdict(manifest)}
    text = json.dumps({**body, "seal": _seal(body)}, ensure_ascii=False, indent=1)
    with (folder / NAME).open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """Raises BackupRefused with the reason, unless this is a whole manifest of this portal."""
    body = _read_json(folder)
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise BackupRefused(f"{folder / NAME} 不是本系统的备份清单。")
    if body.get("format_version") != FORMAT_VERSION:
        raise BackupRefused(
            f"备份的格式是第{body.get('format_version')}版，本程序只认识第{FORMAT_VERSION}版："
            "备份由更新的程序所做，请先升级程序。"
        )
    if body.pop("seal", None) != _seal(body):
        raise BackupRefused(f"{folder / NAME} 不完整或被改动过（与其校验值不符）。")
    try:
        return _manifest_of(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackupRefused(f"{folder / NAME} 缺少内容，不是完整的备份清单。") from None


def check_parts(folder: Path, manifest: Manifest) -> None:
    """Every file is there, as long as it was and with the same bytes; raises BackupRefused."""
    for name, part in manifest.parts.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise BackupRefused(f"备份不全：缺少 {name}。")
        if (size := path.stat().st_size) != part.size:
            raise BackupRefused(f"备份中的 {name} 应为{part.size}字节，现为{size}字节。")
        if sha256_of(path) != part.sha256:
            raise BackupRefused(f"备份中的 {name} 内容已变（SHA-256 不符）。")


def part_of(path: Path) -> BackupFile:
    return BackupFile(path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_same(expected: Contents, found: Contents) -> None:
    """Raises BackupRefused with the first table whose rows are not those expected."""
    for name in sorted(expected.tables.keys() | found.tables.keys()):
        before, after = expected.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            where = "备份中没有" if before is None else "恢复后没有"
            raise BackupRefused(f"数据库与备份不符：{where}数据表 {name}。")
        if before.rows != after.rows:
            raise BackupRefused(
                f"数据库与备份不符：数据表 {name} 应有{before.rows}行，恢复后有{after.rows}行。"
            )
        if before.digest != after.digest:
            raise BackupRefused(f"数据库与备份不符：数据表 {name} 的内容不同。")


def _read_json(folder: Path) -> Any:
    if not folder.exists():
        raise BackupRefused(f"没有这个文件夹：{folder}。")
    if not folder.is_dir():
        raise BackupRefused(f"{folder} 不是文件夹；备份是一个文件夹，其中有 {NAME}。")
    if not any(folder.iterdir()):
        raise BackupRefused(f"{folder} 是空文件夹，不是备份。")
    if not (folder / NAME).is_file():
        raise BackupRefused(f"{folder} 中没有 {NAME}：不是本系统的备份，或备份没有做完。")
    try:
        return json.loads((folder / NAME).read_text(encoding="utf-8"))
    except ValueError:
        raise BackupRefused(f"{folder / NAME} 不完整，无法读取（可能被截断）。") from None


def _manifest_of(body: dict[str, Any]) -> Manifest:
    contents = body["contents"]
    parts = {name: BackupFile(**part) for name, part in body["parts"].items()}
    for name in parts:
        # A manifest that somebody else has made must not lead out of the folder.
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise ValueError(name)
    return Manifest(
        vendor=str(body["vendor"]),
        version=str(body["version"]),
        made_at=str(body["made_at"]),
        key_in_environment=bool(body["key_in_environment"]),
        contents=Contents(
            migrations=list(contents["migrations"]),
            tables={name: Table(**table) for name, table in contents["tables"].items()},
            sequences={name: int(last) for name, last in contents["sequences"].items()},
        ),
        parts=parts,
    )


def _seal(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
