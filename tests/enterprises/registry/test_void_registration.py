"""A registration that was undone is void: its firm is in no list, and the ledger stays readable."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry
from enterprises.registry import acts, undoing
from enterprises.reporting import applying
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def undone(people, quarter):
    """A roster that registered two firms, applied and undone; gives the version."""
    degan = Unit.objects.get(code="degan")
    version = clerk.send(quarter, degan, roster(firm(1), firm(2)), people["德感"])
    clerk.hand_in(version, people["德感"], {})
    clerk.approve(version, people["小石"])
    assert version.state == "applied"
    applying.undo_roster(version, by=people["小石"], reason="误批")
    return version


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def listed(browser, query: str = "") -> list[str]:
    page = browser.get(f"/firms/{query}")
    assert page.status_code == 200
    return [row.uscc for row in page.context["rows"]]


def test_its_firm_is_in_no_list_search_export_or_count(bureau, undone):
    other = clerk_registers(code(9), "江津仍在册有限公司")
    name = Enterprise.objects.get(uscc=code(1)).name
    assert listed(bureau) == [other]
    for query in (f"?q={name}", f"?q={code(1)}", "?status=left", "?status=active&q=" + code(1)):
        assert listed(bureau, query) == []
    answer = bureau.get(f"{API}enterprises/").json()
    assert [row["uscc"] for row in answer["results"]] == [other]
    file = io.BytesIO(b"".join(bureau.get("/firms/export.xlsx").streaming_content))
    cells = [cell.value for row in load_workbook(file).active for cell in row]
    assert other in cells
    assert code(1) not in cells
    assert any("共 1 家" in str(cell) for cell in cells)


def clerk_registers(uscc: str, name: str) -> str:
    place = {"park": "degan", "town": "500116002", "since": dt.date(2020, 1, 1)}
    registry.apply([acts.Register(uscc=uscc, name=name), acts.Place(uscc=uscc, **place)], by=None)
    return uscc


def test_by_its_address_it_says_that_it_was_undone_and_shows_its_ledger(bureau, undone):
    page = bureau.get(f"/firms/{code(1)}/").content.decode()
    assert "登记已撤销" in page
    assert "已迁出" not in page
    assert "登记企业" in page
    assert "撤销入账" in page
    assert bureau.get(f"{API}enterprises/{code(1)}/").json()["status"] == "void"
    ledger = bureau.get(f"{API}ledger/?uscc={code(1)}").json()["results"]
    assert {row["act"] for row in ledger} >= {"registered", "undone"}
    assert code(1) in bureau.get(f"/ledger/?q={code(1)}").content.decode()


def test_nothing_can_be_registered_of_it_until_it_is_registered_again(bureau, undone):
    assert bureau.get(f"/firms/{code(1)}/change/").status_code == 404
    with pytest.raises(registry.ActsRefused, match="登记已撤销"):
        registry.apply([acts.Close(uscc=code(1), on=dt.date(2026, 9, 1))], by=None)


def test_registered_again_it_is_back_and_undone_again_it_is_gone(bureau, undone):
    name = Enterprise.objects.get(uscc=code(1)).name
    clerk_registers(code(1), name)
    assert listed(bureau) == [code(1)]
    assert bureau.get(f"{API}enterprises/{code(1)}/").json()["status"] == "active"
    first = LedgerEntry.objects.in_force().filter(act="registered", enterprise__uscc=code(1)).get()
    newest = LedgerEntry.objects.order_by("-pk").first().pk
    plan = undoing.plan_undoing([(first.pk, newest)])
    assert not plan.blockers
    registry.apply(plan.acts, by=None)
    assert listed(bureau) == []
    assert Enterprise.objects.get(uscc=code(1)).is_void


def test_a_roster_meets_it_as_a_new_firm(people, quarter, bureau, undone):
    degan = Unit.objects.get(code="degan")
    again = clerk.send(quarter, degan, roster(firm(1), firm(2)), people["德感"], reason="重报")
    assert {row.kind for row in again.firms.all()} == {"new"}
    clerk.hand_in(again, people["德感"], {})
    clerk.approve(again, people["小石"])
    assert listed(bureau) == sorted([code(1), code(2)])
