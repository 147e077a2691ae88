"""Files that go with an entry: which are taken, where they are kept, how they wait for a form."""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from enterprises.inspection.beginnings import OLE, PDF, ZIP
from enterprises.loading import storage
from enterprises.loading.stored_files import hand_out
from targets.models import AssessmentFile, StepFile, TaskFile

FOLDER = "attachments"
AT_MOST = 5
# The extension alone is what the sender says: the beginning is what the file says.
BEGINNINGS = {
    ".pdf": PDF,
    ".docx": ZIP,
    ".xlsx": ZIP,
    ".doc": OLE,
    ".xls": OLE,
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
"""Extension → how such a file begins."""
KINDS = "PDF、Word、Excel 文件或图片（jpg、png）"
OFFICE_PARTS = {".docx": "word/", ".xlsx": "xl/"}
"""Extension → where the parts of such a zip lie."""
SALT, WAITS_SECONDS = "task-file", 24 * 60 * 60


def objection(name: str, size: int) -> str | None:
    """Why a file of this name and size is not taken, in Chinese."""
    if Path(name).suffix.lower() not in BEGINNINGS:
        return f"“{name}”不能作为附件，请上传{KINDS}。"
    if size > settings.MAX_ATTACHMENT_BYTES:
        return f"“{name}”超过{settings.MAX_ATTACHMENT_BYTES // 1_000_000} MB，请压缩或拆分后上传。"
    return None


def objection_to(upload: UploadedFile) -> str | None:
    """The same of a received file, whose beginning must also be what its extension says."""
    name = storage.clean_name(upload.name or "")
    refusal = objection(name, upload.size or 0)
    if refusal:
        return refusal
    suffix = Path(name).suffix.lower()
    # More than the longest of the beginnings.
    head = upload.read(16)
    upload.seek(0)  # it is stored from the beginning afterwards
    if not head.startswith(BEGINNINGS[suffix]):
        return f"“{name}”的内容与扩展名不符，请检查文件后重新选择。"
    if suffix in OFFICE_PARTS:
        return _objection_to_office(upload, name, OFFICE_PARTS[suffix])
    return None


def _objection_to_office(upload: UploadedFile, name: str, parts: str) -> str | None:
    """Any zip begins like a Word or Excel file: look inside."""
    try:
        with zipfile.ZipFile(upload) as archive:
            # Office reads part names whatever their case.
            inside = [entry.lower() for entry in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return f"“{name}”已损坏，请重新保存后再选择。"
    finally:
        upload.seek(0)
    if "[content_types].xml" not in inside or not any(entry.startswith(parts) for entry in inside):
        return f"“{name}”的内容与扩展名不符，请检查文件后重新选择。"
    return None


def keep(upload: UploadedFile) -> TaskFile:
    """Store the bytes; gives the unsaved row. Raises storage.StorageError."""
    name = storage.clean_name(upload.name or "")
    # Files are stored by their content: the same file sent twice takes room once.
    sha256, size = storage.store(upload.chunks(), name, FOLDER, objection)
    return TaskFile(name=name, sha256=sha256, size=size)


def path_of(file: TaskFile | StepFile | AssessmentFile) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / file.sha256


def download(file: TaskFile | StepFile | AssessmentFile) -> FileResponse:
    """To be saved under its name; who may read it has been asked before. Raises Http404."""
    return hand_out(path_of(file), file.name, file.sha256)


def claim_on(file: TaskFile) -> str:
    """What the form carries for a stored file until its report is taken.

    It is signed: a form cannot claim a file that was not received here.
    """
    return signing.dumps([file.name, file.sha256, file.size], salt=SALT)


def claimed(claim: str) -> TaskFile | None:
    """The unsaved row of a claim; None when it is not ours or too old."""
    try:
        name, sha256, size = signing.loads(claim, salt=SALT, max_age=WAITS_SECONDS)
    except signing.BadSignature:
        return None
    return TaskFile(name=name, sha256=sha256, size=size)
