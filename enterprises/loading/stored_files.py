"""Handing out a stored file, when it is still what was received."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from django.http import FileResponse, Http404

log = logging.getLogger(__name__)
GONE = "文件已不在存储中。"
CHANGED = "文件与收到时不同，不能下载，请联系管理员。"


def hand_out(path: Path, name: str, sha256: str) -> FileResponse:
    """To be saved under its name, never shown by the browser. Raises Http404 where it is gone or changed.

    `sha256`: of the bytes that were received.
    """
    if not path.is_file():
        raise Http404(GONE)
    file = path.open("rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        log.error("a stored file is not what was received: %s", path)
        raise Http404(CHANGED)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
