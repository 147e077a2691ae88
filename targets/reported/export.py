"""The reported indicators as .xlsx or .csv: every publication known on a day, and which of a year's counts."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from parks.models import User
from targets.output.spreadsheet import Columns, download
from targets.reported.rules import Overview

COLUMNS: Columns = (
    ("指标", 60), ("年度", 8), ("数值", 10), ("计量单位", 10), ("发布日期", 12), ("来源", 50), ("现行", 10),
    ("登记人", 16), ("登记日期", 12),
)  # fmt: skip


def export_reported(page: Overview, user: User, form_at: str) -> FileResponse:
    said = [f"{page.day}已公布的数；同一年度以最近一次公布的为现行数"]
    name, title = f"填报指标_{page.day}", "填报指标"
    return download(
        name, form_at, title=title, said=said, user=user, columns=COLUMNS, rows=_rows(page)
    )


def _rows(page: Overview) -> list[list[Any]]:
    return [
        [
            one.indicator.name, row.figure.year, row.figure.value, one.indicator.unit_label, row.figure.published_on,
            row.figure.source, "现行" if row.counts else "已修订", str(row.figure.by or ""),
            timezone.localdate(row.figure.at),
        ]
        for one in page.indicators
        for row in one.publications
    ]  # fmt: skip
