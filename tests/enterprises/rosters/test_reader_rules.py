"""Rules over one row and over the sheet; all problems come at once and in the order of the sheet."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from enterprises.loading import receipt
from enterprises.reporting import cross_rules
from enterprises.rosters.definition.registers import HNTE_REGISTER, TECH_REGISTER
from enterprises.rosters.definition.rules import CATALOGUE
from enterprises.rosters.writing import rulebook
from tests.enterprises.workbooks import TODAY, code, firm, lines, problems, read, read_firms, xlsx

ISSUED = dt.date(2023, 11, 1)
CERTIFICATE = {
    "certificate_number": "GR202351100123",
    "certificate_issued_on": ISSUED,
    "certificate_valid_until": dt.date(2026, 11, 1),
}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": None}, ("R101", "名册!B3")),
        ({"town": None}, ("R101", "名册!E3")),
        ({"tech_entered_on": TODAY + dt.timedelta(1)}, ("R102", "名册!Q3")),
        ({"certificate_number": "GR202351100123"}, ("R104", "名册!S3")),
        ({"certificate_issued_on": ISSUED}, ("R105", "名册!R3")),
        ({"tech_entered_on": dt.date(2015, 3, 1)}, ("R107", "名册!Q3")),
        (
            {"certificate_number": "GR202151100123", "certificate_issued_on": ISSUED},
            ("R109", "名册!R3"),
        ),
        ({"rd_staff": 41}, ("R110", "名册!M3")),
        ({"rd_expense": 1001}, ("R111", "名册!K3")),
        ({"hightech_share": 0.678}, ("R112", "名册!P3")),
        ({"name": "重庆甲公司江津分公司", **CERTIFICATE}, ("R113", "名册!B3")),
        ({"pool_stage": "申报库", "planned_year": 2025}, ("R115", "名册!V3")),
        ({"planned_year": 2027}, ("R116", "名册!U3")),
        ({"pool_stage": "种子库"}, ("R117", "名册!V3")),
        ({"application_stage": "放弃"}, ("R119", "名册!W3")),
    ],
)
def test_a_row_that_contradicts_itself_is_found(tmp_path, values, expected):
    reading = read_firms(tmp_path, firm(**values))
    assert problems(reading) == [expected]
    assert reading.has_errors == (CATALOGUE[expected[0]].severity.value == "error")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"certificate_issued_on": None}, [("R101", "名册!E3")]),
        ({"certificate_valid_until": ISSUED}, [("R106", "名册!F3")]),
        ({"certificate_valid_until": dt.date(2025, 11, 1)}, [("R108", "名册!F3")]),
        ({"revoked_on": dt.date(2023, 10, 31)}, [("R106", "名册!K3")]),
        ({"revoked_on": ISSUED}, []),
        ({"certificate_number": "GF202351100123"}, []),
    ],
)
def test_a_certificate_s_dates_stand_in_order(tmp_path, values, expected):
    found = problems(read_firms(tmp_path, firm(**(CERTIFICATE | values)), layout=HNTE_REGISTER))
    assert [each for each in found if each[0] != "R104"] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"closed_on": dt.date(2020, 5, 5)}, [("R114", "名册!I3")]),
        ({"closed_on": dt.date(2020, 5, 6)}, []),
    ],
)
def test_a_firm_does_not_close_before_it_entered_the_register(tmp_path, values, expected):
    assert problems(read_firms(tmp_path, firm(**values), layout=TECH_REGISTER)) == expected


def test_the_edges_are_allowed(tmp_path):
    edges = {"rd_staff": 40, "rd_expense": 1000.5, "registered_on": TODAY, "tech_entered_on": TODAY}
    assert read_firms(tmp_path, firm(**edges)).problems == []


def test_a_plan_to_apply_is_judged_by_the_day_of_the_list(tmp_path):
    planned = firm(pool_stage="申报库", planned_year=2025)
    for day, expected in (("2025-12-31", []), ("2026-01-01", [("R115", "名册!V4")])):
        reading = read(xlsx(tmp_path / "a.xlsx", [[f"数据截至：{day}"], *lines(planned)]))
        assert problems(reading) == expected


def test_a_date_after_the_day_of_the_list_is_a_warning(tmp_path):
    rows = [["数据截至：2026-06-30"], *lines(firm(tech_entered_on=dt.date(2026, 7, 1)))]
    assert problems(read(xlsx(tmp_path / "a.xlsx", rows))) == [("R103", "名册!Q4")]


def test_a_code_given_twice_is_an_error_at_the_later_row(tmp_path):
    reading = read_firms(tmp_path, firm(1), firm(2), firm(1))
    assert problems(reading) == [("R201", "名册!C5")]
    assert "与第3行" in reading.problems[0].reason


def test_a_code_of_two_names_also_warns_at_the_earlier_row(tmp_path):
    reading = read_firms(tmp_path, firm(1), firm(2, uscc=code(1)))
    assert problems(reading) == [("R202", "名册!C3"), ("R201", "名册!C4")]


def test_brackets_of_either_width_are_one_name(tmp_path):
    reading = read_firms(
        tmp_path, firm(1, name="重庆（江津）甲公司"), firm(1, name="重庆(江津)甲公司")
    )
    assert problems(reading) == [("R201", "名册!C4")]


def test_a_certificate_has_one_holder(tmp_path):
    pair = {"certificate_number": "GR202351100123", "certificate_issued_on": ISSUED}
    assert problems(read_firms(tmp_path, firm(1, **pair), firm(2, **pair))) == [("R203", "名册!R4")]


def test_a_firm_may_hold_several_certificates_in_the_certificate_register(tmp_path):
    renewed = {
        **CERTIFICATE,
        "certificate_number": "GR202051100123",
        "certificate_issued_on": dt.date(2020, 11, 1),
    }
    renewed["certificate_valid_until"] = dt.date(2023, 11, 1)
    assert (
        read_firms(
            tmp_path, firm(1, **renewed), firm(1, **CERTIFICATE), layout=HNTE_REGISTER
        ).problems
        == []
    )
    again = read_firms(
        tmp_path, firm(1, **CERTIFICATE), firm(1, **CERTIFICATE), layout=HNTE_REGISTER
    )
    assert problems(again) == [("R201", "名册!D4")]
    # Two holders of one number: the number is the list's key, and said once.
    other = read_firms(
        tmp_path, firm(1, **CERTIFICATE), firm(2, **CERTIFICATE), layout=HNTE_REGISTER
    )
    assert problems(other) == [("R201", "名册!D4")]
    assert problems(read_firms(tmp_path, firm(1), firm(1), layout=TECH_REGISTER)) == [
        ("R201", "名册!C4")
    ]


def test_an_unreadable_cell_is_not_called_blank_as_well(tmp_path):
    reading = read_firms(
        tmp_path,
        firm(uscc="1", town="白市驿镇", **{**CERTIFICATE, "certificate_issued_on": "2023年"}),
    )
    assert problems(reading) == [("R001", "名册!C3"), ("R013", "名册!E3"), ("R007", "名册!S3")]


def test_every_problem_of_every_row_comes_at_once_in_the_sheet_s_order(tmp_path):
    reading = read_firms(
        tmp_path, firm(1, name=None, rd_staff=99), firm(2), firm(3, revenue="很多", town=None)
    )
    assert [problem.address for problem in reading.problems] == [
        "名册!B3",
        "名册!M3",
        "名册!E5",
        "名册!J5",
    ]
    assert all(problem.title and problem.reason and problem.fix for problem in reading.problems)


def test_the_rulebook_lists_every_rule_once_with_its_fix():
    out = io.StringIO()
    call_command("rulebook", stdout=out)
    printed = out.getvalue().splitlines()[2:]
    codes = [line.split(" | ")[0].strip("| ") for line in printed]
    assert sorted(codes) == sorted(
        [*receipt.RULES_BY_CODE, *(rule.code for rule in cross_rules.ENTRIES)]
    )
    assert len(codes) == len(set(codes))
    assert "| R110 | 错误 | 科技人员数多于职工总数 | 请核对两个人数 |" in printed
    with pytest.raises(ValueError, match="R110"):
        rulebook.markdown([CATALOGUE["R110"]])


def test_the_catalogue_has_one_entry_per_code_with_wording():
    assert all(
        entry.reason and entry.fix and code == entry.code for code, entry in CATALOGUE.items()
    )
    assert len(CATALOGUE) >= 45
