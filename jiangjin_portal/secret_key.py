"""The key with which Django signs sessions: from the environment, or a file made on first start."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def read_secret_key(home: Path) -> str:
    """SECRET_KEY from the environment, else the key file in `home`, readable by its owner alone."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = home / "secret.key"
    if not path.exists():
        # Written apart: nobody may read half a key from the file itself.
        draft = home / f"secret.key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # Web, worker and scheduler start at once. A link is atomic: the first of them wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
