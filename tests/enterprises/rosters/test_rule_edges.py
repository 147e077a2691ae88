"""Where a rule of one row begins to speak: the last value it lets pass, and the first it does not."""

import datetime as dt

import pytest

from enterprises.rosters.definition.ip.register import IP_REGISTER
from enterprises.rosters.definition.registers import HNTE_REGISTER, RETURNS
from tests.enterprises.workbooks import TODAY, code, firm, lines, problems, read, read_firms, xlsx

ISSUED = dt.date(2023, 11, 1)


def certificate(**values: object) -> dict[str, object]:
    usual = {
        "certificate_number": "GR202351100123",
        "certificate_issued_on": ISSUED,
        "certificate_valid_until": dt.date(2026, 11, 1),
    }
    return firm(**(usual | values))


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (dt.date(2026, 10, 30), ["R108"]),
        (dt.date(2026, 10, 31), []),
        (dt.date(2026, 11, 1), []),
        (dt.date(2026, 11, 2), []),
        (dt.date(2026, 11, 3), ["R108"]),
    ],
)
def test_three_years_may_be_printed_a_day_shorter_or_longer(tmp_path, until, expected):
    reading = read_firms(tmp_path, certificate(certificate_valid_until=until), layout=HNTE_REGISTER)
    assert [code for code, _ in problems(reading)] == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        # On the day of issue or before it, the dates are out of order: that says enough.
        (dt.date(2023, 10, 31), ["R106"]),
        (dt.date(2023, 11, 1), ["R106"]),
        (dt.date(2023, 11, 2), ["R108"]),
    ],
)
def test_dates_out_of_order_are_not_called_a_wrong_term_as_well(tmp_path, until, expected):
    reading = read_firms(tmp_path, certificate(certificate_valid_until=until), layout=HNTE_REGISTER)
    assert [code for code, _ in problems(reading)] == expected


def test_a_certificate_of_29_february_lasts_to_28_february(tmp_path):
    leap = {"certificate_number": "GR202451100123", "certificate_issued_on": dt.date(2024, 2, 29)}
    for until, expected in ((dt.date(2027, 3, 1), []), (dt.date(2027, 3, 2), ["R108"])):
        row = certificate(**leap, certificate_valid_until=until)
        reading = read_firms(tmp_path, row, layout=HNTE_REGISTER)
        assert [code for code, _ in problems(reading)] == expected


@pytest.mark.parametrize(
    ("year", "expected"), [(2021, ["R109"]), (2022, []), (2023, []), (2024, ["R109"])]
)
def test_a_number_bears_the_year_of_issue_or_the_year_before(tmp_path, year, expected):
    row = certificate(certificate_number=f"GR{year}51100123")
    reading = read_firms(tmp_path, row, layout=HNTE_REGISTER)
    assert [code for code, _ in problems(reading)] == expected
    assert all(f"编号年份为{year}，" in problem.reason for problem in reading.problems)


@pytest.mark.parametrize(
    ("share", "expected"), [(0, []), (0.01, ["R112"]), (1, ["R112"]), (1.01, []), (100, [])]
)
def test_a_share_of_one_percent_or_less_is_doubted_and_none_is_believed(tmp_path, share, expected):
    reading = read_firms(tmp_path, firm(hightech_share=share))
    assert [code for code, _ in problems(reading)] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"staff": 0, "rd_staff": 1}, ["R110"]),
        ({"staff": 0, "rd_staff": 0}, []),
        ({"revenue": 0, "rd_expense": 1}, ["R111"]),
        ({"revenue": 0, "rd_expense": 0}, []),
    ],
)
def test_nothing_is_a_number_too(tmp_path, values, expected):
    reading = read_firms(tmp_path, firm(**values))
    assert [code for code, _ in problems(reading)] == expected


def test_today_is_after_the_day_of_the_list_and_tomorrow_is_an_error(tmp_path):
    for day, expected in (
        (dt.date(2026, 6, 30), []),
        (dt.date(2026, 7, 1), ["R103"]),
        (TODAY, ["R103"]),
        (TODAY + dt.timedelta(1), ["R102"]),
    ):
        rows = [["数据截至：2026-06-30"], *lines(firm(tech_entered_on=day))]
        reading = read(xlsx(tmp_path / "a.xlsx", rows))
        assert [code for code, _ in problems(reading)] == expected


def test_what_repeats_another_row_names_it(tmp_path):
    reading = read_firms(tmp_path, firm(1), firm(2), firm(1))
    assert [p.reason for p in reading.problems] == ["与第3行（重庆测试1号机械有限公司）重复"]
    pair = {"certificate_number": "GR202351100123", "certificate_issued_on": ISSUED}
    reading = read_firms(tmp_path, firm(1, **pair), firm(2, **pair))
    assert [p.reason for p in reading.problems] == [
        "与第3行（重庆测试1号机械有限公司）的证书编号相同"
    ]


# --- rights and the pool --------------------------------------------------------------------------
def found(folder, row: dict[str, object], layout=None) -> list[str]:
    reading = read_firms(folder, row, **({"layout": layout} if layout else {}))
    return [code for code, _ in problems(reading)]


def right(**values: object) -> dict[str, object]:
    usual = {
        "name": "重庆测试1号机械有限公司",
        "uscc": firm(1)["uscc"],
        "right": "发明专利",
        "right_number": "ZL202010123456.7",
        "granted_on": dt.date(2020, 5, 6),
        "ends_on": dt.date(2040, 5, 5),
    }
    names = {column.field for column in IP_REGISTER.columns}
    return {name: value for name, value in (usual | values).items() if name in names}


def test_a_right_ends_on_the_day_of_its_grant_at_the_earliest(tmp_path):
    assert found(tmp_path, right(), IP_REGISTER) == []
    assert found(tmp_path, right(ends_on=dt.date(2020, 5, 6)), IP_REGISTER) == []
    assert found(tmp_path, right(ends_on=dt.date(2020, 5, 5)), IP_REGISTER) == ["R123"]


def test_a_right_belongs_to_somebody_by_code_or_by_name(tmp_path):
    assert found(tmp_path, right(uscc=None), IP_REGISTER) == []
    assert found(tmp_path, right(name=None), IP_REGISTER) == []
    assert found(tmp_path, right(name=None, uscc=None), IP_REGISTER) == ["R122"]
    # Where the code has to be filled in, that is what is said.
    assert found(tmp_path, firm(1, uscc=None)) == ["R101"]


def returns(folder, titles: list[str], *values: object) -> list[tuple[str, str]]:
    named = ["序号", "纳税人名称", "纳税人识别号", *titles]
    row = [1, "重庆测试1号机械有限公司", code(1), *values]
    return problems(read(xlsx(folder / "年度.xlsx", [["企业年度数据表"], named, row])))


def test_a_part_above_its_whole_is_doubted_at_the_part(tmp_path):
    titles = ["所属年度", "收入总额（万元）", "不征税收入"]
    assert returns(tmp_path, titles, 2024, 100, 100) == []
    assert returns(tmp_path, titles, 2024, 100, 101) == [("R121", "名册!F3")]


def test_a_year_is_asked_for_where_no_title_names_one(tmp_path):
    assert returns(tmp_path, ["所属年度", "收入总额（万元）"], None, 100) == [("R101", "名册!D3")]
    assert returns(tmp_path, ["2024年收入总额（万元）", "2024年不征税收入"], 100, 10) == []
    assert RETURNS.key_with == "year"


def test_who_leaves_the_pool_says_why(tmp_path):
    assert found(tmp_path, firm(1, pool_stage="退库")) == ["R118"]
    assert found(tmp_path, firm(1, pool_stage="退库", remark="转为商贸")) == []
    assert found(tmp_path, firm(1, pool_stage="种子库", planned_year=TODAY.year + 1)) == []
