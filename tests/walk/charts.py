"""What the charts of a page say, read from the very data that the browser draws."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from tests.walk.said import Meaning, Said

COUNTED = "实际家数"


def of_charts(
    page: str, root: Any, meaning_of_link: Callable[[str], Meaning | None]
) -> Iterator[Said]:
    """Lines of counted firms by their days; bars by the table beside them."""
    for chart in root.iter("div"):
        if not (option_id := chart.get("data-chart")):
            continue
        option = json.loads(root.get_element_by_id(option_id).text)
        where = f"{page} chart {option_id}"
        told = chart.get("data-said", "").partition(" ")[2]
        if told:
            meaning = meaning_of_link(told)
            assert meaning is not None, told
            yield from _of_line(option, meaning, where)
        else:
            yield from _of_bars(option, chart, meaning_of_link, where)


def _of_line(option: dict[str, Any], asked: Meaning, where: str) -> Iterator[Said]:
    """A point is that of the month's end; in the month of the day asked, that of the day."""
    line = next(line for line in option["series"] if line["name"] == COUNTED)
    for name, value in zip(option["xAxis"]["data"], line["data"], strict=True):
        if value is not None:
            day = asked.day
            if name != day[:7]:
                end = dt.date.fromisoformat(f"{name}-01") + relativedelta(day=31)
                day = end.isoformat()
            yield Said(replace(asked, day=day), Decimal(str(value)), f"{where} {name}")


def _of_bars(
    option: dict[str, Any], chart: Any, meaning_of_link: Callable[[str], Meaning | None], where: str
) -> Iterator[Said]:
    """A bar means what the link in the row of its name means, in the nearest table."""
    meanings = _meanings_beside(chart, meaning_of_link)
    for name, value in _bars(option):
        if name in meanings:
            yield Said(meanings[name], value, f"{where} {name}")


def _bars(option: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Names with one value. The parts of a bar, and what it lacks up to a target, are told by no link beside it."""
    axis = option["xAxis"] if "data" in option["xAxis"] else option["yAxis"]
    whole = (series for series in option["series"] if series.get("stack") != "cohort")
    drawn = [series["data"] for series in whole if not series.get("silent")]
    for name, *points in zip(axis["data"], *drawn, strict=True):
        values = [point["value"] if isinstance(point, dict) else point for point in points]
        values = [value for value in values if value is not None]
        if len(values) == 1:
            yield str(name).replace("\n", ""), Decimal(str(values[0]))


def _meanings_beside(
    chart: Any, meaning_of_link: Callable[[str], Meaning | None]
) -> dict[str, Meaning]:
    near = next(place for place in chart.iterancestors() if place.find(".//table") is not None)
    meanings = {}
    for row in near.find(".//table").iter("tr"):
        link = row.find(".//a[@href]")
        meaning = meaning_of_link(link.get("href")) if link is not None else None
        if meaning:
            # The sign stands before the name of a term.
            name = "".join("".join(row[0].itertext()).split()).lstrip("+−")
            meanings[name] = meaning
    return meanings
