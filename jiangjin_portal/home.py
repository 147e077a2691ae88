"""The home of an installation: one folder for database, uploads, key and broker files.

Nobody but its owner reads it. Only a new home may be filled with a demo: a home that somebody has
used and that has lost its database must never look like one that works.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

DATABASE, UPLOADS, KEY = "portal.sqlite3", "uploads", "secret.key"
FIELD_KEY = "field.key"
"""With which secrets in the database are encrypted: without it they are lost."""
ACCOUNTS, BROKER = "demo-accounts.txt", "broker"
STATE = "home.state"
"""Says NEW until the first set-up has ended, IN_USE from then on."""
NEW, IN_USE = "new", "in use"
UNFINISHED = "restore.unfinished"
"""Stands in the home while a restore puts its parts there."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO

log = logging.getLogger(__name__)


def open_home(home: Path) -> Path:
    """The folder, made where it is missing; whatever this process writes is its owner's alone."""
    os.umask(OTHERS)
    home.mkdir(parents=True, exist_ok=True)
    # The folder alone at every start of every process: that keeps others from all in it.
    _close(home)
    # Judged before the key is made, for a key is a sign of use.
    if not (home / STATE).exists() and not _traces(home):
        set_state(home, NEW)
    return home


def is_new(home: Path) -> bool:
    """Whether its first set-up has not ended yet and nobody has sent a file."""
    state = home / STATE
    return state.exists() and state.read_text() == NEW and not holds_uploads(home)


def set_state(home: Path, state: str) -> None:
    draft = home / f"{STATE}.{os.getpid()}"
    draft.write_text(state)
    draft.replace(home / STATE)


def holds_uploads(home: Path) -> bool:
    return any(path.is_file() for path in (home / UPLOADS).rglob("*"))


def close_to_others(home: Path) -> int:
    """Take from everybody but the owner what they may do; returns of how many files and folders."""
    return sum(_close(path) for path in all_of(home))


def _close(path: Path) -> bool:
    """Whether others could reach it until now."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
        return bool(mode & OTHERS)
    except FileNotFoundError:
        return False  # the portal runs, and files come and go
    except OSError as error:
        # Whose file it is, decides: the portal runs on, and says so.
        log.warning("others can reach %s: %s", path, error)
        return False


def _traces(home: Path) -> bool:
    return any((home / name).exists() for name in (DATABASE, UPLOADS, KEY, ACCOUNTS))


def all_of(home: Path) -> Iterator[Path]:
    """The folder and all in it, without links: these may lead elsewhere."""
    yield home.resolve()
    for folder, folders, files in os.walk(home.resolve()):
        for name in (*folders, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                yield path
