"""Correcting and undoing rosters: the facts are then as if the roster had never been applied."""

import contextlib
import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Enterprise, Job, LedgerEntry, Placement, RosterVersion
from enterprises.refusal import Refusal
from enterprises.registry import acts
from enterprises.registry.working_copy import FACT_MODELS
from enterprises.reporting import applying, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit
from tests import clerk
from tests.effort import examples
from tests.enterprises.handed_in import LEFT_ON, MOVED_ON, answer_all, listed
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
registered = partial(listed, revenue=Decimal(900), staff=30)


@pytest.fixture
def apply(quarter, people):
    """Upload, answer and approve a roster of 德感 with these firms; returns the version after it."""

    def applied(*firms, reason="", said=None):
        degan = Unit.objects.get(code="degan")
        version = clerk.send(quarter, degan, roster(*firms), people["德感"], reason=reason)
        answer_all(version, said or {})
        submission.hand_in(version, by=people["德感"])
        clerk.approve(version, people["小石"])
        assert version.state == "applied", (version.outcome, version.summary["groups"])
        return version

    return applied


def facts():
    """Every fact but bare firms (registered once, holding nothing), without row numbers."""
    found = {}
    for model in FACT_MODELS:
        names = [
            field.attname for field in model._meta.fields if field.name not in ("id", "enterprise")
        ]
        found[model.__name__] = sorted(
            model.objects.values_list("enterprise__uscc", *names), key=repr
        )
    holding = {row[0] for rows in found.values() for row in rows}
    names = [field.attname for field in Enterprise._meta.fields if field.name != "id"]
    found["Enterprise"] = sorted(
        Enterprise.objects.filter(uscc__in=holding).values_list(*names), key=repr
    )
    return found


def test_a_correction_keeps_what_the_first_version_told_of_the_others(apply):
    for number in (1, 2, 3, 4):
        registered(number)
    moved, renamed = firm(2, town="鼎山街道"), firm(3, name="重庆全新名称科技有限公司")
    apply(firm(1), moved, renamed)
    before = facts()
    second = apply(firm(1, revenue=1200), moved, renamed, reason="收入填错")
    after = facts()
    assert {name for name in after if after[name] != before[name]} == {"YearlyFigures"}
    touched = LedgerEntry.objects.filter(pk__gte=second.ledger_from).values_list(
        "enterprise__uscc", flat=True
    )
    assert set(touched) == {code(1)}


def test_a_correction_of_a_moved_and_a_renamed_firm_keeps_the_days(apply):
    for number in (1, 2):
        registered(number)
    moved, renamed = firm(1, town="鼎山街道"), firm(2, name="重庆全新名称科技有限公司")
    apply(moved, renamed)
    before = facts()
    apply(moved | {"staff": 41}, renamed | {"staff": 42}, reason="人数填错")
    after = facts()
    assert {name for name in after if after[name] != before[name]} == {"YearlyFigures"}
    assert Placement.objects.get(enterprise__uscc=code(1), until=None).since == MOVED_ON


def test_a_correction_asks_again_of_the_firms_that_left_and_keeps_the_answer(apply):
    registered(1)
    registered(2)
    registered(3)
    said = {code(2): Answer(word="closed", day=LEFT_ON)}
    apply(firm(1), said=said)
    second = apply(firm(1, revenue=1200), reason="收入填错")
    assert dict(second.firms.filter(kind="missing").values_list("uscc", "word")) == {
        code(2): "closed",
        code(3): "left",
    }
    assert Enterprise.objects.get(uscc=code(2)).closures.get().closed_on == LEFT_ON
    assert Placement.objects.get(enterprise__uscc=code(3)).until == LEFT_ON
    third = apply(firm(1, revenue=1200), firm(2), firm(3), reason="两家仍在")
    assert not third.firms.filter(kind="missing").exists()
    assert not Enterprise.objects.get(uscc=code(2)).closures.exists()
    assert Placement.objects.get(enterprise__uscc=code(3)).until is None


def test_a_roster_that_changes_nothing_can_be_undone(apply, people):
    registered(1)
    version = apply(firm(1, revenue=900, staff=30, rd_expense=None, rd_staff=None))
    assert (version.outcome["entries"], version.ledger_from) == (0, None)
    before = facts()
    applying.undo_roster(version, by=people["小石"], reason="误批")
    assert RosterVersion.objects.get(pk=version.pk).state == "undone"
    assert facts() == before


def test_a_firm_registered_under_another_name_the_second_time_gets_its_first_name_back(
    apply, people
):
    for name in ("重庆甲机械有限公司", "重庆乙机械有限公司"):
        applying.undo_roster(apply(firm(1, name=name)), by=people["小石"], reason="误批")
        assert (
            Enterprise.objects.get().name
            == Enterprise.objects.get().name_key
            == "重庆甲机械有限公司"
        )


def test_an_approved_roster_whose_writing_broke_off_can_be_approved_again_or_returned(
    apply, quarter, people
):
    version = clerk.send(quarter, Unit.objects.get(code="degan"), roster(firm(1)), people["德感"])
    answer_all(version, {})
    submission.hand_in(version, by=people["德感"])
    submission.approve_version(version, by=people["小石"])
    with pytest.raises(Refusal, match="审核通过"):
        submission.approve_version(version, by=people["安安"])
    with pytest.raises(Refusal, match="审核通过"):
        submission.return_to_unit(version, by=people["安安"], text="请核对")
    break_off(version)
    submission.return_to_unit(version, by=people["安安"], text="请核对")
    assert version.state == "returned"
    RosterVersion.objects.filter(pk=version.pk).update(state="approved")
    clerk.approve(version, people["安安"])
    assert version.state == "applied"


def break_off(version):
    version.refresh_from_db()
    Job.objects.filter(pk=version.job_id).update(
        state="failed", error="中断", finished_at=version.created_at
    )


# --- any roster -----------------------------------------------------------------------------------
NAMES = {1: "重庆全新一号科技有限公司", 2: "重庆全新二号科技有限公司"}
# Firm 4 holds a certificate of the last day under another number.
CERTIFICATE_DAYS = [dt.date(2025, 11, 3), dt.date(2025, 12, 3), dt.date(2023, 11, 1)]
APPLICATION_WORDS = ["准备中", "已申报", "公示中", "未通过", "放弃", "认定"]
OTHER_CODES = {1: code(7), 2: code(8)}


@st.composite
def rosters(draw):
    """Some of six firms, the first four of them registered, with other values in any columns."""
    rows = []
    for number in draw(st.sets(st.integers(1, 6), min_size=1)):
        told = {
            "revenue": draw(st.sampled_from([900, 1000, 1200])),
            "staff": draw(st.sampled_from([30, 40])),
        }
        told |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "contact_name": st.sampled_from(["王工", "李工"]),
                    "industry_code": st.just("C3670"),
                    "other_qualifications": st.just("专精特新"),
                    "application_stage": st.sampled_from(APPLICATION_WORDS),
                    "pool_stage": st.sampled_from(["培育库", "退库"]),
                    "remark": st.sampled_from(["已停产", "拟上市"]),
                    "town": st.just("鼎山街道"),
                },
            )
        )
        if told.get("application_stage") == "放弃":
            told.setdefault("remark", "拟上市")
        if draw(st.booleans()):
            told["certificate_number"] = f"GR20255110000{number}"
            told["certificate_issued_on"] = draw(st.sampled_from(CERTIFICATE_DAYS))
        if number in NAMES and draw(st.booleans()):
            told["name"] = NAMES[number]
        elif number in OTHER_CODES and "town" not in told and draw(st.booleans()):
            # In another town it would be another firm, which keeps the code once it was written.
            told["uscc"] = OTHER_CODES[number]
        rows.append(firm(number, **told))
    return rows


words = st.fixed_dictionaries(
    {code(number): st.sampled_from(["left", "closed", "forgotten"]) for number in range(1, 5)}
)


def base_of_four():
    for number in range(1, 5):
        registered(number)
    pool = acts.EnterPool(uscc=code(3), stage="seed", on=dt.date(2025, 3, 31))
    held = acts.Grant(
        uscc=code(4), kind="hnte", number="GR202351100009", valid_from=dt.date(2023, 11, 1)
    )
    renamed = acts.Rename(uscc=code(4), name="重庆旧名更新有限公司", on=dt.date(2022, 2, 2))
    back = acts.Rename(uscc=code(4), name="重庆测试4号机械有限公司", on=dt.date(2023, 3, 3))
    applied = acts.Apply(
        uscc=code(3), kind="hnte", year=2026, stage="preparing", on=dt.date(2026, 3, 1)
    )
    registry.apply([pool, held, renamed, back, applied], by=None)


@contextlib.contextmanager
def forgotten():
    """Whatever is done inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# A firm that the first roster says is closed stands on the second under another code: the row
# speaks for it then, and what was said of it holds no longer.
UNDER_ANOTHER_CODE = {
    "first": [firm(1), firm(6)],
    "second": [firm(1), firm(2, uscc=code(8)), firm(3), firm(4)],
    "said": {code(2): "closed", code(3): "forgotten", code(4): "closed"},
}
# The first roster gives a firm another code; the second lists it under its own, in another town.
BACK_UNDER_ITS_CODE = {
    "first": [firm(1), firm(2, uscc=code(8))],
    "second": [firm(1), firm(2, town="鼎山街道")],
    "said": {code(2): "closed", code(3): "forgotten", code(4): "forgotten"},
}

# The certificate stood in the wrong row.
OF_ANOTHER_FIRM = {
    "first": [
        firm(5, certificate_number="GR202551100005", certificate_issued_on=CERTIFICATE_DAYS[0]),
        firm(6),
    ],
    "second": [
        firm(5),
        firm(6, certificate_number="GR202551100005", certificate_issued_on=CERTIFICATE_DAYS[0]),
    ],
    "said": {},
}


@pytest.mark.proof
@pytest.mark.long
@example(**UNDER_ANOTHER_CODE)
@example(**BACK_UNDER_ITS_CODE)
@example(**OF_ANOTHER_FIRM)
@given(first=rosters(), second=rosters(), said=words)
@settings(
    max_examples=examples(30),
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_roster_can_be_undone_applied_again_and_corrected(apply, people, first, second, said):
    assume(first != second)  # the same file again is refused
    said = {uscc: Answer(word=word, day=LEFT_ON) for uscc, word in said.items()}
    with forgotten():
        base_of_four()
        before = facts()
        with forgotten():
            apply(*second, said=said)
            second_alone = facts()
        version = apply(*first, said=said)
        first_alone = facts()
        entries = LedgerEntry.objects.count()
        applying.undo_roster(version, by=people["小石"], reason="误批")
        assert facts() == before
        assert LedgerEntry.objects.filter(act="undone").count() == version.outcome["entries"]
        assert LedgerEntry.objects.count() == entries + version.outcome["entries"]
        apply(*first, said=said)
        assert facts() == first_alone
        correction = apply(*second, reason="更正", said=said)
        assert facts() == second_alone
        applying.undo_roster(correction, by=people["小石"], reason="误批")
        assert facts() == before
