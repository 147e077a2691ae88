"""What a row of an intellectual property office's list says, as acts; its firm by code or name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from enterprises.loading.namesakes import bearers, former_bearers
from enterprises.registry.acts import Act, RecordIpItem, UseIpItem
from enterprises.rosters.definition.row import RosterRow
from enterprises.uscc import normalise

FIELDS = {
    "right": "right",
    "number": "right_number",
    "title": "right_title",
    "granted_on": "granted_on",
    "ends_on": "ends_on",
    "obtained": "obtained",
    "since": "owned_since",
}
"""Of the act → of the row."""


def codes_by_name(rows: Sequence[RosterRow]) -> Mapping[str, Sequence[str]]:
    """Key of a name → codes of the firms that bear it or, where none does, bore it; two queries."""
    keys = {normalise(row.values["name"]) for row in rows if not row.values["uscc"]} - {""}
    now, before = bearers(keys), former_bearers(keys)
    return {key: [firm.uscc for firm in now[key] or before[key]] for key in keys}


def owners_of(row: RosterRow, by_name: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The code of the row's firm; none or several where its name does not tell."""
    if row.values["uscc"]:
        return [row.values["uscc"]]
    return by_name.get(normalise(row.values["name"]), ())


def ip_acts(row: RosterRow, uscc: str) -> Iterator[Act]:
    """The firm owns the right and, where a year is told, has used it in the application of it."""
    value = row.values
    told = {name: value[column] for name, column in FIELDS.items() if value.get(column)}
    cells = _cells(row, {"uscc": "uscc", "name": "name", **FIELDS})
    # Where the name found the firm it is settled, also if it was that of a record merged into it.
    name = value["name"] if value["uscc"] else ""
    yield RecordIpItem(uscc=uscc, name=name, cells=cells, **told)
    if year := value.get("used_year"):
        begins = max(filter(None, (value["granted_on"], value.get("owned_since"))))
        # The day of the filing is not told: in that year, once the firm owned it.
        on = max(begins, dt.date(year, 1, 1))
        columns = {"year": "used_year", "used_first": "used_year", "used_last": "used_year"}
        cells = _cells(row, columns | {"number": "right_number", "on": "used_year"})
        right, number = value["right"], value["right_number"]
        yield UseIpItem(uscc=uscc, right=right, number=number, year=year, on=on, cells=cells)


def _cells(row: RosterRow, columns: Mapping[str, str]) -> dict[str, str]:
    return {name: row.address(column) for name, column in columns.items() if column in row.at}
