"""Keys of the installation: from the environment, or files made on the first start."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from jiangjin_portal import home as home_parts


def read_secret_key(home: Path) -> str:
    """With which Django signs sessions."""
    return _read_key(os.environ.get("SECRET_KEY", ""), home, home_parts.KEY)


def read_field_key(home: Path) -> str:
    """With which secrets in the database are encrypted. Of its own: the other one may change."""
    return _read_key(os.environ.get("FIELD_KEY", ""), home, home_parts.FIELD_KEY)


def _read_key(given: str, home: Path, name: str) -> str:
    """The given key, else the key file in `home`, readable by its owner alone."""
    if given:
        return given
    path = home / name
    if not path.exists():
        # Written apart: nobody may read half a key from the file itself.
        draft = home / f"{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # Web, worker and scheduler start at once. A link is atomic: the first of them wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
