"""A firm registered by hand: form, look-alikes, ledger, figures, undoing, API."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import registry
from enterprises.firms import state
from enterprises.models import Enterprise, Job, LedgerEntry, Placement
from enterprises.registry import acts
from tests.firms import code, firm
from tests.targets.by_hand.test_firm_change import clerk, register  # noqa: F401 - a fixture
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
NEW = reverse("firm_new")
CODE = code(6_100_001)
NAME = "江津登记试验制造有限公司"
ALL = {
    "uscc": f" {CODE.lower()} ",
    "name": NAME,
    "park": "degan",
    "town": "500116002",
    "since": "2026-03-02",
    "registered_on": "2026-02-01",
    "tech_field": "",
    "industry_code": "C3670",
    "legal_form": "股份有限公司",
    "contact_name": "王工",
    "contact_phone": "023-47500000",
    "reason": "走访登记",
}


def send(client, **values):
    return client.post(NEW, ALL | values, follow=True)


def confirm(client, answer, **values):
    seen = answer.context["form"].fingerprint
    return send(client, **values, confirmed="on", looked_at=seen)


def test_the_list_leads_to_the_form_and_the_form_to_the_firm(clerk):  # noqa: F811
    assert f'href="{NEW}"' in clerk.get(reverse("firm_list")).content.decode()
    assert "登记企业" in text_of(clerk.get(NEW))
    answer = send(clerk)
    assert answer.redirect_chain == [(reverse("firm", args=[CODE]), 302)]
    assert f"已登记“{NAME}”（{CODE}）" in text_of(answer)
    made = Enterprise.objects.get(uscc=CODE)
    assert (made.name, str(made.registered_on), made.industry_code, made.legal_form) == (
        NAME,
        "2026-02-01",
        "C3670",
        "股份有限公司",
    )
    assert (made.contact_name, made.contact_phone) == ("王工", "023-47500000")
    place = made.placements.get()
    assert (place.park.code, str(place.since), place.until, place.arrival) == (
        "degan",
        "2026-03-02",
        None,
        "known",
    )
    entries = list(LedgerEntry.objects.filter(enterprise=made).order_by("pk"))
    assert [(one.act, one.by.username, one.reason) for one in entries] == [
        (act, "小石", "走访登记") for act in ("registered", "placed")
    ]
    assert Job.objects.filter(kind="recompute", state="queued").count() == 1
    # Before that day it is not in the district.
    assert state.on_day(made, dt.date(2026, 3, 1)).placement is None


def test_who_comes_from_outside_is_an_arrival(clerk):  # noqa: F811
    send(clerk, from_outside="on", park="")
    place = Placement.objects.get(enterprise__uscc=CODE)
    assert (place.arrival, place.park) == ("from_outside", None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"uscc": "91500116MA0000001X"}, "校验位不符"),
        ({"name": ""}, "必填"),
        ({"town": ""}, "必填"),
        ({"town": "degan"}, "有效的选项"),
        ({"since": "2099-01-01"}, "日期不得晚于今天"),
        ({"since": "2026-01-01"}, "不得早于注册日期（2026-02-01）"),
        ({"industry_code": "3670"}, "门类字母"),
        ({"reason": ""}, "必填"),
        ({"name": "江津\x07制造"}, "控制字符"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_lost(clerk, wrong, said):  # noqa: F811
    answer = send(clerk, **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"]["contact_name"].value() == "王工"
    assert not Enterprise.objects.filter(uscc=CODE).exists()


def test_a_registered_code_leads_to_its_firm(clerk):  # noqa: F811
    one = firm()
    answer = send(clerk, uscc=one.uscc)
    assert f"该代码已登记为“{one.name}”" in text_of(answer, 422)
    assert reverse("firm", args=[one.uscc]) in answer.content.decode()


def test_a_firm_of_the_same_name_is_shown_before_and_confirmed(clerk):  # noqa: F811
    twin = firm(name=NAME)
    answer = send(clerk)
    assert f"{twin.name} {twin.uscc} ：名称相同" in text_of(answer, 422)
    assert not Enterprise.objects.filter(uscc=CODE).exists()
    # A tick without having seen is no confirmation; nor is one for other entries.
    assert send(clerk, confirmed="on").status_code == 422
    assert confirm(clerk, answer, park="shuangfu").status_code == 422
    confirm(clerk, answer)
    assert Enterprise.objects.get(uscc=CODE).name == NAME


@pytest.mark.parametrize(
    ("name", "why"),
    [("江津登记试验制造有限责任公司", None), ("江津登记试验织造有限公司", "名称几乎相同")],
)
def test_an_almost_equal_name_is_shown(clerk, name, why):  # noqa: F811
    firm(name=name)
    answer = send(clerk)
    assert (answer.status_code == 422) == bool(why)
    if why:
        assert why in text_of(answer, 422)


def test_a_former_name_and_a_corrected_code_are_shown(clerk):  # noqa: F811
    one, other = firm(name=NAME), firm()
    wrong = other.uscc
    renamed = acts.Rename(uscc=one.uscc, name="江津全新工业有限公司", on=dt.date(2026, 5, 1))
    right = acts.CorrectCode(uscc=wrong, code=code(6_100_002))
    registry.apply([renamed, right], by=None)
    assert "曾用名相同" in text_of(send(clerk), 422)
    answer = send(clerk, uscc=wrong, name="江津另外一家电子有限公司")
    assert "曾登记为这个信用代码，后已更正" in text_of(answer, 422)


def test_another_look_alike_since_is_shown_again(clerk):  # noqa: F811
    firm(name=NAME)
    answer = send(clerk)
    second = firm(name=NAME)
    again = confirm(clerk, answer)
    assert second.uscc in text_of(again, 422)


# --- undoing ---
def take_back(client, entry: LedgerEntry, **values):
    """As a person does it: look, give a reason, send."""
    address = reverse("firm_take_back", args=[entry.enterprise.uscc, entry.pk])
    shown = client.get(address)
    sent = {"reason": "登记错了", "mark": shown.context["mark"]} | values
    return client.post(address, sent, follow=True)


def test_the_registration_is_taken_back_with_what_was_built_on_it(clerk):  # noqa: F811
    page = text_of(send(clerk))
    assert "撤销" in page
    made = Enterprise.objects.get(uscc=CODE)
    register(clerk, made, "rename", name="江津改名试验有限公司", on="2026-05-01")
    first = LedgerEntry.objects.filter(enterprise=made).earliest("pk")
    shown = text_of(clerk.get(reverse("firm_take_back", args=[CODE, first.pk])))
    assert "将撤销 3 笔" in shown
    assert "必填" in take_back(clerk, first, reason="").content.decode()
    gone = text_of(take_back(clerk, first))
    assert "登记已撤销" in gone
    made.refresh_from_db()
    assert made.is_void
    assert not made.placements.exists()
    assert made.name == NAME
    undone = LedgerEntry.objects.filter(enterprise=made, act="undone")
    assert {(one.by.username, one.reason) for one in undone} == {("小石", "登记错了")}
    # Not twice; and it can be registered again.
    address = reverse("firm_take_back", args=[CODE, first.pk])
    assert clerk.get(address).status_code == 404
    send(clerk)
    made.refresh_from_db()
    assert not made.is_void
    assert made.placements.get().park.code == "degan"


def test_a_single_change_is_taken_back_alone(clerk):  # noqa: F811
    one = firm()
    register(clerk, one, "close", on="2026-06-30", cause="revoked")
    entry = LedgerEntry.objects.filter(enterprise=one, act="closed").get()
    take_back(clerk, entry)
    assert not one.closures.exists()
    assert one.placements.get().until is None


def test_what_changed_since_the_look_is_looked_at_again(clerk):  # noqa: F811
    one = firm()
    register(clerk, one, "move", park="shuangfu", town="500116004", on="2026-05-01")
    entry = LedgerEntry.objects.get(enterprise=one, act="moved")
    register(clerk, one, "leave", on="2026-06-01")
    answer = take_back(clerk, entry, mark=str(entry.pk))
    assert answer.status_code == 422
    assert "请重新核对" in answer.content.decode()
    assert one.placements.count() == 2
    take_back(clerk, entry)
    assert one.placements.get().until is None


def test_what_a_list_told_or_built_on_is_not_taken_back_here(clerk, tmp_path):  # noqa: F811
    one = firm()
    placed = LedgerEntry.objects.get(enterprise=one, act="placed")
    # Written by a command, with nobody's name.
    assert clerk.get(reverse("firm_take_back", args=[one.uscc, placed.pk])).status_code == 404
    page = clerk.get(reverse("firm", args=[one.uscc])).content.decode()
    assert "undo/" not in page


@pytest.mark.parametrize("who", ["老郑", "审计", "德感"])
def test_only_the_bureau_registers_and_takes_back(client, people, who):
    client.force_login(people["小石"])
    send(client)
    entry = LedgerEntry.objects.filter(enterprise__uscc=CODE).earliest("pk")
    client.force_login(people[who])
    assert send(client, uscc=code(6_100_009)).status_code == 403
    assert client.get(reverse("firm_take_back", args=[CODE, entry.pk])).status_code == 403
    for page in (reverse("firm_list"), reverse("firm", args=[CODE])):
        shown = client.get(page).content.decode()
        assert NEW not in shown
        assert "undo/" not in shown


# --- API ---
def post(client, path: str, **body):
    return client.post(f"/api/v1/enterprises/{path}", body, content_type="application/json")


def test_the_api_registers_asks_and_takes_back(clerk):  # noqa: F811
    sent = {name: value for name, value in ALL.items() if value}
    made = post(clerk, "", **sent)
    assert (made.status_code, made.json()["uscc"], made.json()["park"]) == (201, CODE, "degan")
    again = post(clerk, "", **sent)
    assert again.status_code == 400
    assert "该代码已登记" in str(again.json())
    other = sent | {"uscc": code(6_100_003)}
    asked = post(clerk, "", **other)
    assert (asked.status_code, asked.json()["code"]) == (422, "second_look")
    assert [one["uscc"] for one in asked.json()["alike"]] == [CODE]
    assert post(clerk, "", **other, confirmed=True).status_code == 201
    first = LedgerEntry.objects.filter(enterprise__uscc=CODE).earliest("pk")
    told = {"entry": first.pk, "reason": "登记错了"}
    look = post(clerk, f"{CODE}/take-back/", **told)
    assert (look.status_code, look.json()["mark"]) == (422, f"{first.pk}-{first.pk + 1}")
    done = post(clerk, f"{CODE}/take-back/", **told, mark=look.json()["mark"])
    assert [one["act"] for one in done.json()] == ["undone", "undone"]
    assert post(clerk, f"{CODE}/take-back/", **told).status_code == 404
    assert Enterprise.objects.get(uscc=CODE).is_void


def test_looking_costs_as_much_beside_many_firms(clerk, django_assert_num_queries):  # noqa: F811
    firm(name=NAME)
    with CaptureQueriesContext(connection) as few:
        send(clerk)
    for _ in range(6):
        firm(name=NAME)
    with django_assert_num_queries(len(few)):
        send(clerk)
