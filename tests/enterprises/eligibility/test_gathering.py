"""What the registry tells the self-check: years, items, incidents, forms; and what stays unknown."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises import registry
from enterprises.eligibility.gathering import firm_data_of
from enterprises.eligibility.legal_forms import form_of
from enterprises.eligibility.model.condition_answer import State
from enterprises.eligibility.model.conditions import SELF_REPORTED, check_certificate
from enterprises.eligibility.rule_sets import rule_book
from enterprises.models import Enterprise, TechField
from enterprises.registry import acts
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 30)


def registered(number: int = 1, **details: object) -> str:
    uscc = code(number)
    registry.apply([acts.Register(uscc=uscc, name=f"重庆自检{number}号公司", **details)], by=None)
    return uscc


def record(uscc: str, **years: dict[str, object]) -> None:
    told = [
        acts.RecordFigures(uscc=uscc, year=int(year[1:]), values=values)
        for year, values in years.items()
    ]
    registry.apply(told, by=None)


def answered(uscc: str, kind: str, on: str) -> None:
    told = acts.RecordIncident(uscc=uscc, kind=kind, on=dt.date.fromisoformat(on), source="应急局")
    registry.apply([told], by=None)


def data(uscc: str, day: dt.date = DAY):
    firm = Enterprise.objects.get(uscc=uscc)
    return firm_data_of([firm], day, rule_book())[firm.pk]


def check(uscc: str, day: dt.date = DAY):
    fields = set(TechField.objects.values_list("name", flat=True))
    return check_certificate(data(uscc, day), rule_book().certificate_on(day), fields)


def test_each_figure_comes_from_its_year_exactly(plan):
    uscc = registered(
        registered_on=dt.date(2015, 3, 2),
        tech_field="materials",
        legal_form="有限责任公司（自然人投资或控股）",
    )
    record(
        uscc,
        y2022={"revenue": 1, "ip_own": 9, "ip_class1": 7},
        y2023={"revenue": Decimal("100.10"), "rd_expense": 5, "assets": 10, "ip_class2": 4},
        y2025={
            "revenue": 300, "rd_domestic": 0, "gross_income": 310, "nontaxable_income": 10,
            "hightech_income": 180, "costs": 250, "staff": 30, "rd_staff": 3, "ip_class1": 0,
            "conversions": 4, "liabilities": 2, "assets": 1, "hightech_share": 50,
        },
        y2026={"revenue": 999, "ip_class1": 99},
    )  # fmt: skip
    told = data(uscc)
    assert told.sales == [Fraction("100.1"), None, 300]
    assert (told.rd, told.rd_domestic) == ([5, None, None], [None, None, 0])
    assert told.net_assets == [None, None, -1]
    assert told.conversions == [None, None, 4]
    assert (told.gross_income, told.nontaxable, told.hightech_income) == (310, 10, 180)
    assert (told.costs, told.staff, told.rd_staff) == (250, 30, 3)
    # Items of the newest year that tells them; this year's are not known yet.
    assert (told.ip.class1, told.ip.class2, told.ip.class2_used, told.ip.own) == (0, 4, None, 9)
    assert (told.tech_field, told.legal_form) == ("新材料", "有限责任公司")
    found = check(uscc)
    assert (found.form.state, found.tech_field.state, found.registered.state) == (State.MET,) * 3
    # By the income, exactly 60 %, whatever share the firm says itself.
    assert (found.hightech.state, found.hightech.value, found.hightech.reason) == (
        State.MET,
        60,
        "",
    )


def test_a_share_of_the_firm_s_own_is_used_where_the_income_is_unknown_and_says_so(plan):
    uscc = registered()
    assert check(uscc).hightech.state is State.UNKNOWN
    record(uscc, y2024={"hightech_share": 99}, y2025={"gross_income": 10})
    assert check(uscc).hightech.state is State.UNKNOWN
    record(uscc, y2025={"hightech_share": Decimal("59.99")})
    found = check(uscc).hightech
    assert (found.state, found.reason, found.margin) == (
        State.FAILED,
        SELF_REPORTED,
        Fraction("-0.01"),
    )
    record(uscc, y2025={"hightech_share": 60})
    assert check(uscc).hightech.state is State.MET


@pytest.mark.parametrize(
    ("registered_on", "years"),
    [
        (None, 3),
        (dt.date(2023, 12, 31), 3),
        (dt.date(2024, 1, 1), 2),
        (dt.date(2025, 5, 1), 1),
        (dt.date(2026, 1, 1), 0),
    ],
)
def test_a_year_before_the_firm_is_left_out_and_not_missing(plan, registered_on, years):
    uscc = registered(registered_on=registered_on)
    told = data(uscc)
    assert told.sales == told.assets == told.conversions == [None] * years


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([], State.UNKNOWN),
        # 365 days before the application, both ends included.
        ([("none", "2025-06-30")], State.MET),
        ([("none", "2025-06-29")], State.UNKNOWN),
        ([("none", "2026-06-30")], State.MET),
        ([("none", "2026-07-01")], State.UNKNOWN),
        ([("safety", "2025-06-30")], State.FAILED),
        ([("quality", "2026-07-01"), ("none", "2026-06-01")], State.MET),
        ([("environment", "2025-12-01"), ("none", "2026-06-01")], State.FAILED),
        ([("environment", "2025-12-01"), ("safety", "2020-06-01")], State.FAILED),
        ([("safety", "2025-06-29"), ("none", "2026-01-01")], State.MET),
        # Nobody has asked about the year since.
        ([("safety", "2025-06-29")], State.UNKNOWN),
    ],
)
def test_incidents_count_within_the_days_of_the_rule(plan, answers, state):
    uscc = registered()
    for kind, on in answers:
        answered(uscc, kind, on)
    assert check(uscc).clean.state is state


@pytest.mark.parametrize(
    ("printed", "form"),
    [
        ("有限责任公司(自然人投资或控股)", "有限责任公司"),
        ("其他有限责任公司", "有限责任公司"),
        ("股份有限公司（非上市、自然人投资或控股）", "股份有限公司"),
        ("有限责任公司分公司（法人独资）", "分公司"),
        ("有限合伙", "合伙企业"),
        ("个人独资企业", "个人独资企业"),
        ("全民所有制", ""),
        ("", ""),
    ],
)
def test_the_form_is_that_of_the_licence(plan, printed, form):
    assert form_of(printed) == form
    told = check(registered(legal_form=printed)).form
    wanted = {"": State.UNKNOWN, "有限责任公司": State.MET, "股份有限公司": State.MET}
    assert told.state is wanted.get(form, State.FAILED)


def test_the_same_number_of_queries_for_many_firms(plan):
    for number in range(1, 6):
        uscc = registered(number)
        record(uscc, y2025={"revenue": number})
        answered(uscc, "none", "2026-06-01")
    firms = list(Enterprise.objects.order_by("pk"))
    book = rule_book()
    with CaptureQueriesContext(connection) as one:
        firm_data_of(firms[:1], DAY, book)
    with CaptureQueriesContext(connection) as all_of_them:
        told = firm_data_of(firms, DAY, book)
    assert len(one) == len(all_of_them) == 4
    assert [told[firm.pk].last_sales for firm in firms] == [1, 2, 3, 4, 5]
    assert firm_data_of([], DAY, book) == {}
