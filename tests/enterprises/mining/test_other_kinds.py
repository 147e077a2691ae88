"""Candidates of other kinds: what returns can tell of their conditions, each at its bound."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from tests.enterprises.mining.test_candidates import Made, act, outcomes, page
from tests.enterprises.mining.test_candidates import _on_the_day as on_the_day  # noqa: F401
from tests.enterprises.mining.test_candidates import made as made

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]


def years(made: Made, kinds: tuple[str, ...], *sales: object, **other: object) -> str:
    """A firm that holds the kinds, with sales of three years and the rest of the last one."""
    name = made.firm(years=(), registered_on=other.pop("registered_on", dt.date(2010, 3, 2)))
    uscc = Enterprise.objects.get(name=name).uscc
    shares = other.pop("rd", (3, 3, 3))
    told = []
    for year, amount, rd in zip((2023, 2024, 2025), sales, shares, strict=True):
        values = {
            "revenue": amount,
            "rd_expense": None if amount is None else Decimal(f"{amount * rd / 100:.2f}"),
        }
        rest = {"assets": 1000, "liabilities": 700, "ip_class1": 2, "staff": 100, "rd_staff": 50}
        told.append(acts.RecordFigures(uscc=uscc, year=year, values={**values, **rest, **other}))
    registry.apply(told, by=None)
    for kind in kinds:
        made.holding(kind, name)
    return name


def states(answer, name: str) -> dict[str, str]:
    line = next(line for line in answer.context["lines"] if line.firm.name == name)
    return {note.code: note.state.value for note in line.notes}


LARGE = (20000, 21000, 22050)


@pytest.mark.parametrize(
    ("sales", "other", "failing"),
    [
        (LARGE, {}, None),
        ((20000, 21000, 22049), {}, "growth"),
        (LARGE, {"liabilities": 701}, "debt"),
        (LARGE, {"ip_class1": 1}, "class1"),
        (LARGE, {"rd": (0, 2.99, 3)}, "rd"),
        (LARGE, {"rd": (0, 3, 2.99)}, "rd"),
        (LARGE, {"registered_on": dt.date(2023, 12, 1)}, "years"),
        # From 5000 to 10000 万元 six percent; below, R&D of 3000 in two years and half of the staff.
        ((5000, 6000, 7000), {"rd": (0, 6, 6)}, None),
        ((5000, 6000, 7000), {"rd": (0, 6, 5.99)}, "rd"),
        ((9000, 9999, 12000), {"rd": (0, 6, 3)}, None),
        ((9000, 9999, 12000), {"rd": (0, 5, 3)}, "rd"),
        ((3000, 4000, 4999), {"rd": (0, 33, 33)}, "rd"),
    ],
)
def test_little_giants_are_looked_for_among_srdi_firms(client, people, made, sales, other, failing):
    name = years(made, ("srdi",), *sales, **other)
    years(made, (), *LARGE)
    years(made, ("srdi", "little_giant"), *LARGE)
    answer = page(client, people["小石"], show="little_giant")
    assert outcomes(answer) == {name: "near" if failing else "ready"}
    failed = [code for code, state in states(answer, name).items() if state == "不符合"]
    assert failed == ([failing] if failing else [])
    html = answer.content.decode()
    for said in ("工信部企业〔2022〕63号", "现有数据不能检验：", "细分市场占有率", "标准待录入"):
        assert said in html


def test_a_small_firm_with_much_research_stays_open_for_its_equity(client, people, made):
    name = years(made, ("srdi",), 3000, 4000, 4999, rd=(0, 35, 35))
    answer = page(client, people["小石"], show="little_giant")
    assert outcomes(answer) == {name: "lacking"}
    assert states(answer, name)["rd"] == "缺数据"


def test_what_is_not_known_of_a_year_is_named(client, people, made):
    name = years(made, ("srdi",), None, 21000, 22050)
    answer = page(client, people["小石"], show="little_giant")
    assert outcomes(answer) == {name: "ready"}
    assert "缺2023年营业收入" in answer.content.decode()


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ({}, "ready"),
        ({"rd": (9, 9, 2.99)}, "near"),
        ({"rd": (0, 0, 3)}, "ready"),
        ({"registered_on": dt.date(2016, 12, 1)}, "near"),
        ({"registered_on": dt.date(2016, 11, 30)}, "ready"),
    ],
)
def test_champions_by_years_and_research_for_reference(client, people, made, other, outcome):
    name = years(made, ("srdi",), *LARGE, **other)
    answer = page(client, people["小石"], show="champion")
    assert outcomes(answer) == {name: outcome}
    assert "仅供参考" in answer.content.decode()


@pytest.mark.parametrize(
    ("rd_staff", "outcome", "state"), [(5, "ready", "符合"), (4, "lacking", "待评")]
)
def test_few_researchers_do_not_rule_a_registered_firm_out(
    client, people, made, rd_staff, outcome, state
):
    name = years(made, (), *LARGE, rd_staff=rd_staff)
    years(made, ("tech",), *LARGE)
    answer = page(client, people["小石"], show="tech")
    assert outcomes(answer) == {name: outcome}
    assert states(answer, name)["staff"] == state


@pytest.mark.parametrize(("on", "outcome"), [("2025-01-01", "near"), ("2024-12-31", "ready")])
def test_an_incident_of_this_year_or_the_last_is_a_failure(client, people, made, on, outcome):
    name = years(made, (), *LARGE)
    act(name, acts.RecordIncident, kind="safety", on=dt.date.fromisoformat(on), source="应急局")
    act(name, acts.RecordIncident, kind="none", on=dt.date(2026, 6, 1), source="应急局")
    assert outcomes(page(client, people["小石"], show="tech")) == {name: outcome}


def test_small_firms_by_their_points(client, people, made):
    enough = made.firm()
    unknown = made.firm(costs=None, assets=None)
    made.firm(rd_staff=1)
    large = made.firm(staff=501, rd_staff=400)
    held = made.firm()
    made.holding("tech_sme", held)
    answer = page(client, people["小石"], show="tech_sme")
    assert outcomes(answer) == {enough: "ready", unknown: "lacking"}
    assert large not in outcomes(answer)
    line = next(line for line in answer.context["lines"] if line.firm.name == enough)
    # A quarter of the staff, 8 % of the sales, an item of class I.
    assert tuple(line.score) == (96, 96)
    assert "科技人员：16分；研发投入：50分；科技成果：30分" in answer.content.decode()
    unsure = next(line for line in answer.context["lines"] if line.firm.name == unknown)
    assert [note.in_words for note in unsure.unknown] == ["规模：缺2025年资产总额"]


def test_every_list_has_its_tab(client, people, made):
    made.firm()
    tabs = page(client, people["小石"]).context["page"].tabs
    assert [tab.label for tab in tabs if tab.is_chosen] == ["高企候选"]
    for tab in tabs:
        assert tab.url.startswith(reverse("pool-candidates"))
        answer = client.get(tab.url)
        assert answer.status_code == 200
        assert tab.label in answer.content.decode()
