"""Reported indicators as .xlsx or .csv: every publication known on a day, and which counts."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.rosters.writing.list_file import Columns, download
from parks.models import User
from targets.reported.rules import Overview

COLUMNS: Columns = (
    ("指标", 60), ("年度", 8), ("数值", 10), ("计量单位", 10), ("发布日期", 12), ("来源", 50), ("现行", 10),
    ("登记人", 16), ("登记日期", 12),
)  # fmt: skip


def export_reported(page: Overview, user: User, form_at: str) -> FileResponse:
    """`form_at` is xlsx or csv."""
    return download(
        f"填报指标_{page.day}",
        form_at,
        title="填报指标",
        said=[f"{page.day}已公布的数；同一年度以最近一次公布的为现行数"],
        user=user,
        columns=COLUMNS,
        rows=_rows(page),
    )


def _rows(page: Overview) -> list[list[Any]]:
    rows = []
    for known in page.indicators:
        for publication in known.publications:
            figure = publication.figure
            rows.append([
                known.indicator.name, figure.year, figure.value, known.indicator.unit_label,
                figure.published_on, figure.source, "现行" if publication.counts else "已修订",
                str(figure.by or ""), timezone.localdate(figure.at),
            ])  # fmt: skip
    return rows
