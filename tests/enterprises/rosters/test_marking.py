"""The annotated copy is made in a child process and comes back through the check."""

import openpyxl
import pytest
from django.conf import settings

from enterprises.models import RosterVersion
from enterprises.rosters.definition.marks import REASON_TITLE, SUMMARY_SHEET
from enterprises.rosters.definition.problems import Problem, Severity
from enterprises.rosters.writing import marking
from enterprises.sandbox import parent
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import code, firm, roster

PROBLEM = Problem("R001", Severity.ERROR, "名册!C3", "统一社会信用代码", "x", "有误", "改正")


@pytest.mark.django_db
def test_a_faulty_roster_comes_back_marked_and_the_corrected_copy_is_clean(people, tmp_path):
    quarter, degan = clerk.third_quarter(people["小石"]), Unit.objects.get(code="degan")
    version = clerk.send(quarter, degan, roster(firm(1, uscc="91500116MA0000001A")), people["德感"])
    copy = settings.MEDIA_ROOT / version.annotated_as
    book = openpyxl.load_workbook(copy)
    assert SUMMARY_SHEET in book.sheetnames
    sheet = book["名册"]
    assert REASON_TITLE in [cell.value for cell in sheet[2]]
    assert sheet["C3"].comment.text
    sheet["C3"] = code(1)
    book.save(tmp_path / "改好.xlsx")
    again = clerk.send(quarter, degan, (tmp_path / "改好.xlsx").read_bytes(), people["德感"])
    assert again.state == "ready"
    assert again.summary["extra_titles"] == []
    assert RosterVersion.objects.get(pk=again.pk).annotated_as == ""


def test_what_cannot_be_marked_gives_no_copy_and_harms_nobody(tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert marking.annotated_copy(broken, "坏.xlsx", [PROBLEM], {}) is None


def test_whoever_lost_the_job_stops_the_child(tmp_path, monkeypatch):
    monkeypatch.setattr(parent, "BEAT_SECONDS", 0.0)

    def lost() -> None:
        raise RuntimeError("lease lost")

    path = tmp_path / "名册.xlsx"
    path.write_bytes(roster(firm(1)))
    with pytest.raises(RuntimeError, match="lease lost"):
        marking.annotated_copy(path, "名册.xlsx", [PROBLEM], {}, lost)
