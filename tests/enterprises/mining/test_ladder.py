"""Candidates for the lower rungs of the ladder (63号, annexes 1 and 2): each item at its bound, and what stays open."""

import datetime as dt

import pytest

from tests.enterprises.mining.test_candidates import Made, outcomes, page
from tests.enterprises.mining.test_candidates import _on_the_day as on_the_day  # noqa: F401
from tests.enterprises.mining.test_candidates import made as made
from tests.enterprises.mining.test_other_kinds import states, years

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
GROWN = (1000, 1000, 1150)
"""By 15 % in the last year."""


def score_of(answer, name: str) -> tuple[int, int]:
    return tuple(next(line.score for line in answer.context["lines"] if line.firm.name == name))


def says(answer, name: str) -> dict[str, str]:
    line = next(line for line in answer.context["lines"] if line.firm.name == name)
    return {note.code: note.says for note in line.notes}


INNOVATION = [
    # class I: any has 10, one of high value 20; of own research for certain 15
    ({"ip_class1": 1, "ip_class2": 0, "rd": (0, 0, 0)}, 10, 20),
    ({"ip_class1": 1, "ip_class2": 2, "ip_own": 2, "rd": (0, 0, 0)}, 10, 20),
    ({"ip_class1": 1, "ip_class2": 2, "ip_own": 3, "rd": (0, 0, 0)}, 15, 20),
    ({"ip_class1": 0, "ip_class2": 1, "rd": (0, 0, 0)}, 5, 5),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 0)}, 0, 0),
    ({"ip_class1": 0, "ip_class2": None, "rd": (0, 0, 0)}, 0, 5),
    ({"ip_class1": None, "ip_class2": 1, "rd": (0, 0, 0)}, 5, 20),
    ({"ip_class1": None, "ip_class2": None, "rd": (0, 0, 0)}, 0, 20),
    # R&D of the last year alone
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 5)}, 20, 20),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (9, 9, 4.99)}, 15, 15),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 3)}, 15, 15),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 2)}, 10, 10),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 1)}, 5, 5),
    ({"ip_class1": 0, "ip_class2": 0, "rd": (0, 0, 0.99)}, 0, 0),
]
GROWING = [
    # growth of the last year, and debt of the assets
    (GROWN, {"liabilities": 550}, 30, 30),
    ((1000, 1000, 1149), {"liabilities": 550}, 25, 25),
    ((1000, 1000, 1100), {"liabilities": 551}, 20, 20),
    ((1000, 1000, 1050), {"liabilities": 750}, 15, 15),
    ((1000, 1000, 1000), {"liabilities": 751}, 5, 5),
    ((100, 1000, 999), {"liabilities": 750}, 5, 5),
    ((1000, 1000, 999), {"liabilities": 751}, 0, 0),
    ((1000, 0, 999), {"liabilities": 751}, 0, 20),
    ((1000, None, 999), {"liabilities": 751}, 0, 20),
    (GROWN, {"liabilities": None}, 20, 30),
    (GROWN, {"assets": 0}, 20, 30),
]


@pytest.mark.parametrize(("other", "low", "high"), INNOVATION)
def test_points_for_innovation(client, people, made, other, low, high):
    name = years(made, (), *GROWN, **{"ip_own": 0, "liabilities": 550, **other})
    answer = page(client, people["小石"], show="innovative_sme")
    assert says(answer, name)["innovation"].startswith(f"{low}至{high}分，标准20分")
    # 30 for growing, and of the rest nobody knows more than that an unknown field has 5.
    assert score_of(answer, name) == (low + 35, high + 60)
    lacks = None in (other["ip_class1"], other["ip_class2"])
    state = "缺数据" if lacks else "待评"
    if low >= 20:
        state = "符合"
    if high < 20:
        state = "待评"
    assert states(answer, name)["innovation"] == state


@pytest.mark.parametrize(("sales", "other", "low", "high"), GROWING)
def test_points_for_growing(client, people, made, sales, other, low, high):
    name = years(made, (), *sales, **other)
    answer = page(client, people["小石"], show="innovative_sme")
    assert says(answer, name)["growing"].startswith(f"{low}至{high}分，标准15分")


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ({}, "ready"),
        # Too few points rule nobody out: there are other ways, of which nothing is told.
        ({"rd": (0, 0, 0), "ip_class1": 0}, "lacking"),
        ({"ip_class1": None, "ip_class2": None, "rd": (0, 0, 4)}, "lacking"),
        ({"liabilities": None, "rd": (0, 0, 5)}, "ready"),
    ],
)
def test_candidates_by_what_can_be_told(client, people, made, other, outcome):
    other = {"rd": (0, 0, 5), "ip_class2": 0, **other}
    name = years(made, (), *GROWN, **other)
    answer = page(client, people["小石"], show="innovative_sme")
    assert outcomes(answer) == {name: outcome}
    found = states(answer, name)
    assert "不符合" not in found.values()
    assert found["special"] == "待评"
    html = answer.content.decode()
    for said in ("附件1", "标准待录入", "主营业务收入占比", "得分不够的不等于不符合"):
        assert said in html


def test_a_valid_high_tech_certificate_needs_no_points(client, people, made):
    low = {"rd": (0, 0, 0), "ip_class1": 0, "ip_class2": 0, "liabilities": 900}
    name = years(made, ("hnte",), 1000, 900, 800, **low)
    answer = page(client, people["小石"], show="innovative_sme")
    assert outcomes(answer) == {name: "ready"}
    assert set(states(answer, name).values()) == {"符合"}
    assert "总分：有效期内的资质可直接认定，不看得分" in answer.content.decode()
    # After its last day, for an application later, it counts no more.
    later = page(client, people["小石"], show="innovative_sme", on="2027-05-07")
    assert "符合" not in states(later, name).values()


@pytest.mark.parametrize("held", ["innovative_sme", "srdi", "little_giant", "champion"])
def test_who_stands_as_high_or_higher_is_no_candidate(client, people, made, held):
    years(made, (held,), *GROWN)
    assert outcomes(page(client, people["小石"], show="innovative_sme")) == {}
    above = outcomes(page(client, people["小石"], show="srdi"))
    assert len(above) == (1 if held == "innovative_sme" else 0)


ANNEX_2 = [
    # R&D of 100 万元 and 3 %, revenue of 1000 万元
    ((3000, 3000, 3400), (3, 3, 3), {}, "ready", {}),
    ((3000, 3000, 3334), (3, 3, 3), {}, "ready", {}),
    ((3000, 3000, 3333), (3, 3, 3), {}, "near", {"least_rd": "不符合"}),
    ((3000, 3000, 3400), (3, 3, 2.99), {}, "near", {"rd": "不符合"}),
    ((1000, 1000, 1000), (10, 10, 10), {}, "ready", {}),
    # Below, new equity may stand in, of which nothing is told.
    ((1000, 1000, 999), (10, 10, 11), {}, "lacking", {"sales": "缺数据"}),
    # R&D of 1000 万元 on the mean of two years stands in for the score.
    ((9000, 9000, 11000), (0, 10, 10), {}, "ready", {"way": "符合"}),
    ((9000, 9000, 10999), (0, 10, 10), {}, "ready", {"way": "待评"}),
    ((9000, None, 10999), (0, 10, 10), {}, "ready", {"way": "缺数据"}),
    (
        (3000, 3000, 3400),
        (3, 3, 3),
        {"registered_on": dt.date(2024, 11, 30)},
        "ready",
        {"years": "待评"},
    ),
    (
        (3000, 3000, 3400),
        (3, 3, 3),
        {"registered_on": dt.date(2024, 12, 1)},
        "near",
        {"years": "不符合"},
    ),
    ((3000, 3000, None), (3, 3, 3), {}, "lacking", {"rd": "缺数据", "least_rd": "缺数据"}),
]


@pytest.mark.parametrize(("sales", "rd", "other", "outcome", "found"), ANNEX_2)
def test_srdi_by_research_and_revenue(client, people, made, sales, rd, other, outcome, found):
    name = years(made, ("innovative_sme",), *sales, rd=rd, **other)
    answer = page(client, people["小石"], show="srdi")
    assert outcomes(answer) == {name: outcome}
    told = {"base": "符合", **found}
    assert {code: states(answer, name)[code] for code in told} == told
    assert "附件2" in answer.content.decode()


def test_that_the_lower_rung_is_not_registered_does_not_fail(client, people, made):
    name = years(made, (), 3000, 3000, 3400)
    answer = page(client, people["小石"], show="srdi")
    assert outcomes(answer) == {name: "ready"}
    assert states(answer, name)["base"] == "缺数据"
    assert says(answer, name)["base"] == "没有登记有效的上一级资质"
    Made.holding(made, "innovative_sme", name)
    assert states(page(client, people["小石"], show="srdi"), name)["base"] == "符合"
