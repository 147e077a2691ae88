"""Where a firm's application stands: the act, its refusals, taking it back, and the page on which it is told."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.applications import rules as application_rules
from enterprises.models import Application, LedgerEntry, QualificationKind
from enterprises.refusal import Refusal
from enterprises.registry import acts, undoing
from tests.firms import firm

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = dt.date(2026, 5, 4), dt.date(2026, 6, 5), dt.date(2026, 7, 6)


@pytest.fixture
def one(people):
    return firm(hnte=True)


def told(one, stage="preparing", on=MAY, year=2026, **values) -> registry.WriteReport:
    return registry.apply(
        [acts.Apply(uscc=one.uscc, kind="hnte", year=year, stage=stage, on=on, **values)], by=None
    )


def rows(one) -> list[tuple]:
    return list(one.applications.order_by("kind", "since").values_list("stage", "since", "until"))


def test_a_further_stage_ends_the_one_before_it(one):
    told(one, agency="甲咨询")
    told(one, "filed", JUNE, batch=2, agency="甲咨询")
    assert rows(one) == [("preparing", MAY, JUNE), ("filed", JUNE, None)]
    entry = LedgerEntry.objects.filter(act="applied").latest("pk")
    assert entry.before == {"stage": "preparing", "batch": None}
    assert entry.after == {"stage": "filed", "batch": 2}
    assert entry.effective_on == JUNE


def test_the_same_stage_gets_other_details_and_keeps_its_day(one):
    told(one, "filed")
    assert told(one, "filed", JUNE).changes == []
    told(one, "filed", JUNE, agency="乙咨询", batch=1)
    assert rows(one) == [("filed", MAY, None)]
    assert one.applications.get().agency == "乙咨询"


def test_another_stage_on_the_same_day_corrects_it(one):
    told(one)
    told(one, "filed", MAY)
    assert rows(one) == [("filed", MAY, None)]


def test_each_kind_has_a_course_of_its_own(one):
    told(one)
    registry.apply(
        [acts.Apply(uscc=one.uscc, kind="srdi", year=2026, stage="filed", on=JUNE)], by=None
    )
    assert rows(one) == [("preparing", MAY, None), ("filed", JUNE, None)]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"stage": "given_up"}, "note", "放弃申报须写明原因"),
        ({"stage": "given_up", "note": "  "}, "note", "放弃申报须写明原因"),
        ({"on": dt.date(2026, 5, 3), "stage": "filed"}, "on", "已有2026-05-04起的申报状态"),
        ({"year": 1999}, "year", "申报年度1999不在"),
        ({"batch": 13}, "batch", "批次应在1至12之间"),
        ({"stage": "won"}, "stage", "won"),
        ({"note": "坏\x00字"}, "", "控制字符"),
    ],
)
def test_what_cannot_be_is_refused_in_words(one, values, field, words):
    told(one)
    with pytest.raises(registry.ActsRefused) as refused:
        told(one, **{"stage": "filed", "on": JUNE, **values})
    assert words in str(refused.value)
    assert not field or refused.value.errors[0].field == field
    assert rows(one) == [("preparing", MAY, None)]


def test_every_step_can_be_taken_back_to_nothing(one, people):
    hnte = QualificationKind.objects.get(code="hnte")
    told(one)
    told(one, "filed", JUNE)
    told(one, "filed", JUNE, agency="甲")
    told(one, "given_up", JULY, note="不再申报")
    for left in (
        [("preparing", MAY, JUNE), ("filed", JUNE, None)],
        [("preparing", MAY, JUNE), ("filed", JUNE, None)],
        [("preparing", MAY, None)],
        [],
    ):
        application_rules.take_back(
            one, hnte, seen=application_rules.current_standing(one, hnte).seen, by=people["小石"]
        )
        assert rows(one) == left
    with pytest.raises(Refusal, match="没有可撤回"):
        application_rules.take_back(
            one, hnte, seen=application_rules.current_standing(one, hnte).seen, by=people["小石"]
        )


def test_taking_back_a_step_leaves_another_kind_that_ended_that_day_alone(one):
    told(one)
    told(one, "filed", JUNE)
    for stage, day in (("preparing", MAY), ("filed", JUNE)):
        registry.apply(
            [acts.Apply(uscc=one.uscc, kind="srdi", year=2026, stage=stage, on=day)], by=None
        )
    last = LedgerEntry.objects.latest("pk")
    registry.apply(undoing.plan_undoing([(last.pk, last.pk)]).acts, by=None)
    assert rows(one) == [("preparing", MAY, JUNE), ("filed", JUNE, None), ("preparing", MAY, None)]


def test_what_is_built_on_is_not_taken_back(one):
    told(one)
    first = LedgerEntry.objects.latest("pk")
    told(one, "filed", JUNE)
    assert list(undoing.plan_undoing([(first.pk, first.pk)]).blockers) == [one.uscc]


# --- the page -------------------------------------------------------------------------------------------------------
def address(one) -> str:
    return f"/firms/{one.uscc}/application/"


def filled(one, **values) -> dict[str, object]:
    kind = QualificationKind.objects.get(code="hnte")
    usual = {
        "stage": "preparing",
        "on": str(timezone.localdate()),
        "year": timezone.localdate().year + 1,
        "batch": "",
        "agency": "",
        "note": "",
    }
    return usual | {"seen": application_rules.current_standing(one, kind).seen} | values


def test_the_unit_and_the_bureau_tell_the_state_and_it_stands_on_the_firms_page(
    client, people, one
):
    for who, stage in (("德感", "preparing"), ("街道", "filed"), ("小石", "publicity")):
        client.force_login(people[who])
        answer = client.post(
            address(one), filled(one, stage=stage, agency="甲咨询", batch=3), follow=True
        )
        assert answer.redirect_chain[-1][0] == f"/firms/{one.uscc}/"
        assert "已登记" in answer.content.decode()
    shown = answer.content.decode()
    for words in ("申报与续证", "甲咨询", "公示中", "登记申报状态"):
        assert words in shown
    assert LedgerEntry.objects.latest("pk").by == people["小石"]


def test_others_may_neither_see_nor_fill_in_the_form(client, people, one):
    stranger = firm(park="baisha", town="500116108")
    for who, where, status in (("老郑", one, 403), ("审计", one, 403), ("德感", stranger, 404)):
        client.force_login(people[who])
        assert client.get(address(where)).status_code == status
        assert client.post(address(where), filled(where)).status_code == status
    assert not Application.objects.exists()


def test_a_unit_that_the_firm_has_left_tells_its_state_no_more(client, people, one):
    today = timezone.localdate()
    registry.apply([acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=today)], by=None)
    client.force_login(people["德感"])
    assert client.get(f"/firms/{one.uscc}/").status_code == 200
    assert client.post(address(one), filled(one)).status_code == 403


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"stage": "given_up"}, "放弃申报须写明原因"),
        ({"on": "2126-01-01"}, "日期"),
        ({"on": "昨天"}, "日期"),
        ({"year": 2025}, "申报年度须晚于它"),
        ({"batch": 99}, "12"),
        ({"stage": "won"}, "won"),
        ({"agency": "很" * 61}, "60"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_lost(client, people, one, values, words):
    client.force_login(people["小石"])
    answer = client.post(address(one), filled(one, **{"agency": "甲咨询", **values}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "很很" in answer.content.decode() or "甲咨询" in answer.content.decode()
    assert not Application.objects.exists()


def test_whoever_did_not_see_the_last_state_is_told_and_can_then_decide(client, people, one):
    stale = filled(one, stage="given_up", note="企业来电")
    told(one, "filed", JUNE)
    client.force_login(people["小石"])
    answer = client.post(address(one), stale)
    assert answer.status_code == 422
    for words in ("已更新该企业的申报状态", "企业来电", "已申报"):
        assert words in answer.content.decode()
    assert client.post(address(one), stale | {"take_back": "1"}).status_code == 422
    assert rows(one) == [("filed", JUNE, None)]
    again = answer.context["form"]
    client.post(address(one), stale | {"seen": again["seen"].value()})
    assert [stage for stage, *_ in rows(one)] == ["filed", "given_up"]


def test_after_a_certificate_the_form_begins_anew(client, people, one):
    client.force_login(people["小石"])
    told(one, "publicity", JUNE, year=2025, batch=3)  # the certificate of class 2025 came of it
    form = client.get(address(one)).context["form"]
    assert (form["stage"].value(), form["year"].value()) == ("preparing", timezone.localdate().year)
    told(one, "filed", JULY, year=2028, batch=2)
    form = client.get(address(one)).context["form"]
    assert (form["stage"].value(), form["year"].value(), form["batch"].value()) == (
        "filed",
        2028,
        2,
    )


def test_an_application_for_another_kind_is_told_on_the_same_page(client, people, one):
    client.force_login(people["德感"])
    page = client.get(f"{address(one)}?kind=srdi&next=/renewals/").content.decode()
    assert "?kind=hnte&amp;next=%2Frenewals%2F" in page
    client.post(f"{address(one)}?kind=srdi", filled(one, stage="filed"))
    assert one.applications.get().kind.code == "srdi"


def test_the_last_word_is_taken_back_on_the_page(client, people, one):
    told(one, "filed", JUNE)
    client.force_login(people["德感"])
    page = client.get(address(one)).content.decode()
    assert "撤回最近一次登记" in page
    client.post(address(one), {"seen": filled(one)["seen"], "take_back": "1"})
    assert rows(one) == []
    assert "撤回最近一次登记" not in client.get(address(one)).content.decode()


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/renewals/?state=all", "/renewals/?state=all"),
        ("//evil.example/", None),
        ("https://evil.example/", None),
    ],
)
def test_it_leads_back_to_a_page_of_the_portal_only(client, people, one, back, goes):
    client.force_login(people["小石"])
    answer = client.post(f"{address(one)}?next={back}", filled(one))
    assert answer["Location"] == (goes or f"/firms/{one.uscc}/")


def test_an_address_that_is_not_understood_is_not_found(client, people, one):
    client.force_login(people["小石"])
    for query in ("kind=nothing", "colour=red", "kind=hnte&kind=srdi"):
        assert client.get(f"{address(one)}?{query}").status_code == 404
