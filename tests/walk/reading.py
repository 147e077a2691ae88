"""From an answer to what it says. Numbers explain themselves: by the list that they open, or by `data-said`."""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lxml.html
import openpyxl

from tests.walk import charts
from tests.walk.said import Meaning, Said

NUMBER = re.compile(r"^[+−-]?\d[\d,]*(\.\d+)?%?$")
CODE = re.compile(r"^[0-9A-Z]{18}$")
FLYING = {"in_flight": "in_flight-stock", "in_flight_first": "in_flight-first"}
"""What the list tells that is asked for with `counted`."""
PLACES = ("park", "town", "issued_year")


def of_html(page: str, text: str) -> Iterator[Said]:
    """Every number that is a link to the firms behind it, every element with `data-said`, every chart."""
    root = lxml.html.fromstring(text)
    yield from charts.of_charts(page, root, meaning_of_link)
    for element in root.iter("a", "span", "strong", "td", "dd", "b"):
        words = "".join(element.itertext()).split()
        if not words:
            continue
        where = f"{page} <{element.tag}> line {element.sourceline}"
        if told := element.get("data-said"):
            if NUMBER.match(words[0]):
                yield Said(_meaning_told(told), _number(words[0]), where)
        elif element.tag == "a" and NUMBER.match(words[0]):
            meaning = meaning_of_link(element.get("href") or "")
            if meaning and not words[0].endswith("%"):
                yield Said(meaning, _number(words[0]), where)


def meaning_of_link(address: str) -> Meaning | None:
    """What a list holds by its address; None where it is no list behind a figure."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    release = re.match(r"^/releases/([^/]+)/firms/", parts.path)
    place = " ".join(f"{name}={query[name]}" for name in PLACES if name in query)
    common = {"definition": query.get("definition", "certificate"), "place": place}
    if parts.path.startswith("/bridge/list/"):
        return Meaning(f"flow:{query['term']}", query["kind"], query["scope"], query["until"], since=query["since"],
                       **common)  # fmt: skip
    if (parts.path != "/firms/" and not release) or "indicator" not in query:
        return None
    day = query.get("on", "")
    if release:
        common["release"] = release[1]
        day = day or _last_day_of(release[1])
    if "lapsing_from" in query:
        return Meaning("lapsing", query["indicator"], query["scope"], query["lapsing_to"], since=query["lapsing_from"],
                       **common)  # fmt: skip
    term = FLYING.get(query.get("counted", ""), "stock")
    return Meaning(term, query["indicator"], query.get("scope", "district"), day, **common)


def _last_day_of(release: str) -> str:
    """The day of a release such as 2026Q3-1, which its lists have without being asked."""
    year, quarter = int(release[:4]), int(release[5])
    return f"{year}-{quarter * 3:02d}-{calendar.monthrange(year, quarter * 3)[1]}"


def _meaning_told(told: str) -> Meaning:
    """`data-said`: the term, the list of the firms that it is about, and the due day of a target."""
    term, address, *due = told.split()
    meaning = meaning_of_link(address)
    assert meaning is not None, told
    place = f"due={due[0]}" if due else meaning.place
    return replace(meaning, term=term, place=place)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


# --- answers of the API -------------------------------------------------------------------------
def of_figures(page: str, answer: dict[str, Any]) -> Iterator[Said]:
    for number, row in enumerate(answer["figures"]):
        if isinstance(row["value"], int):
            meaning = Meaning("stock", row["indicator"], row["scope"], answer["as_of"], answer["definition"],
                              release=answer["release"] or "")  # fmt: skip
            yield Said(meaning, Decimal(str(row["value"])), f"{page} figures[{number}]")


def of_progress(page: str, answer: dict[str, Any]) -> Iterator[Said]:
    for number, row in enumerate(answer["targets"]):
        if isinstance(row["value"], int) and row["missing"] is not None:
            told = (row["indicator"], answer["scope"], answer["as_of"], answer["definition"])
            release = answer["release"] or ""
            where = f"{page} targets[{number}]"
            if isinstance(row["value"], int):
                yield Said(
                    Meaning("stock", *told, release=release), Decimal(str(row["value"])), where
                )
            due = f"due={row['due']}"
            yield Said(
                Meaning("missing", *told, place=due, release=release),
                Decimal(str(row["missing"])),
                where,
            )


def of_goals(page: str, answer: dict[str, Any]) -> Iterator[Said]:
    for number, row in enumerate(answer["rows"]):
        told = {"indicator": answer["kind"], "scope": row["scope"], "day": answer["as_of"]}
        # A town answers for its firms outside the parks alone; the codes of towns are numbers.
        if row["scope"].isdigit():
            told["place"] = "park=outside"
        where = f"{page} rows[{number}]"
        stock = row["measures"]["stock"]
        yield Said(Meaning("stock", **told), Decimal(stock["done"]), where)
        for name, measure in row["measures"].items():
            for term in ("behind", "in_flight", "still_missing"):
                if measure[term] is not None:
                    yield Said(Meaning(f"{term}-{name}", **told), Decimal(measure[term]), where)


def of_flows(page: str, answer: dict[str, Any]) -> Iterator[Said]:
    since, until, definition = answer["since"], answer["until"], answer["definition"]
    for number, row in enumerate(answer["bridges"]):
        told, where = (row["kind"], row["scope"]), f"{page} bridges[{number}]"
        yield Said(Meaning("stock", *told, since, definition), Decimal(str(row["opening"])), where)
        yield Said(Meaning("stock", *told, until, definition), Decimal(str(row["closing"])), where)
        for term, firms in row["flows"].items():
            meaning = Meaning(f"flow:{term}", *told, until, definition, since=since)
            yield Said(meaning, Decimal(str(firms)), where)


def of_outlook(page: str, answer: dict[str, Any]) -> Iterator[Said]:
    for number, row in enumerate(answer["points"]):
        if row["actual"] is not None:
            meaning = Meaning("stock", answer["kind"], "district", row["day"])
            yield Said(meaning, Decimal(str(row["actual"])), f"{page} points[{number}]")


# --- files --------------------------------------------------------------------------------------
GAPS = {
    "落后序时": "behind-stock",
    "在途": "in_flight-stock",
    "仍缺": "still_missing-stock",
    "现有": "stock",
}
"""Column of the exported goals → its term."""


def of_exported_goals(page: str, text: str, day: str, codes: dict[str, str]) -> Iterator[Said]:
    """The goals' export as csv, of the first kind and of stocks; `codes`: name of a unit → its code."""
    for number, row in enumerate(csv.DictReader(io.StringIO(text))):
        scope = codes.get(row["单位"])
        if scope is None:
            continue
        place = "park=outside" if scope.isdigit() else ""
        for column, term in GAPS.items():
            if row[column]:
                meaning = Meaning(term, "hnte", scope, day, place=place)
                yield Said(meaning, Decimal(row[column]), f"{page} row {number} {column}")


def of_exported_firms(page: str, content: bytes, meaning: Meaning) -> Said:
    """An exported list of firms has as many rows as the figure that opens the list."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    rows = sheet.iter_rows(values_only=True)
    firms = [row for row in rows if any(CODE.match(str(cell)) for cell in row)]
    return Said(meaning, Decimal(len(firms)), page)


READERS = {
    "/api/v1/figures/": of_figures,
    "/api/v1/progress/": of_progress,
    "/api/v1/goals/": of_goals,
    "/api/v1/flows/": of_flows,
    "/api/v1/outlook/": of_outlook,
}
