"""`manage.py check_roster`: what the upload page would find, without a trace."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from enterprises.models import Enterprise, Job, Roster, RosterVersion, SourceFile
from tests.enterprises.workbooks import firm, roster

COUNTS = {"new": 0, "changed": 0, "missing": 0, "moved": 0, "unchanged": 0}


@pytest.fixture
def check(tmp_path, quarter):
    def checked(*firms, unit="degan", content=None, period="2026Q3"):
        path = tmp_path / "名册.xlsx"
        path.write_bytes(roster(*firms) if content is None else content)
        out = io.StringIO()
        call_command(
            "check_roster", str(path), "--unit", unit, "--quarter", period, "--json", stdout=out
        )
        return json.loads(out.getvalue())

    return checked


def test_new_firms_are_counted_and_nothing_is_written(check):
    found = check(firm(1, park="德感"), firm(2))
    assert (found["state"], found["problems"], found["questions"]) == ("ready", [], [])
    assert found["counts"] == COUNTS | {"new": 2}
    assert [(note["seen"], note["value"]) for note in found["normalised"]] == [
        ("德感", "德感工业园发展中心")
    ]
    for model in (Enterprise, Roster, RosterVersion, SourceFile, Job):
        assert not model.objects.exists()


def test_a_file_that_is_refused_as_a_whole_has_the_same_shape(check):
    found = check(content=b"<html>")
    assert (found["state"], found["counts"]) == ("refused", COUNTS)
    assert [set(problem) for problem in found["problems"]] == [
        {"code", "severity", "address", "title", "seen", "reason", "fix"}
    ]
    assert set(found) == {"state", "problems", "normalised", "ignored", "questions", "counts"}
    assert check(firm(1), unit="baisha")["state"] == "refused"


def test_what_is_unknown_is_a_clear_error(check, quarter, tmp_path):
    for wrong, words in (({"unit": "nowhere"}, "nowhere"), ({"period": "2026Q9"}, "2026Q9")):
        with pytest.raises(CommandError, match=words) as error:
            check(firm(1), **wrong)
        assert error.value.returncode == 2
    with pytest.raises(CommandError, match="没有这个文件") as error:
        call_command(
            "check_roster", str(tmp_path / "x.xlsx"), "--unit", "degan", "--quarter", "2026Q3"
        )
    assert error.value.returncode == 2


def test_a_person_reads_the_same(check, tmp_path):
    check(firm(1, park="德感", town="四坪镇"))
    out = io.StringIO()
    args = (str(tmp_path / "名册.xlsx"), "--unit", "degan", "--quarter", "2026Q3")
    call_command("check_roster", *args, stdout=out)
    text = out.getvalue()
    assert "检查结果：有错误，须改正" in text
    assert "错误 R013 名册!E3（所属镇街）：“四坪镇”" in text
    assert "“德感”→“德感工业园发展中心”" in text
