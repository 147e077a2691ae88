"""What one typed row says, as acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from enterprises.models import Qualification
from enterprises.registry.acts import (
    Act,
    Amend,
    Close,
    EnterPool,
    Grant,
    LeavePool,
    Place,
    RecordFigures,
    Register,
    ReportedStage,
    Revoke,
)
from enterprises.rosters.definition.column import Fact, field_of_year
from enterprises.rosters.definition.columns import (
    CERTIFIED_KIND,
    GIVEN_UP,
    LEAVES_POOL,
    REGISTERED_KIND,
    ROSTER,
)
from enterprises.rosters.definition.days import month_written
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.registers import RETURNS
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.shared_columns import LEGAL_FORM

LONGEST_BECAUSE = 200
"""Characters of a remark that are kept as the reason for leaving the pool or giving up."""


def acts_of(
    row: RosterRow, as_of: dt.date | None, today: dt.date, moves_on: dt.date | None
) -> Iterator[Act]:
    """Everything one row says, in the order in which it must be carried out.

    Rows of a roster need `as_of`, the day their data stand on.
    """
    value = row.values
    uscc = value["uscc"]
    columns = [*ROSTER.columns_about(Fact.FIRM), LEGAL_FORM]
    details = {column.field: value[column.field] for column in columns if value.get(column.field)}
    # The registry must know a firm before anything is said of it, and its place before what it
    # holds.
    month_only = month_written(row.seen.get("registered_on")) is not None
    cells = _cells(row, "uscc", *details)
    yield Register(uscc=uscc, **details, month_only=month_only, cells=cells)
    yield _place_act(row, as_of, today, moves_on)
    if value.get("certificate_number"):
        yield from _certificate_acts(row)
    if day := value.get("tech_entered_on"):
        cells = _cells(row, valid_from="tech_entered_on")
        yield Grant(uscc=uscc, kind=REGISTERED_KIND, valid_from=day, cells=cells)
    for kind in value.get("other_qualifications") or ():
        # The list gives no date for these: all that is known is that they were held on its day.
        yield Grant(
            uscc=uscc,
            kind=kind,
            valid_from=as_of,
            dating=Qualification.Dating.FIRST_SEEN,
            cells=_cells(row, kind="other_qualifications"),
        )
    # A register may lack its day, and then nothing can be said of a year.
    if as_of:
        yield from _yearly_acts(row, as_of)
    if day := value.get("closed_on"):
        yield Close(uscc=uscc, on=day, cells=_cells(row, closed_on="closed_on", on="closed_on"))


def _place_act(
    row: RosterRow, as_of: dt.date | None, today: dt.date, moves_on: dt.date | None
) -> Place:
    """Lists give no date of arrival: the firm is taken to be there since its first dated event."""
    value = row.values
    dated = [name for name in ("certificate_issued_on", "tech_entered_on") if value.get(name)]
    if dated:
        earliest = min(dated, key=lambda name: value[name])
        since = value[earliest]
    else:
        earliest = "registered_on"
        since = as_of or value.get("registered_on") or today
    return Place(
        uscc=value["uscc"],
        park=value.get("park") or "",
        town=value["town"],
        since=since,
        seen_on=as_of,
        moves_on=moves_on,
        cells=_cells(row, "park", "town", since=earliest),
    )


def _certificate_acts(row: RosterRow) -> Iterator[Act]:
    value = row.values
    uscc, number = value["uscc"], value["certificate_number"]
    issued = value["certificate_issued_on"]
    yield Grant(
        uscc=uscc,
        kind=CERTIFIED_KIND,
        number=number,
        valid_from=issued,
        valid_until=value.get("certificate_valid_until"),
        class_year=_class_year(number, issued),
        recognition=value.get("recognition") or "",
        cells=_cells(
            row,
            "recognition",
            number="certificate_number",
            valid_from="certificate_issued_on",
            valid_until="certificate_valid_until",
            class_year="certificate_number",
        ),
    )
    if day := value.get("revoked_on"):
        cells = _cells(row, revoked_on="revoked_on", on="revoked_on")
        yield Revoke(uscc=uscc, kind=CERTIFIED_KIND, number=number, on=day, cells=cells)


def _class_year(number: str, issued: dt.date) -> int:
    """The year in the number; a class is now and then issued early in the next year (rule R109)."""
    year = int(number[2:6])
    return year if issued.year - year in (0, 1) else issued.year


def _yearly_acts(row: RosterRow, as_of: dt.date) -> Iterator[Act]:
    """Figures are of the year before the list's day ("上年"); a stage is that of its day."""
    value = row.values
    for year, figures in _figures_by_year(row, ROSTER, as_of.year - 1).items():
        told = {name: row.values[column] for name, column in figures.items()}
        cells = _cells(row, **figures)
        yield RecordFigures(uscc=value["uscc"], year=year, values=told, cells=cells)
    if value.get("pool_stage") == LEAVES_POOL:
        yield LeavePool(
            uscc=value["uscc"],
            on=as_of,
            because=_because(row),
            cells=_cells(row, until="pool_stage", exit_reason="remark"),
        )
    elif value.get("pool_stage"):
        yield EnterPool(
            uscc=value["uscc"],
            stage=value["pool_stage"],
            target_year=value.get("planned_year"),
            on=as_of,
            cells=_cells(row, stage="pool_stage", target_year="planned_year"),
        )
    if stage := value.get("application_stage"):
        # Why it was given up; of another stage the remark may tell of anything.
        because = {"note": "remark"} if stage == GIVEN_UP else {}
        yield ReportedStage(
            uscc=value["uscc"],
            kind=CERTIFIED_KIND,
            year=as_of.year,
            stage=stage,
            on=as_of,
            note=_because(row) if because else "",
            cells=_cells(row, stage="application_stage", **because),
        )


def _because(row: RosterRow) -> str:
    """The remark as a reason, in one line: facts hold no breaks."""
    return " ".join((row.values.get("remark") or "").split())[:LONGEST_BECAUSE]


def return_acts(row: RosterRow) -> Iterator[Act]:
    """What a row of yearly figures says, of each year that it names. It registers no firm."""
    value = row.values
    by_year = _figures_by_year(row, RETURNS, value["year"])
    if form := value.get(LEGAL_FORM.field):
        cells = _cells(row, "uscc", LEGAL_FORM.field)
        yield Amend(uscc=value["uscc"], legal_form=form, cells=cells)
    # A row without any figure still says who it is, which is held against the registry.
    if not by_year:
        by_year = {value["year"] or min(filter(None, row.figures_by_year())): {}}
    for year, figures in by_year.items():
        yield RecordFigures(
            uscc=value["uscc"],
            name=value.get("name") or "",
            year=year,
            values={name: value[column] for name, column in figures.items()},
            cells=_cells(row, "uscc", "name", "year", **figures),
        )


def _figures_by_year(row: RosterRow, layout: Layout, year: int | None) -> dict[int, dict[str, str]]:
    """Year → the figures that are told of it, each with its column; an empty cell says nothing.

    `year`: of the columns that name none. Where two columns tell the same, the one goes first that
    names the year.
    """
    own = {column.field for column in layout.columns_about(Fact.FIGURES)}
    told: dict[int, dict[str, str]] = {}
    # Columns without a year stand first.
    for named, figures in row.figures_by_year().items():
        of = named or year
        for figure, value in figures.items():
            if of and value is not None and (named or figure in own):
                told.setdefault(of, {})[figure] = field_of_year(figure, named)
    return told


def _cells(row: RosterRow, *same: str, **renamed: str) -> dict[str, str]:
    """fact's field → address of the column it was read from"""
    columns = {name: name for name in same} | renamed
    return {name: row.address(column) for name, column in columns.items() if column in row.at}
