"""Files that go with an entry: which are taken, where their bytes are kept."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from enterprises.rosters import storage
from targets.models import TaskFile

FOLDER = "attachments"
AT_MOST = 5
OFFICE, OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
BEGINNINGS = {
    ".pdf": (b"%PDF-",),
    ".docx": OFFICE,
    ".xlsx": OFFICE,
    ".doc": OLE,
    ".xls": OLE,
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
}
"""Extension → how such a file begins."""


def objection(name: str, size: int) -> str | None:
    """Why a file of this name and size is not taken, in Chinese."""
    if Path(name).suffix.lower() not in BEGINNINGS:
        return f"“{name}”不能作为附件，请上传 {'、'.join(BEGINNINGS)} 文件。"
    if size > settings.MAX_ATTACHMENT_BYTES:
        return f"“{name}”超过{settings.MAX_ATTACHMENT_BYTES // 1_000_000} MB，请压缩或拆分后上传。"
    return None


def objection_to(upload: UploadedFile) -> str | None:
    """The same of a received file, whose beginning must also be what its extension says."""
    name = storage.clean_name(upload.name or "")
    if said := objection(name, upload.size or 0):
        return said
    head = upload.read(16)
    upload.seek(0)
    if not head.startswith(BEGINNINGS[Path(name).suffix.lower()]):
        return f"“{name}”的内容与扩展名不符，请检查文件后重新选择。"
    return None


def keep(upload: UploadedFile) -> TaskFile:
    """Store the bytes; gives the unsaved row. Raises storage.StorageError."""
    name = storage.clean_name(upload.name or "")
    sha256, size = storage.store(upload.chunks(), name, FOLDER, objection)
    return TaskFile(name=name, sha256=sha256, size=size)


def path_of(file: TaskFile) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / file.sha256
