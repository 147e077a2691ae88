"""What a person is asked to look at once more: at which field, from which value on, and not a day before."""

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from enterprises import registry
from enterprises.registry.acts import (
    Act,
    Apply,
    Close,
    CorrectCertificate,
    Extend,
    Grant,
    Leave,
    Move,
    RecordDuty,
    RecordIncident,
    RecordIpItem,
    Rename,
    Revoke,
    UseIpItem,
)
from tests.enterprises.registered import FIRM, HISTORY, LUOHUANG, NUMBER, OTHER, day

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LONG_AGO = TODAY - relativedelta(years=1, days=5)
LATELY = TODAY - dt.timedelta(days=20)
MODEL = "ZL202020654321.X"
RECENT = "GR202651100077"


@pytest.fixture
def clerk(plan, people):
    registry.apply(HISTORY, by=None)
    return people["小石"]


def doubts(clerk, *acts: Act) -> list[tuple[str, str]]:
    """(field, words) of what a person is asked about the last of these; those before it are confirmed."""
    *before, last = acts
    for act in before:
        registry.apply([act], by=None)
    return [(doubt.field, str(doubt)) for doubt in registry.preview([last], by=clerk).doubts]


def asked(clerk, field: str, words: str, *acts: Act) -> bool:
    return any(at == field and words in said for at, said in doubts(clerk, *acts))


# --- days of long ago -----------------------------------------------------------------------------
def recent(**told) -> Grant:
    values = {"kind": "hnte", "number": RECENT, "valid_from": LATELY}
    return Grant(uscc=FIRM, **values | told)


@pytest.mark.parametrize(
    ("field", "act"),
    [
        ("valid_from", lambda on: Grant(uscc=FIRM, kind="srdi", valid_from=on)),
        ("on", lambda on: Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=on)),
        ("on", lambda on: Close(uscc=FIRM, on=on)),
        ("on", lambda on: Leave(uscc=FIRM, on=on)),
    ],
    ids=["issued", "revoked", "closed", "left"],
)
def test_a_day_of_long_ago_is_asked_about_at_its_field(clerk, field, act):
    assert asked(clerk, field, "距今已一年以上", act(LONG_AGO))
    assert not asked(clerk, field, "距今已一年以上", act(LATELY))


def test_the_end_that_changes_long_ago_is_asked_about(clerk):
    told = Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=LONG_AGO)
    assert asked(clerk, "valid_until", f"有效期变动自{LONG_AGO}距今已一年以上", told)
    same = Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=day("2026-10-31"))
    assert not asked(clerk, "valid_until", "距今已一年以上", same)


# --- an end, and what was registered since --------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "later"),
    [
        ("迁移", lambda on: Move(uscc=FIRM, **LUOHUANG, on=on)),
        ("取得", lambda on: recent(valid_from=on)),
        (
            "登记申报状态",
            lambda on: Apply(uscc=FIRM, kind="hnte", year=on.year, stage="preparing", on=on),
        ),
        ("更名", lambda on: Rename(uscc=FIRM, name="甲二公司", on=on)),
    ],
)
def test_an_end_before_what_was_registered_since_is_asked_about(clerk, words, later):
    told = later(LATELY)
    before = Close(uscc=FIRM, on=LATELY - dt.timedelta(days=1))
    assert asked(clerk, "on", f"之后还登记有：{LATELY}{words}", told, before)
    assert not asked(clerk, "on", "之后还登记有", Close(uscc=FIRM, on=LATELY))


def test_a_firm_that_closes_on_the_day_of_a_move_is_not_asked_about_the_move(clerk):
    assert not asked(
        clerk,
        "on",
        "之后还登记有",
        Move(uscc=FIRM, **LUOHUANG, on=LATELY),
        Close(uscc=FIRM, on=LATELY),
    )


# --- certificates ---------------------------------------------------------------------------------
def test_a_certificate_older_than_the_firm_or_its_place_is_asked_about(clerk):
    older = Grant(uscc=FIRM, kind="srdi", valid_from=day("2015-01-04"))
    assert asked(clerk, "valid_from", "早于注册日期（2015-01-05）", older)
    same = Grant(uscc=FIRM, kind="srdi", valid_from=day("2015-01-05"))
    assert not asked(clerk, "valid_from", "早于注册日期", same)
    before = Grant(uscc=FIRM, kind="srdi", valid_from=day("2019-12-31"))
    assert asked(clerk, "valid_from", "登记的所在地自2020-01-01起", before)
    since = Grant(uscc=FIRM, kind="srdi", valid_from=day("2020-01-01"))
    assert not asked(clerk, "valid_from", "登记的所在地", since)


def test_a_term_that_is_too_long_is_asked_about_at_the_last_day(clerk):
    whole = LATELY + relativedelta(years=3)
    beyond = recent(valid_until=whole + dt.timedelta(days=1))
    assert asked(clerk, "valid_until", "期限为自发证日起3年", beyond)
    assert not asked(clerk, "valid_until", "期限为自发证日起3年", recent(valid_until=whole))


def test_a_revocation_put_off_is_asked_about_and_told_again_is_not(clerk):
    first = Revoke(uscc=FIRM, kind="hnte", number=RECENT, on=LATELY + dt.timedelta(days=3))
    later = Revoke(uscc=FIRM, kind="hnte", number=RECENT, on=LATELY + dt.timedelta(days=4))
    assert asked(clerk, "on", "重新有效", recent(), first, later)
    assert not asked(clerk, "on", "重新有效", first)
    earlier = Revoke(uscc=FIRM, kind="hnte", number=RECENT, on=LATELY + dt.timedelta(days=2))
    assert not asked(clerk, "on", "重新有效", earlier)


def test_a_certificate_that_had_ended_before_it_was_revoked_is_asked_about(clerk):
    ended = CorrectCertificate(
        uscc=FIRM, kind="hnte", number=NUMBER, valid_until=LATELY - dt.timedelta(days=1)
    )
    revoked = Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=LATELY)
    assert asked(clerk, "on", "再取消不影响统计", ended, revoked)


# --- rights, duties, answers ----------------------------------------------------------------------
def test_a_right_of_the_second_class_is_used_once(clerk):
    told = RecordIpItem(
        uscc=FIRM, right="utility_model", number=MODEL, granted_on=day("2020-02-01"), obtained="own"
    )
    first = UseIpItem(
        uscc=FIRM, right="utility_model", number=MODEL, year=2023, on=day("2023-06-01")
    )
    second = UseIpItem(
        uscc=FIRM, right="utility_model", number=MODEL, year=2026, on=day("2026-06-01")
    )
    assert not asked(clerk, "number", "Ⅱ类只能用一次", told, first)
    assert asked(clerk, "number", f"{MODEL}已用于2023年申报，Ⅱ类只能用一次", first, second)
    assert not asked(clerk, "number", "Ⅱ类只能用一次", first)


def test_a_right_that_was_anothers_is_asked_about(clerk):
    of_other = RecordIpItem(
        uscc=OTHER, right="invention", number=MODEL, granted_on=day("2020-02-01"), obtained="own"
    )
    bought = RecordIpItem(
        uscc=FIRM, right="invention", number=MODEL, granted_on=day("2020-02-01"), obtained="bought",
        since=day("2022-01-01"),
    )  # fmt: skip
    assert asked(clerk, "number", "起从“乙公司”", of_other, bought)


def test_a_first_day_told_again_moves_the_only_stretch_and_no_other(clerk):
    told = RecordIpItem(
        uscc=FIRM, right="invention", number=MODEL, granted_on=day("2020-02-01"), obtained="own",
        since=day("2021-02-01"),
    )  # fmt: skip
    again = RecordIpItem(uscc=FIRM, right="invention", number=MODEL, since=day("2021-03-01"))
    registry.apply([told], by=None)
    report = registry.apply([again], by=None)
    assert [entry.after.get("since") for entry in report.entries] == [day("2021-03-01")]


def test_a_duty_that_is_not_owed_is_asked_about(clerk):
    def done(uscc: str, year: int) -> RecordDuty:
        on = day(f"{year + 1}-05-01")
        return RecordDuty(uscc=uscc, duty="hnte_report", year=year, on=on, source="区科技局")

    assert asked(clerk, "duty", "没有", done(OTHER, 2025))
    assert not asked(clerk, "duty", "没有", done(FIRM, 2025))


def test_an_incident_that_was_denied_up_to_a_later_day_is_asked_about(clerk):
    denied = RecordIncident(uscc=FIRM, kind="none", on=day("2026-06-30"), source="区应急局")
    before = RecordIncident(uscc=FIRM, kind="safety", on=day("2026-06-30"), source="区科技局")
    after = RecordIncident(uscc=FIRM, kind="safety", on=day("2026-07-01"), source="区科技局")
    other = RecordIncident(uscc=FIRM, kind="quality", on=day("2026-08-01"), source="市场局")
    assert asked(clerk, "on", "区应急局曾答复", denied, before)
    assert not asked(clerk, "on", "曾答复", after)
    # What somebody else said of an incident is no denial of another one.
    assert not asked(clerk, "on", "曾答复", other, after)


def test_nobody_is_asked_about_what_a_list_tells(clerk):
    told = Grant(uscc=FIRM, kind="srdi", valid_from=LONG_AGO)
    assert registry.preview([told], by=None).doubts == []
    assert registry.preview([told], by=clerk).doubts != []
