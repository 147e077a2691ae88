"""Certificates granted by hand, and days and places of the past put right: form, facts, figures, undoing."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry, Placement, Qualification
from enterprises.registry import acts
from targets.figures import counting
from targets.models import Definition
from tests.firms import FOUNDED, TODAY, firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    DAY,
    REASON,
    address,
    clerk,
    hnte_on_home,
    register,
    standing,
    written,
)
from tests.targets.by_hand.test_new_firm import take_back
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
NUMBER = "GR202651100077"


def counted(unit: str, day: dt.date) -> int:
    return counting.count([day], Definition.CERTIFICATE).value(day, unit, "hnte")


def told(one: Enterprise, model=Placement) -> list[tuple]:
    return [
        (str(row.since), str(row.until), row.park.code if row.park else "", row.town.code)
        for row in model.objects.filter(enterprise=one).order_by("since")
    ]


@pytest.fixture
def mover(clerk) -> Enterprise:  # noqa: F811
    """Stood in 德感 and moved to 双福 in May."""
    one = firm(hnte=True)
    move = acts.Move(uscc=one.uscc, park="shuangfu", town="500116004", on=MAY)
    registry.apply([move], by=None)
    return one


# --- certificates ---
def test_a_certificate_is_granted_and_counts(clerk):  # noqa: F811
    one = firm()
    assert hnte_on_home(clerk) == 0
    register(clerk, one, "grant", kind="hnte", number=NUMBER.lower(), valid_from="2026-05-01")
    held = Qualification.objects.get(enterprise=one)
    assert (held.number, str(held.valid_from), str(held.valid_until), held.until_basis) == (
        NUMBER,
        "2026-05-01",
        "2029-05-01",
        "term",
    )
    assert written(one).act == "granted"
    assert hnte_on_home(clerk) == 1
    take_back(clerk, LedgerEntry.objects.get(enterprise=one, act="granted"))
    assert hnte_on_home(clerk) == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"number": "GR2023"}, "应为14位"),
        ({"kind": ""}, "必填"),
        ({"kind": "magic"}, "有效的选项"),
        ({"valid_from": ""}, "必填"),
        ({"valid_until": "2026-04-30"}, "有效期至早于发证日期"),
    ],
)
def test_a_certificate_that_is_none_is_refused(clerk, values, said):  # noqa: F811
    one = firm()
    all_of_it = {"kind": "hnte", "number": NUMBER, "valid_from": "2026-05-01"} | values
    answer = register(clerk, one, "grant", **all_of_it)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Qualification.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"valid_until": "2029-05-02"}, "应到2029-05-01止，2029-05-02晚了1天"),
        ({"valid_from": "2024-05-01"}, "发证日期2024-05-01距今已一年以上"),
        ({"valid_from": "2014-05-01"}, "发证日期早于注册日期（2015-03-01）"),
        ({"valid_from": "2014-05-01"}, "登记的所在地自2015-03-01起，此前这项资质不计入统计"),
    ],
)
def test_an_odd_certificate_is_looked_at_once_more(clerk, values, said):  # noqa: F811
    one = firm()
    sent = {"kind": "hnte", "number": NUMBER, "valid_from": "2026-05-01", "reason": REASON}
    answer = clerk.post(address(one, "grant"), sent | values)
    assert said in text_of(answer, 422)
    assert not Qualification.objects.exists()
    register(clerk, one, "grant", **(sent | values))
    assert Qualification.objects.get().number == NUMBER


def test_a_number_that_is_anothers_and_a_second_one_of_a_day_are_refused(clerk):  # noqa: F811
    one, other = firm(hnte=True), firm()
    held = Qualification.objects.get(enterprise=one)
    day = str(held.valid_from)
    refused = register(clerk, other, "grant", kind="hnte", number=held.number, valid_from=day)
    assert "名下" in text_of(refused, 422)
    second = register(clerk, one, "grant", kind="hnte", number="GR202451109999", valid_from=day)
    assert f"登记的编号为{held.number}" in text_of(second, 422)
    assert Qualification.objects.count() == 1


def test_of_a_known_certificate_nothing_is_passed_over(clerk):  # noqa: F811
    one = firm(hnte=True)
    held = Qualification.objects.get(enterprise=one)
    sent = {"kind": "hnte", "number": held.number, "valid_from": str(held.valid_from)}
    answer = register(clerk, one, "grant", **sent, valid_until="2028-01-01")
    assert f"登记为{held.valid_until}，所填为2028-01-01" in text_of(answer, 422)
    assert "没有变化" in text_of(register(clerk, one, "grant", **sent))


def test_the_days_of_a_certificate_are_corrected(clerk):  # noqa: F811
    one = firm()
    grant = acts.Grant(uscc=one.uscc, kind="hnte", number=NUMBER, valid_from=dt.date(2026, 7, 1))
    registry.apply([grant], by=None)
    held = Qualification.objects.get()
    assert hnte_on_home(clerk) == 0
    register(clerk, one, "correct_certificate", qualification=held.pk, issued_on="2026-06-01")
    held.refresh_from_db()
    assert (str(held.valid_from), str(held.valid_until), held.class_year) == (
        "2026-06-01",
        "2029-06-01",
        2026,
    )
    assert written(one).before == {"valid_from": "2026-07-01", "valid_until": "2029-07-01"}
    assert hnte_on_home(clerk) == 1
    register(
        clerk, one, "correct_certificate", qualification=held.pk,
        valid_until="2029-05-31", class_year=2025, recognition="again",
    )  # fmt: skip
    held.refresh_from_db()
    assert (str(held.valid_until), held.until_basis, held.class_year, held.recognition) == (
        "2029-05-31",
        "",
        2025,
        "again",
    )
    # A printed last day does not follow the day of issue any more.
    register(clerk, one, "correct_certificate", qualification=held.pk, issued_on="2026-06-02")
    held.refresh_from_db()
    assert (str(held.valid_until), held.class_year) == ("2029-05-31", 2025)
    take_back(clerk, LedgerEntry.objects.filter(enterprise=one, act="extended").earliest("pk"))
    held.refresh_from_db()
    assert (str(held.valid_from), str(held.valid_until), held.until_basis, held.class_year) == (
        "2026-07-01",
        "2029-07-01",
        "term",
        2026,
    )


def test_a_mention_gets_its_printed_days(clerk):  # noqa: F811
    one = firm()
    seen = acts.Grant(uscc=one.uscc, kind="hnte", valid_from=JUNE, dating="first_seen")
    registry.apply([seen], by=None)
    held = Qualification.objects.get()
    register(clerk, one, "correct_certificate", qualification=held.pk, issued_on="2026-05-01")
    held.refresh_from_db()
    assert (held.is_first_seen, str(held.valid_from)) == (False, "2026-05-01")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"issued_on": "2099-01-01"}, "日期不得晚于今天"),
        ({"valid_until": "2020-01-01"}, "早于发证日期"),
        ({"class_year": "1900"}, "1949"),
        ({"qualification": ""}, "必填"),
    ],
)
def test_days_that_cannot_be_are_refused(clerk, values, said):  # noqa: F811
    one = firm(hnte=True)
    held = Qualification.objects.get()
    answer = register(clerk, one, "correct_certificate", **({"qualification": held.pk} | values))
    assert said in text_of(answer, 422)
    assert Qualification.objects.get().valid_from == held.valid_from


def test_a_withdrawn_one_is_not_issued_after_its_end(clerk):  # noqa: F811
    one = firm(hnte=True)
    held = Qualification.objects.get()
    gone = acts.Revoke(uscc=one.uscc, kind="hnte", number=held.number, on=MAY)
    registry.apply([gone], by=None)
    sent = {"qualification": held.pk, "issued_on": "2026-05-02"}
    assert "取消日期（2026-05-01）早于发证日期" in text_of(
        register(clerk, one, "correct_certificate", **sent), 422
    )


# --- places ---
@pytest.mark.parametrize("day", ["2026-04-10", "2026-05-20"])
def test_the_day_of_a_move_is_corrected_and_the_figures_follow(clerk, mover, day):  # noqa: F811
    assert (counted("shuangfu", MAY), counted("degan", MAY)) == (1, 0)
    register(clerk, mover, "correct_placement", stay=str(MAY), begins_on=day)
    assert told(mover) == [
        (str(FOUNDED), day, "degan", "500116002"),
        (day, "None", "shuangfu", "500116004"),
    ]
    entry = written(mover)
    assert (entry.act, entry.before, entry.after) == (
        "corrected",
        {"since": "2026-05-01"},
        {"since": day},
    )
    earlier = day < str(MAY)
    assert (counted("shuangfu", MAY), counted("degan", MAY)) == (earlier, not earlier)
    page = text_of(clerk.get(reverse("firm", args=[mover.uscc])))
    assert "更正登记" in page
    take_back(clerk, entry)
    assert told(mover) == [
        (str(FOUNDED), str(MAY), "degan", "500116002"),
        (str(MAY), "None", "shuangfu", "500116004"),
    ]


def test_two_corrections_are_taken_back_at_once(clerk, mover):  # noqa: F811
    register(clerk, mover, "correct_placement", stay=str(MAY), begins_on="2026-05-20")
    first = written(mover)
    register(clerk, mover, "correct_placement", stay="2026-05-20", begins_on="2026-05-10")
    take_back(clerk, first)
    assert told(mover)[0][1] == told(mover)[1][0] == str(MAY)


def test_a_wrong_place_of_the_past_is_corrected(clerk, mover):  # noqa: F811
    answer = register(
        clerk, mover, "correct_placement", stay=str(FOUNDED), park="outside", town="500116001"
    )
    assert answer.status_code == 200
    assert told(mover)[0] == (str(FOUNDED), str(MAY), "", "500116001")
    assert counted("outside", dt.date(2026, 4, 1)) == 1
    assert standing(mover).placement.park.code == "shuangfu"


def test_the_first_day_is_corrected(clerk):  # noqa: F811
    one = firm(hnte=True)
    register(clerk, one, "correct_placement", stay=str(FOUNDED), begins_on="2026-06-30")
    assert told(one)[0][:2] == ("2026-06-30", "None")
    assert counted("district", TODAY - dt.timedelta(days=1)) == 0
    assert counted("district", TODAY) == 1


def test_a_day_of_leaving_is_corrected_or_taken_out(clerk):  # noqa: F811
    one = firm(hnte=True)
    registry.apply([acts.Leave(uscc=one.uscc, on=JUNE)], by=None)
    register(clerk, one, "correct_placement", stay=str(FOUNDED), until="2026-06-15")
    assert told(one)[0][1] == "2026-06-15"
    register(clerk, one, "correct_placement", stay=str(FOUNDED), stays="on")
    assert told(one)[0][1] == "None"
    assert hnte_on_home(clerk) == 1


@pytest.mark.parametrize(
    ("stay", "values", "said"),
    [
        (MAY, {"begins_on": "2015-03-01"}, "起始日须晚于前一段的起始日（2015-03-01）"),
        (MAY, {"park": "degan", "town": "500116002"}, "与前一段所在地相同"),
        (MAY, {"until": "2026-04-30"}, "起始日须早于结束日（2026-04-30）"),
        (MAY, {"until": "2026-06-01", "stays": "on"}, "没有迁出的，不填迁出日期"),
        (FOUNDED, {"until": "2026-04-30"}, "这一段之后是区内迁移"),
        (FOUNDED, {"stays": "on"}, "这一段之后是区内迁移"),
        (FOUNDED, {"begins_on": "2026-05-01"}, "起始日须早于结束日（2026-05-01）"),
        (MAY, {"begins_on": "2099-05-01"}, "日期不得晚于今天"),
        (JUNE, {}, "有效的选项"),
        ("", {}, "必填"),
    ],
)
def test_places_that_cannot_be_are_refused(clerk, mover, stay, values, said):  # noqa: F811
    before = told(mover)
    answer = register(clerk, mover, "correct_placement", stay=str(stay), **values)
    assert said in text_of(answer, 422)
    assert told(mover) == before


@pytest.mark.parametrize(
    ("stay", "values", "said"),
    [
        (FOUNDED, {"until": "2026-06-20"}, "企业2026-06-10又迁入，迁出不得晚于该日"),
        (FOUNDED, {"stays": "on"}, "企业2026-06-10又迁入"),
        ("2026-06-10", {"begins_on": "2026-05-20"}, "企业2026-06-01才迁出"),
    ],
)
def test_a_stay_does_not_run_into_the_next(clerk, stay, values, said):  # noqa: F811
    one = firm()
    back = acts.Place(uscc=one.uscc, park="degan", town="500116002", since=dt.date(2026, 6, 10))
    registry.apply([acts.Leave(uscc=one.uscc, on=JUNE), back], by=None)
    answer = register(clerk, one, "correct_placement", stay=str(stay), **values)
    assert said in text_of(answer, 422)
    # Up to it, it may.
    register(clerk, one, "correct_placement", stay="2026-06-10", begins_on="2026-06-01")
    assert [row[:2] for row in told(one)] == [(str(FOUNDED), "2026-06-01"), ("2026-06-01", "None")]


def test_what_changes_figures_of_long_ago_is_looked_at_once_more(clerk, mover):  # noqa: F811
    sent = {"stay": str(FOUNDED), "park": "baisha", "town": "500116108", "reason": REASON}
    answer = clerk.post(address(mover, "correct_placement"), sent)
    assert "所在地变动自2015-03-01距今已一年以上" in text_of(answer, 422)
    assert told(mover)[0][2] == "degan"


# --- names ---
def test_the_day_of_a_renaming_is_corrected_and_taken_back_with_it(clerk):  # noqa: F811
    one = firm(name="江津旧名电子有限公司")
    register(clerk, one, "rename", name="江津新名电子有限公司", on=str(JUNE))
    renamed = written(one)
    register(clerk, one, "correct_renaming", former=str(JUNE), on=str(MAY))
    assert written(one).act == "corrected"
    names = [standing(one, day).name[2:4] for day in (dt.date(2026, 4, 30), MAY, JUNE)]
    assert names == ["旧名", "新名", "新名"]
    correction = written(one)
    take_back(clerk, correction)
    assert [str(name.until) for name in one.former_names.all()] == [str(JUNE)]
    register(clerk, one, "correct_renaming", former=str(JUNE), on=str(MAY))
    take_back(clerk, renamed)
    assert not one.former_names.exists()
    assert standing(one).name == "江津旧名电子有限公司"


def test_renamings_keep_their_order(clerk):  # noqa: F811
    one = firm(name="江津一号电子有限公司")
    for name, day in (("江津二号电子有限公司", MAY), ("江津三号电子有限公司", JUNE)):
        registry.apply([acts.Rename(uscc=one.uscc, name=name, on=day)], by=None)
    late = register(clerk, one, "correct_renaming", former=str(MAY), on=str(JUNE))
    assert "须早于下一次更名（2026-06-01）" in text_of(late, 422)
    early = register(clerk, one, "correct_renaming", former=str(JUNE), on=str(MAY))
    assert "须晚于上一次更名（2026-05-01）" in text_of(early, 422)


# --- contact, field, registration ---
def test_contact_field_and_registration_are_edited(clerk, people):  # noqa: F811
    one = firm()
    shown = clerk.get(address(one, "contact")).content.decode()
    assert "联系电话" in shown
    register(clerk, one, "contact", contact_name="周工", contact_phone="023-47512345")
    register(clerk, one, "details", tech_field="electronics", registered_on="2015-04-01")
    one.refresh_from_db()
    assert (one.contact_name, one.contact_phone, str(one.registered_on)) == (
        "周工",
        "023-47512345",
        "2015-04-01",
    )
    assert one.tech_field.code == "electronics"
    # Whoever is not of its unit does not see them.
    clerk.force_login(people["老郑"])
    page = text_of(clerk.get(reverse("firm", args=[one.uscc])))
    assert "周工" not in page
    assert "47512345" not in page


# --- API ---
def test_the_api_takes_the_same_corrections(clerk, mover):  # noqa: F811
    def send(**body):
        path = f"/api/v1/enterprises/{mover.uscc}/changes/"
        body |= {"reason": REASON, "confirmed": True}
        return clerk.post(path, body, content_type="application/json")

    moved = send(act="correct_placement", stay=str(MAY), begins_on="2026-05-03", park="outside")
    assert [one["act"] for one in moved.json()] == ["corrected"]
    assert told(mover)[1] == ("2026-05-03", "None", "", "500116004")
    granted = send(act="grant", kind="tech", valid_from="2026-05-05")
    assert [one["act"] for one in granted.json()] == ["granted"]
    tech = Qualification.objects.get(enterprise=mover, kind__code="tech")
    assert send(act="correct_certificate", qualification=tech.pk, issued_on=DAY).status_code == 200
    assert send(act="contact", contact_name="周工").status_code == 200
    assert send(act="correct_renaming", former="2020-01-01", on=DAY).status_code == 400
    assert send(act="incident", kind="magic", on=DAY, source="某局").status_code == 400
    assert send(act="contact", stay=str(MAY)).status_code == 400
