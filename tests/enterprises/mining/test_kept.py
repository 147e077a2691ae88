"""Kept judgements are those that judging anew gives, whatever was written in between."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.eligibility.rule_sets import rule_book
from enterprises.mining import kept, kept_check, lists
from enterprises.mining.population import here_on
from enterprises.models import (
    Enterprise,
    IpClassRule,
    JudgementMark,
    KeptJudgement,
    LedgerEntry,
    LedgerHead,
    RuleSet,
    TechField,
)
from enterprises.registry import acts, undoing
from tests.clock import noon_of
from tests.effort import examples
from tests.enterprises.mining.districts import District
from tests.enterprises.mining.test_candidates import SOUND
from tests.firms import code, merging
from tests.targets.figures.test_counting import on_the_database, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
DAY = dt.date(2026, 11, 30)
CODES = [code(8_300_000 + number) for number in range(4)]
FORMS = ["有限责任公司", "股份有限公司", "分公司"]
LATER = {"next day": dt.timedelta(1), "next year": dt.timedelta(320)}
RIGHTS = [("invention", "ZL1"), ("utility_model", "ZL2")]
SOME_DAYS = [DAY - dt.timedelta(days=days) for days in (0, 1, 364, 365, 366, 1000)]


@st.composite
def figures(draw, uscc):
    """Of a year; some are left out, some at their bounds."""
    told = draw(
        st.fixed_dictionaries({}, optional={name: st.just(value) for name, value in SOUND.items()})
    )
    told |= draw(
        st.sampled_from(
            [{}, {"rd_staff": 4}, {"rd_staff": 3}, {"hightech_income": 900}, {"rd_expense": 75}]
        )
    )
    return acts.RecordFigures(uscc=uscc, year=draw(st.integers(2021, 2026)), values=told)


@st.composite
def of_right(draw, uscc):
    """Two rights go from firm to firm, end, and are used by whoever has them on a day."""
    right, number = draw(st.sampled_from(RIGHTS))
    told = {"uscc": uscc, "right": right, "number": number, "confirmed": True}
    day = draw(st.sampled_from(SOME_DAYS))
    return draw(
        st.one_of(
            st.builds(acts.RecordIpItem, granted_on=st.just(SOME_DAYS[-1]), since=st.just(day),
                      obtained=st.sampled_from(["own", "bought", "given"]), **fixed(told)),
            st.just(acts.UseIpItem(year=day.year, on=day, **told)),
            st.builds(acts.EndIpItem, on=st.just(day), how=st.sampled_from(["lapsed", "transferred"]),
                      **fixed(told)),
        )
    )  # fmt: skip


def fixed(told):
    return {name: st.just(value) for name, value in told.items()}


@st.composite
def one_act(draw):
    uscc, day = draw(st.sampled_from(CODES)), draw(st.sampled_from(SOME_DAYS))
    told = {"uscc": uscc, "confirmed": True}
    return draw(
        st.one_of(
            figures(uscc),
            figures(uscc),
            of_right(uscc),
            of_right(uscc),
            st.just(acts.Amend(uscc=uscc, registered_on=day)),
            st.builds(acts.Amend, uscc=st.just(uscc), legal_form=st.sampled_from(FORMS)),
            st.builds(acts.Amend, uscc=st.just(uscc), tech_field=st.sampled_from(["materials", "energy"])),
            st.builds(acts.RecordIncident, uscc=st.just(uscc), kind=st.sampled_from(["none", "safety"]),
                      on=st.just(day), source=st.just("环保局"), confirmed=st.just(True)),
            st.just(acts.EnterPool(stage="seed", on=day, **told)),
            st.just(acts.Grant(kind="hnte", valid_from=day, **told)),
            st.just(acts.Close(on=day, **told)),
        )
    )  # fmt: skip


STEPS = st.lists(
    st.one_of(
        st.lists(one_act(), min_size=1, max_size=4),
        st.sampled_from(
            ["read", "undo", "next day", "next year", "field", "rules", "class", "anew", "merge"]
        ),
    ),
    min_size=4,
    max_size=14,
)


def begin() -> None:
    for number, uscc in enumerate(CODES):
        first = [
            acts.Register(uscc=uscc, name=f"江津判定{number}号公司", registered_on=dt.date(2015, 3, 2)),
            acts.Place(uscc=uscc, park="degan", town="500116002", since=dt.date(2020, 1, 1)),
        ]  # fmt: skip
        if number % 2:
            first += [
                acts.RecordFigures(uscc=uscc, year=year, values=SOUND)
                for year in (2023, 2024, 2025)
            ]
        registry.apply(first, by=None)


def write(done: list[acts.Act]) -> None:
    """What the registry refuses is not written."""
    for act in done:
        if not registry.preview([act], by=None).errors:
            registry.apply([act], by=None)


def change_rules(kind: str, **thresholds) -> None:
    row = RuleSet.objects.filter(kind__code=kind).latest("since")
    row.thresholds |= thresholds
    row.save()


def undo_last() -> None:
    last = LedgerEntry.objects.in_force().order_by("-pk").values_list("pk", flat=True).first()
    plan = undoing.plan_undoing([(last, last)])
    if plan.acts and not registry.preview(plan.acts, by=None).errors:
        registry.apply(plan.acts, by=None)


def assert_kept_is_judged_anew(people, today: dt.date) -> None:
    book = rule_book()
    for kind, on in lists.kept_for(today, book):
        mark = kept.mark_of(kind, on, book)
        told = kept.judge(Enterprise.objects.all(), kind, on, book)
        rows = KeptJudgement.objects.filter(mark=mark).values_list("enterprise_id", *kept.COLUMNS)
        assert {firm: tuple(values) for firm, *values in rows} == told, (kind, on)
    usual = lists.usual_day(today)
    for wanted in lists.candidate_lists().values():
        firms = wanted.firms(here_on(today, people["小石"]), today)
        now = lists.MinedNow(wanted, firms, usual, book)
        by_rows = lists.MinedKept(wanted, firms, usual, book)
        assert (by_rows.firms, by_rows.tally) == (now.firms, now.tally), wanted.code
        assert list(by_rows.listed()) == list(now.listed()), wanted.code
        assert by_rows.listed()[1:3] == now.listed()[1:3]
        for outcome in wanted.outcomes:
            assert list(by_rows.listed(outcome)) == list(now.listed(outcome))
    assert kept_check.hold_against_facts()[1:] == ([], [])


@pytest.mark.proof
@pytest.mark.long
@settings(on_the_database, max_examples=examples(30), phases=(Phase.reuse, Phase.generate))
@given(STEPS)
def test_whatever_is_written_the_kept_judgements_are_those_of_judging_anew(people, steps):
    today = DAY
    with rolled_back():
        with noon_of(today):
            begin()
        for step in steps:
            with noon_of(today):
                take(step, people, today)
            today += LATER.get(str(step), dt.timedelta())
        with noon_of(today):
            assert_kept_is_judged_anew(people, today)


def take(step, people, today: dt.date) -> None:
    if step == "read":
        assert_kept_is_judged_anew(people, today)
    elif step == "merge":
        if not Enterprise.objects.get(uscc=CODES[1]).is_void:
            write([merging(*CODES[:2])])
    elif step == "undo":
        undo_last()
    elif step == "field":
        field = TechField.objects.get(code="materials")
        field.name = field.name + "x"
        field.save()
    elif step == "rules":
        change_rules("hnte", least_staff_share=25 if today.toordinal() % 2 else 10)
    elif step == "class":
        IpClassRule.objects.update_or_create(
            kind_id="utility_model", since=today, defaults={"ip_class": "1", "document": "新规"}
        )
    elif step == "anew":
        lists.refresh_kept(today, anew=True)
    elif isinstance(step, list):
        write(step)


@pytest.mark.proof
@pytest.mark.parametrize("number", range(2))
def test_of_an_invented_district_each_list_is_that_of_judging_anew(people, number):
    with noon_of(DAY):
        District(f"kept:{number}", DAY, 150)
        assert_kept_is_judged_anew(people, DAY)


@pytest.fixture
def sound(plan):
    with noon_of(DAY):
        begin()
        yield Enterprise.objects.get(uscc=CODES[1])


def lacking_of(client, firm: Enterprise) -> dict[str, str]:
    answer = client.get("/api/v1/pool/candidates/").json()["results"]
    return next(row for row in answer if row["uscc"] == firm.uscc)


def test_the_page_follows_an_act_an_undoing_and_a_changed_field(client, people, sound):
    client.force_login(people["小石"])
    other = Enterprise.objects.get(uscc=CODES[3])
    assert [lacking_of(client, one)["rank"] for one in (sound, other)] == [1, 2]
    registry.apply([acts.Amend(uscc=other.uscc, tech_field="materials")], by=None)
    assert [lacking_of(client, one)["rank"] for one in (sound, other)] == [2, 1], "more is met"
    before = lacking_of(client, sound)["score"]
    registry.apply(
        [acts.RecordFigures(uscc=sound.uscc, year=2025, values={"conversions": 0})], by=None
    )
    assert lacking_of(client, sound)["score"] != before
    undo_last()
    assert lacking_of(client, sound)["score"] == before


def mark_of(on: dt.date) -> JudgementMark:
    return kept.mark_of("hnte", on, rule_book())


def met_by(*firms: Enterprise) -> list[int]:
    mark = mark_of(DAY)
    return [KeptJudgement.objects.get(mark=mark, enterprise=firm).met for firm in firms]


def test_a_right_that_goes_from_firm_to_firm_is_judged_for_both(sound):
    owner, buyer = (Enterprise.objects.get(uscc=CODES[number]) for number in (0, 2))
    before = met_by(owner, buyer)
    right = {"right": "invention", "number": "ZL202010000001.0", "confirmed": True}
    since = {"granted_on": dt.date(2020, 5, 6), "obtained": "own"}
    registry.apply([acts.RecordIpItem(uscc=owner.uscc, **right, **since)], by=None)
    assert met_by(owner, buyer) == [before[0] + 1, before[1]]
    bought = {"since": dt.date(2025, 5, 6), "obtained": "bought"}
    registry.apply([acts.RecordIpItem(uscc=buyer.uscc, **right, **since | bought)], by=None)
    assert met_by(owner, buyer) == [before[0], before[1] + 1]
    assert kept_check.hold_against_facts()[1:] == ([], [])


def test_a_use_by_whoever_had_the_right_before_is_judged_for_who_has_it_now(sound):
    owner, buyer = (Enterprise.objects.get(uscc=CODES[number]) for number in (0, 2))
    right = {"right": "utility_model", "number": "ZL202020000001.0", "confirmed": True}
    since = {"granted_on": dt.date(2020, 5, 6), "obtained": "own"}
    bought = {"since": dt.date(2025, 5, 6), "obtained": "bought"}
    registry.apply([acts.RecordIpItem(uscc=owner.uscc, **right, **since)], by=None)
    registry.apply([acts.RecordIpItem(uscc=buyer.uscc, **right, **since | bought)], by=None)
    [before] = met_by(buyer)
    used = acts.UseIpItem(uscc=owner.uscc, year=2023, on=dt.date(2023, 6, 1), **right)
    registry.apply([used], by=None)
    assert met_by(buyer) == [before - 1], "class II is used once, by whichever owner"
    undo_last()
    assert met_by(buyer) == [before]


def test_a_changed_set_of_rules_or_class_of_rights_judges_all_anew(client, people, sound):
    client.force_login(people["小石"])
    assert lacking_of(client, sound)["outcome"] == "ready"
    change_rules("hnte", least_staff_share=30)
    assert lacking_of(client, sound)["outcome"] == "near"
    seen = JudgementMark.objects.get(kind="hnte").basis
    RuleSet.objects.update(note="另注")
    client.get(reverse("pool-candidates"))
    assert JudgementMark.objects.get(kind="hnte").basis == seen, "a note judges nobody"
    IpClassRule.objects.update(ip_class="none")
    client.get(reverse("pool-candidates"))
    assert JudgementMark.objects.get(kind="hnte").basis != seen


def test_only_the_firms_that_an_act_names_are_judged_again(sound, django_assert_max_num_queries):
    mark = mark_of(DAY)
    KeptJudgement.objects.filter(mark=mark, enterprise=sound).update(met=0)
    other = Enterprise.objects.get(uscc=CODES[2])
    registry.apply([acts.Amend(uscc=other.uscc, tech_field="materials")], by=None)
    mark_of(DAY)
    assert KeptJudgement.objects.get(mark=mark, enterprise=sound).met == 0
    assert KeptJudgement.objects.get(mark=mark, enterprise=other).met > 0
    book = rule_book()
    with django_assert_max_num_queries(3):
        kept.mark_of("hnte", DAY, book)


def test_a_new_day_takes_the_rows_of_the_last_one_over(sound):
    for days in range(4):
        with noon_of(DAY + dt.timedelta(days)):
            mark_of(DAY + dt.timedelta(days))
            assert JudgementMark.objects.filter(kind="hnte").count() == 1
    assert KeptJudgement.objects.count() == len(CODES)


def test_the_nightly_recount_mends_what_somebody_spoiled(sound, people):
    call_command("recompute")
    assert JudgementMark.objects.count() == len(lists.kept_for(DAY, rule_book()))
    assert kept_check.hold_against_facts()[1:] == ([], [])
    KeptJudgement.objects.filter(enterprise=sound).update(failed=9)
    KeptJudgement.objects.filter(enterprise__uscc=CODES[0]).delete()
    assert kept_check.hold_against_facts()[2] == CODES[:2]
    call_command("recompute")
    assert kept_check.hold_against_facts()[2] == CODES[:2], "nothing was written since"
    call_command("recompute", "--rebuild")
    assert kept_check.hold_against_facts()[1:] == ([], [])


def test_a_mark_ahead_of_the_ledger_is_found(sound):
    mark_of(DAY)
    LedgerHead.objects.update(last_entry=1)
    assert kept_check.hold_against_facts()[1] == [f"hnte {DAY}"]


def test_another_day_than_the_kept_ones_is_judged_where_it_is_asked_for(client, people, sound):
    client.force_login(people["小石"])
    client.get(reverse("pool-candidates"))
    marks = list(JudgementMark.objects.values_list("pk", "on"))
    answer = client.get(reverse("pool-candidates"), {"on": "2025-06-30"})
    assert answer.context["shown"].paginator.count == len(CODES)
    assert list(JudgementMark.objects.values_list("pk", "on")) == marks
