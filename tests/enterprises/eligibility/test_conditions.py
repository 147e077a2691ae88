"""Boundaries, gaps and young firms, one condition at a time on an otherwise sound firm."""

import datetime as dt

import pytest

from enterprises.eligibility.missing import missing_by_condition
from enterprises.eligibility.model.condition_answer import State, overall
from enterprises.eligibility.model.conditions import check_certificate
from enterprises.eligibility.model.rules import certificate_rules
from enterprises.eligibility.rule_sets import shipped_rows
from tests.enterprises.eligibility.sound import checked, checked_small, exact, firm

MET, FAILED, UNKNOWN, OPEN = State.MET, State.FAILED, State.UNKNOWN, State.OPEN


@pytest.mark.parametrize(
    ("registered", "state"),
    [("2025-06-15", MET), ("2025-06-16", FAILED), ("", UNKNOWN)],
)
def test_a_year_since_registration_is_365_days(registered, state):
    assert checked(firm(registered_on=registered)).registered.state is state


def test_leap_days_count():
    found = checked(firm(registered_on="2024-02-29", applied_on="2025-02-28"))
    assert (found.registered.state, found.registered.value) == (MET, 365)


@pytest.mark.parametrize(
    ("sales", "rd", "state"),
    [
        ("5000.00", "250.00", MET),
        ("5000.00", "249.99", FAILED),
        ("5000.01", "200.01", MET),
        ("20000.00", "800.00", MET),
        ("20000.01", "600.01", MET),
        ("20000.01", "600.00", FAILED),
    ],
)
def test_the_tier_goes_by_the_sales_of_the_last_year(sales, rd, state):
    only_year = {"sales_1": "-", "sales_2": "-", "rd_1": "-", "rd_2": "-"}
    others = {"rd_domestic_1": "-", "rd_domestic_2": "-", "rd_domestic_3": rd}
    found = checked(firm(sales_3=sales, rd_3=rd, **only_year, **others))
    assert found.rd_share.state is state


def test_the_ratio_goes_by_all_three_years():
    found = checked(firm(rd_1="500", rd_2="500", rd_3="10"))
    assert found.rd_share.state is MET
    assert found.rd_share.value == exact("1010") * 100 / 3700


@pytest.mark.parametrize("column", ["sales_1", "rd_2", "rd_domestic_3"])
def test_a_missing_year_is_missing_and_a_year_before_the_firm_is_not(column):
    assert checked(firm(**{column: ""})).rd.state is UNKNOWN
    years = [f"{name}_1" for name in ("sales", "rd", "rd_domestic", "assets", "liabilities")]
    assert checked(firm(**dict.fromkeys(years, "-"))).rd.state is MET


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        ({"staff": "0", "rd_staff": "0"}, "staff"),
        ({"gross_income_3": "0", "hightech_income_3": "0"}, "hightech"),
        ({"gross_income_3": "5", "nontaxable_3": "9"}, "hightech"),
        ({"sales_1": "0", "sales_2": "0", "sales_3": "0"}, "rd_share"),
        ({"rd_1": "0", "rd_2": "0", "rd_3": "0"}, "domestic_share"),
    ],
)
def test_nothing_to_divide_by_is_for_somebody_to_look_at(data, condition):
    answer = getattr(checked(firm(**data)), condition)
    assert (answer.state, answer.value) == (OPEN, None)
    assert answer.reason


def test_a_share_just_below_is_not_rounded_up():
    found = checked(firm(hightech_income_3="899.99"))
    assert found.hightech.state is FAILED
    assert round(float(found.hightech.value), 2) == 60.0


@pytest.mark.parametrize(
    ("incident", "state"),
    [
        ("2025-06-15", FAILED),
        ("2025-06-14", MET),
        ("2026-06-15", FAILED),
        ("2026-06-16", MET),
        ("无", MET),
        ("", UNKNOWN),
    ],
)
def test_no_incident_within_a_year_both_ends_included(incident, state):
    assert checked(firm(incident_on=incident)).clean.state is state


@pytest.mark.parametrize(
    ("items", "state", "value"),
    [
        (("0", "0", "0"), FAILED, 0),
        (("0", "6", "6"), FAILED, 0),
        (("0", "6", "5"), MET, 1),
        (("0", "6", ""), UNKNOWN, None),
        (("", "6", "0"), MET, 6),
        (("1", "", ""), MET, 1),
        (("", "", ""), UNKNOWN, None),
    ],
)
def test_items_of_class_two_are_used_once(items, state, value):
    class1, class2, used = items
    found = checked(firm(ip1=class1, ip2=class2, ip2_used=used)).ip
    assert (found.state, found.value) == (state, value)


def test_months_go_before_a_headcount():
    all_year = ";".join(["100/100"] * 12)
    found = checked(firm(staff_months=all_year, rd_staff_months=";".join(["9/11"] * 12)))
    assert (found.staff.state, found.staff.value) == (MET, 10)


def test_a_score_that_cannot_reach_the_bound_rules_out_whatever_is_missing():
    found = checked(
        firm(
            conversions_1="",
            conversions_2="0",
            **dict.fromkeys(("ip1", "ip2", "ip2_used", "ip_own"), "0"),
            mgmt_1="无",
            mgmt_2="无",
        )
    )
    assert found.score.lacks_data
    assert found.innovation.state is FAILED


def test_registers_alone_never_rule_a_firm_in():
    best = {f"conversions_{year}": "9" for year in range(1, 4)}
    found = checked(firm(sales_3="9000", assets_3="9000", rd_3="900", rd_domestic_3="900", **best))
    assert (found.score.total.low, found.innovation.state) == (51, OPEN)
    assert found.state is OPEN


def test_missing_is_graver_than_open_and_failing_than_both():
    assert overall([MET, OPEN]) is OPEN
    assert overall([OPEN, UNKNOWN]) is UNKNOWN
    assert overall([UNKNOWN, FAILED, OPEN]) is FAILED


def test_rules_change_with_the_day_alone():
    [now] = [told for told in shipped_rows() if told["conditions"] == "certificate"]
    later = {"since": dt.date(2027, 1, 1), "least_staff_share": 30}
    stricter = certificate_rules({**now, **now["thresholds"], **later})
    found = check_certificate(firm(), stricter, {"高技术服务"})
    assert (found.staff.state, found.staff.threshold) == (FAILED, 30)
    assert checked(firm()).staff.state is MET


# --- small tech firms -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({}, MET),
        ({"staff": "501", "rd_staff": "200"}, FAILED),
        ({"sales_3": "20000.01"}, FAILED),
        ({"rd_staff": "3.99"}, FAILED),
        ({"staff": ""}, UNKNOWN),
        ({"assets_3": ""}, UNKNOWN),
        ({"ip1": "", "ip2": ""}, MET),
        ({"rd_3": "", "ip1": "0", "ip2": "0"}, UNKNOWN),
    ],
)
def test_size_and_points_of_small_tech_firms(data, state):
    assert checked_small(firm(**data)).state is state


# --- what is missing ------------------------------------------------------------------------------
def test_what_is_missing_is_named_with_its_year():
    gaps = {
        "sales_1": "",
        "rd_3": "",
        "staff": "",
        "ip2_used": "",
        "incident_on": "",
        "legal_form": "",
    }
    found = missing_by_condition(firm(**gaps))
    assert found["c5a"] == ["2023年营业收入", "2025年研发费用"]
    assert found["c5b"] == ["2025年研发费用"]
    assert found["c4"] == ["2025年职工总数"]
    assert found["c2"] == ["已用于申报的Ⅱ类知识产权数"]
    assert found["c7"] == ["已用于申报的Ⅱ类知识产权数", "2023年营业收入"]
    assert {"form", "c8"} <= set(found)
    assert missing_by_condition(firm()) == {}


def test_a_year_before_the_firm_is_not_asked_for():
    young = {f"{name}_1": "-" for name in ("sales", "rd", "rd_domestic", "assets", "liabilities")}
    assert missing_by_condition(firm(**young, sales_2=""))["c5a"] == ["2024年营业收入"]
