"""What the portal cannot do just now through no fault of the request: database away, disk full."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import psycopg2
from django.db import InterfaceError, OperationalError


@dataclass(frozen=True)
class Outage:
    """`retry_after`: seconds until it is worth another try."""

    status: HTTPStatus
    code: str
    title: str
    sentence: str
    retry_after: int


DATABASE_AWAY = Outage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "database_away",
    "暂时无法办理",
    "数据库暂时不可用，这次操作没有办理，已有的数据没有丢失。请半分钟后再试。",
    30,
)
BUSY = Outage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "暂时无法办理",
    "别的操作正在写入，这次操作没有办理，数据没有改动。请稍后再试。",
    5,
)
DISK_FULL = Outage(
    HTTPStatus.INSUFFICIENT_STORAGE,
    "disk_full",
    "磁盘空间不足",
    "服务器磁盘空间不足，这次操作没有办理，已有的数据没有丢失。请联系管理员。",
    300,
)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
LOCKS = ("40", "55")
"""Classes of SQLSTATE: a deadlock or conflict, a lock that did not come in time."""
DISK_FULL_STATE = "53100"
OF_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_IOERR: DATABASE_AWAY,
    sqlite3.SQLITE_CANTOPEN: DATABASE_AWAY,
    sqlite3.SQLITE_READONLY: DATABASE_AWAY,
}
"""Primary result code → what it means; any other is a mistake of the program."""


def outage_behind(error: BaseException | None) -> Outage | None:
    """The outage that is the cause of an error; None where the program is at fault."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in NO_ROOM:
            return DISK_FULL
        if isinstance(cause, sqlite3.Error):
            return OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        if isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError):
            return _of_postgresql(cause.pgcode or "")
        if isinstance(cause, OperationalError | InterfaceError) and not cause.__cause__:
            return DATABASE_AWAY
    return None


def _of_postgresql(state: str) -> Outage:
    if state == DISK_FULL_STATE:
        return DISK_FULL
    # Without a state nothing was heard of the server at all.
    return BUSY if state.startswith(LOCKS) else DATABASE_AWAY


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
