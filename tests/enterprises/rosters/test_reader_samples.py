"""The files as the units send them: clean ones read clean, and everything planted is found at its cell."""

import datetime as dt
import json
from collections import defaultdict

from tests.enterprises.workbooks import read


def findings(reading):
    """cell → how the reader spoke of it."""
    found = defaultdict(set)
    for problem in reading.problems:
        found[problem.address.rpartition("!")[2]].add(problem.severity.value)
    for note in reading.normalised:
        found[note.address.rpartition("!")[2]].add("normalised")
    for note in reading.ignored:
        found[note.address.rpartition("!")[2]].add("ignored")
    return found


def test_the_district_registers_and_second_quarter_read_without_error(samples):
    files = sorted((samples / "district").iterdir()) + sorted((samples / "2026Q2").iterdir())
    readings = [read(path) for path in files]
    assert len(readings) == 38
    assert [problem for reading in readings for problem in reading.problems if problem.blocks] == []
    assert [note for reading in readings for note in (*reading.normalised, *reading.ignored)] == []
    truth = json.loads((samples / "truth.json").read_text())["2026-06-30"]["district"]
    assert (
        sum(len(reading.rows) for reading in readings if reading.layout.name == "roster")
        == truth["tech"]
    )
    assert [len(reading.rows) for reading in readings[:2]] == [989, 2844]


def test_every_planted_mistake_is_found_at_its_cell_and_nothing_else(samples):
    planted = defaultdict(dict)
    for entry in json.loads((samples / "planted.json").read_text()):
        planted[entry["file"]][entry["cell"]] = set(entry["expect"].split(" or "))
    for path in sorted((samples / "2026Q3").iterdir()):
        found = findings(read(path))
        expected = planted[path.name]
        missed = {cell: wanted for cell, wanted in expected.items() if not found[cell] & wanted}
        assert missed == {}, path.name
        too_much = {
            cell for cell, kinds in found.items() if cell not in expected and kinds - {"warning"}
        }
        assert too_much == set(), path.name


def test_titles_tell_the_unit_and_the_day(samples):
    reading = read(samples / "2026Q3" / "degan.xlsx")
    assert (reading.reporting_unit, reading.as_of) == ("德感工业园发展中心", dt.date(2026, 9, 30))
    register = read(samples / "district" / "tech_enterprises_until_2026Q2.xlsx")
    assert (register.reporting_unit, register.as_of) == (None, dt.date(2026, 6, 30))


def test_the_same_values_come_out_of_xls_and_csv_as_out_of_xlsx(samples):
    for name in ("baisha.xls", "binjiang.csv"):
        row = read(samples / "2026Q2" / name).rows[0]
        kinds = {
            field: type(value).__name__
            for field, value in row.values.items()
            if value not in (None, "", ())
        }
        assert kinds["registered_on"] == "date"
        assert kinds["revenue"] == "Decimal"
        assert kinds["staff"] == "int"
        assert kinds["above_scale"] == "bool"
        assert row.cells["uscc"].endswith("!C4")
