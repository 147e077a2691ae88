"""A spreadsheet of accounts: read in a child with limits, as any file from outside."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from enterprises.inspection.beginnings import ZIP
from enterprises.sandbox.parent import ChildRun, run_child
from jiangjin_portal.people.sheet_process import SheetOrder
from parks.accounts.importing import MOST_ROWS, AccountsRefused

CHILD = "jiangjin_portal.people.sheet_process"
LARGEST = 2_000_000


def rows_of(upload: UploadedFile) -> Sequence[Sequence[object]]:
    """Rows of an .xlsx or .csv file. Raises AccountsRefused."""
    if (upload.size or 0) > LARGEST:
        raise AccountsRefused([f"文件超过{LARGEST // 1_000_000} MB。"])
    content = upload.read()
    if content.startswith(ZIP):
        return _of_workbook(content)
    return rows_of_text(_decoded(content))


def rows_of_text(text: str) -> Sequence[Sequence[object]]:
    """Rows that somebody has copied from a spreadsheet, or of a .csv file."""
    first = text.partition("\n")[0]
    return list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ","))


def _of_workbook(content: bytes) -> Sequence[Sequence[object]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.xlsx"
        path.write_bytes(content)
        run = ChildRun()
        run_child(CHILD, SheetOrder(path, most_rows=MOST_ROWS + 2), run)
    if not run.complete:
        raise AccountsRefused(["无法读取这个文件：请另存为 .xlsx 后再上传。"])
    rows: Sequence[Sequence[object]] = json.loads(bytes(run.received))
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AccountsRefused(["无法读取这个文件：应为 .xlsx 或 .csv。"])
