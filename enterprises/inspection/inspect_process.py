"""Looking into a file as the child process does it (see `enterprises.sandbox.child`).

What is looked for makes a program of the reader do something: macros, controls, embedded programs,
templates and objects that are fetched from elsewhere, fields that start a program (DDE), scripts.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from enterprises.inspection.beginnings import OLE, PDF, ZIP
from parks.beat import Beat

MOST_PARTS = 20_000
MOST_BYTES = 64_000_000
"""Of one part that is looked into, unpacked."""

MACROS = ("vbaproject.bin", "vbadata.xml")
BASIC = re.compile(r"^basic/[^/]+/(?!script-l[bc]\.xml$)[^/]+\.xml$")
"""A module of an OpenDocument file; the lists of modules stand there without any, too."""
EMBEDDED = re.compile(r"(^|/)(embeddings|activex)/")
EXTERNAL_KINDS = ("attachedtemplate", "oleobject", "frame", "subdocument", "package", "control")
"""Kinds of relations that fetch something when the file is opened. Links that one clicks are fine."""
FIELD_TEXT = re.compile(rb"(?is)<w:instrText[^>]*>(.*?)</w:instrText>|w:instr=\"([^\"]*)\"")
OF_OLE = {
    "macro": ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR"),
    "embedded": ("\x01Ole10Native", "ObjectPool"),
}
"""What is found → names of parts of an older Office file that tell of it."""
OBJECT_OF_SHEET = re.compile(rb"M\0B\0D\0(?:[0-9A-F]\0){8}\0\0")
NAME_BYTES = 64
"""Of a part's name in the directory: UTF-16, filled up with zeros, and then its length."""


@dataclass(frozen=True, slots=True)
class InspectionOrder:
    path: Path
    max_outcome_bytes: int = 10_000


def carry_out(order: InspectionOrder, beat: Beat) -> bytes:
    """JSON: what was found, or null."""
    with order.path.open("rb") as file:
        head = file.read(8)
    found = None
    if head.startswith(ZIP):
        found = next(_in_zip(order.path), None)
    elif head.startswith(OLE):
        found = next(_in_ole(order.path), None)
    elif head.startswith(PDF):
        found = next(_in_pdf(order.path), None)
    return json.dumps(found).encode()


def _in_zip(path: Path) -> Iterator[str]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        return  # whoever reads it says so
    with archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            yield "bomb"
            return
        for part in parts:
            name = part.filename.replace("\\", "/").lower()
            if name.endswith(MACROS) or "macrosheets/" in name or BASIC.match(name):
                yield "macro"
            elif EMBEDDED.search(name) and not name.endswith((".xlsx", ".docx", ".rels")):
                yield "embedded"
            elif name.endswith((".rels", "document.xml")) or "externallinks/" in name:
                yield from _in_part(_unpacked(archive, part))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """So much of it as is looked into; a part that cannot be unpacked is empty."""
    try:
        with archive.open(part) as file:
            return file.read(MOST_BYTES)
    except Exception:  # broken, encrypted, of an unknown method: whoever reads it says so
        return b""


def _in_part(content: bytes) -> Iterator[str]:
    for relation in re.findall(rb"(?is)<[^>]*relationship\b[^>]*>", content):
        text = relation.decode("utf-8", "replace").lower()
        is_external = re.search(r"targetmode\s*=\s*[\"']external", text)
        kind = re.search(r"\btype\s*=\s*[\"'][^\"']*/([a-z]+)[\"']", text)
        if is_external and kind and kind[1] in EXTERNAL_KINDS:
            yield "external"
    if b"ddelink" in content.lower() or b"olelink" in content.lower():
        yield "dde"
    # A field may be cut into runs: joined, its name is whole again.
    fields = b"".join(b"".join(found) for found in FIELD_TEXT.findall(content))
    if re.search(rb"(?i)\bDDE(AUTO)?\b", fields):
        yield "dde"


def _in_ole(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    for found, names in OF_OLE.items():
        for name in names:
            # With all that follows it there: a cell may hold the same word.
            written = name.encode("utf-16-le")
            length = struct.pack("<H", len(written) + 2)
            if written.ljust(NAME_BYTES, b"\0") + length in content:
                yield found
    if OBJECT_OF_SHEET.search(content):
        yield "embedded"


def _in_pdf(path: Path) -> Iterator[str]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return  # whoever reads it says so
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
        yield "script"
    if document.count_attachments():
        yield "embedded"
    if re.search(rb"/(Launch|JavaScript)\b", path.read_bytes()):
        yield "script"
