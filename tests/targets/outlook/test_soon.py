"""The firms to call first: how they are called, and what is to be done with them."""

import datetime as dt
import re

import pytest

from enterprises import registry
from enterprises.registry import acts
from targets.outlook import tables as outlook_tables
from tests.firms import TODAY, firm
from tests.targets.outlook.test_outlook import AT, ON, page_of

pytestmark = pytest.mark.django_db


def test_what_no_phone_can_dial_is_told_and_is_no_link(client, people):
    calls = {"023-4789 0001": "tel:02347890001", "47890002转8": "", "": ""}
    for phone in calls:
        one = firm(hnte_expiring=True)
        told = acts.Register(uscc=one.uscc, name=one.name, contact_name="张三", contact_phone=phone)
        registry.apply([told], by=None)
    client.force_login(people["小石"])
    html = client.get(f"{AT}?{ON}").content.decode()
    assert set(re.findall(r"tel:[^\"]*", html)) == {"tel:02347890001"}
    assert "张三 47890002转8" in html
    table = outlook_tables.build_tables(page_of(people["小石"]), people["小石"])["soon"]
    shown = {row[2].text: row[2].url for row in table.rows}
    assert shown == {f"张三 {phone}".strip(): url for phone, url in calls.items()}


def test_the_next_step_is_the_recorded_one_where_there_is_one(people):
    planned, other = firm(hnte_expiring=True), firm(hnte_expiring=True)
    applied = {"uscc": planned.uscc, "kind": "hnte", "year": TODAY.year}
    step = {
        "next_action": "补交专项审计报告",
        "next_on": dt.date(TODAY.year, 7, 9),
        "owner": "德感",
    }
    registry.apply(
        [
            acts.Apply(**applied, stage="preparing", on=TODAY),
            acts.NextStep(uscc=planned.uscc, kind="hnte", **step),
        ],
        by=None,
    )
    table = outlook_tables.build_tables(page_of(people["小石"]), people["小石"])["soon"]
    steps = {row[0].text: row[5].text for row in table.rows}
    assert steps == {planned.name: "补交专项审计报告 07-09", other.name: "联系企业，确认是否申报"}
