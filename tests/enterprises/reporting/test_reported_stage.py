"""A roster carries the firm's application of its year: it takes the registered one on, and never back."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from enterprises import registry
from enterprises.models import Application, LedgerEntry
from enterprises.registry import acts, undoing
from enterprises.reporting import applying, prefilled
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.marks import STAMP_SHEET
from enterprises.rosters.writing.stamps import OLDEST_TAKEN, Stamp
from parks.models import Unit
from tests.enterprises.handed_in import listed, sent_in
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 9, 30)
BEFORE, AFTER = dt.date(2026, 8, 1), dt.date(2026, 10, 20)
AT = next(n for n, column in enumerate(ROSTER.columns, 1) if column.field == "application_stage")


def known(number: int = 1, *stages: tuple[str, dt.date], **values: object) -> None:
    """The firm as it stands, with figures as its row has them, and stages told by hand."""
    listed(number, revenue="1000.5", rd_expense="50", staff=40, rd_staff=8)
    told = {"kind": "hnte", "year": 2026, "note": "企业来电", **values}
    registry.apply(
        [acts.Apply(uscc=code(number), stage=stage, on=on, **told) for stage, on in stages], by=None
    )


def certified(number: str, issued: dt.date) -> None:
    held = {"number": number, "valid_from": issued, "class_year": issued.year}
    registry.apply([acts.Grant(uscc=code(1), kind="hnte", **held)], by=None)


def standing() -> list[tuple]:
    rows = Application.objects.order_by("since")
    return list(rows.values_list("year", "stage", "since", "until"))


def findings(version) -> list[tuple[str, str]]:
    return list(version.problems.values_list("code", "address"))


def reasons(version) -> list[str]:
    return list(version.problems.values_list("reason", flat=True))


# --- what is written ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "stage", "remark"),
    [
        ("准备", "preparing", ""),
        ("已受理", "filed", ""),
        ("未通过", "rejected", ""),
        ("放弃申报", "given_up", "研发费用\n不足"),
    ],
)
def test_a_word_becomes_the_application_of_the_year_with_its_cell(
    unit_desk, put_in_force, word, stage, remark
):
    known()
    version = sent_in(unit_desk, roster(firm(1, application_stage=word, remark=remark)))
    assert findings(version) == []
    changes = version.firms.get().changes
    label = Application.Stage(stage).label
    [told] = [one for change in changes for one in change["details"] if one["label"] == "申报状态"]
    assert (told["before"] or "", told["after"]) == ("", label)
    put_in_force(version)
    assert standing() == [(2026, stage, LAST_DAY, None)]
    assert Application.objects.get().note == " ".join(remark.split())
    entry = LedgerEntry.objects.get(fact="application")
    assert entry.source == version.source
    assert entry.cells["stage"] == "名册!W3"
    page = unit_desk.get(reverse("firm", args=[code(1)])).content.decode()
    assert "名册!W3" in page
    assert label in page
    assert label in unit_desk.get(reverse("applications") + "?year=2026").content.decode()


def test_it_ends_the_stage_before_and_undoing_gives_that_back(unit_desk, put_in_force, people):
    known(1, ("preparing", BEFORE), agency="甲咨询")
    version = put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="已申报"))))
    assert standing() == [
        (2026, "preparing", BEFORE, LAST_DAY),
        (2026, "filed", LAST_DAY, None),
    ]
    assert Application.objects.get(until=None).agency == "甲咨询"
    applying.undo_roster(version, by=people["小石"], reason="误批")
    assert standing() == [(2026, "preparing", BEFORE, None)]


def test_an_application_of_last_year_gives_way_to_this_year_s(unit_desk, put_in_force):
    known(1, ("publicity", dt.date(2025, 11, 1)), year=2025)
    put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="准备中"))))
    assert standing()[-1] == (2026, "preparing", LAST_DAY, None)


def test_whoever_holds_a_certificate_of_another_year_prepares_a_renewal(unit_desk, put_in_force):
    known()
    issued = dt.date(2024, 11, 1)
    certified("GR202451100001", issued)
    held = {"certificate_number": "GR202451100001", "certificate_issued_on": issued}
    version = sent_in(unit_desk, roster(firm(1, application_stage="准备中", **held)))
    assert findings(version) == []
    put_in_force(version)
    assert standing() == [(2026, "preparing", LAST_DAY, None)]


# --- what says nothing new ------------------------------------------------------------------------
@pytest.mark.parametrize("word", [None, "无", "未申报"])
def test_an_empty_cell_says_nothing(unit_desk, word):
    known(1, ("filed", BEFORE))
    version = sent_in(unit_desk, roster(firm(1, application_stage=word)))
    assert (findings(version), version.firms.get().kind) == ([], "unchanged")


@pytest.mark.parametrize(
    ("stages", "word"),
    [
        ([("filed", BEFORE)], "已申报"),
        ([("filed", LAST_DAY)], "已申报"),
        ([("filed", AFTER)], "已申报"),
        ([("filed", BEFORE), ("rejected", AFTER)], "已申报"),
        ([("filed", BEFORE), ("publicity", AFTER)], "公示"),
        ([("given_up", BEFORE)], "放弃"),
    ],
)
def test_a_registered_stage_says_nothing_new(unit_desk, stages, word):
    known(1, *stages)
    row = firm(1, application_stage=word, remark="研发费用不足")
    version = sent_in(unit_desk, roster(row))
    assert (findings(version), version.firms.get().kind) == ([], "unchanged")


@pytest.mark.parametrize(
    ("stages", "shown"),
    [
        ([], None),
        ([("preparing", BEFORE)], "准备中"),
        ([("filed", BEFORE), ("publicity", AFTER)], "公示中"),
        ([("given_up", BEFORE)], "放弃"),
    ],
)
def test_the_template_shows_what_is_registered_and_comes_back_unchanged(unit_desk, stages, shown):
    known(1, *stages)
    rows = prefilled.firm_rows(Unit.objects.get(code="degan"), LAST_DAY)
    assert [row["application_stage"] for row in rows] == [shown]
    version = sent_in(unit_desk, roster(*rows))
    assert (findings(version), version.firms.get().kind) == ([], "unchanged")


def test_the_template_does_not_show_another_year_or_what_ended_before(unit_desk):
    known(1, ("rejected", dt.date(2025, 11, 1)), year=2025)
    degan = Unit.objects.get(code="degan")
    assert [row["application_stage"] for row in prefilled.firm_rows(degan, LAST_DAY)] == [None]
    later = acts.Apply(uscc=code(1), kind="hnte", year=2026, stage="filed", on=BEFORE)
    registry.apply([later], by=None)
    assert [row["application_stage"] for row in prefilled.firm_rows(degan, LAST_DAY)] == ["已申报"]


def test_the_template_offers_what_a_unit_can_know(quarter):
    words = prefilled.dropdown_choices(LAST_DAY)["application_stage"]
    assert words == ["准备中", "已申报", "未通过", "放弃"]


# --- what is known better -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stages", "word", "said"),
    [
        ([("filed", BEFORE)], "准备中", "登记为“已申报”（2026-08-01起），本表为“准备中”，以登记为准"),
        ([("publicity", AFTER)], "已受理", "登记为“公示中”（2026-10-20起），本表为“已申报”，以登记为准"),
        ([("preparing", AFTER)], "已申报", "登记为“准备中”（2026-10-20起），本表为“已申报”，以登记为准"),
        ([("preparing", LAST_DAY)], "已申报", "登记为“准备中”（2026-09-30起）"),
        ([("rejected", BEFORE)], "准备中", "登记为“未通过”（2026-08-01起）"),
        ([("given_up", BEFORE)], "未通过", "登记为“放弃”（2026-08-01起）"),
        ([], "公示", "没有登记，本表为“公示中”，公示、认定以官方名单为准"),
        ([("filed", BEFORE)], "已认定", "本表为“认定”，公示、认定以官方名单为准"),
    ],
)  # fmt: skip
def test_a_word_never_takes_it_back_and_says_what_is_registered(
    unit_desk, put_in_force, stages, word, said
):
    known(1, *stages)
    before = standing()
    version = sent_in(unit_desk, roster(firm(1, application_stage=word)))
    assert findings(version) == [("P104", "名册!W3")]
    [reason] = reasons(version)
    assert said in reason
    put_in_force(version)
    assert standing() == before


def test_the_next_year_s_application_is_not_ended_by_this_year_s(unit_desk):
    known(1, ("preparing", BEFORE), year=2027)
    version = sent_in(unit_desk, roster(firm(1, application_stage="已申报")))
    [reason] = reasons(version)
    assert "2027年申报状态登记为“准备中”" in reason


@pytest.mark.parametrize(
    ("word", "said"),
    [("认定", ""), ("已申报", "登记为“认定”（2026-09-02起），本表为“已申报”，以登记为准")],
)
def test_a_certificate_of_the_year_has_come_further_than_any_word(unit_desk, word, said):
    known()
    row = {"certificate_number": "GR202651100001", "certificate_issued_on": dt.date(2026, 9, 2)}
    version = sent_in(unit_desk, roster(firm(1, application_stage=word, **row)))
    assert [said in reason for reason in reasons(version)] == [True] * bool(said)


def test_giving_up_without_a_reason_is_an_error(unit_desk):
    known(1, ("preparing", BEFORE))
    version = sent_in(unit_desk, roster(firm(1, application_stage="放弃")))
    assert findings(version) == [("R119", "名册!W3")]
    assert version.problems.get().severity == "error"


# --- files and versions of before -----------------------------------------------------------------
def without_column(book: openpyxl.Workbook) -> None:
    book.active.delete_cols(AT)
    stamp = book.create_sheet(STAMP_SHEET)
    stamp["A1"] = Stamp("degan", "2026Q3", OLDEST_TAKEN).sealed()
    stamp.sheet_state = "veryHidden"


def test_an_older_template_is_taken_without_a_question(unit_desk):
    known(1, ("preparing", BEFORE))
    version = sent_in(unit_desk, roster(firm(1), change=without_column))
    assert (findings(version), version.state) == ([], "ready")
    assert version.firms.get().kind == "unchanged"


def test_a_correction_by_the_new_template_touches_only_what_it_says_otherwise(
    unit_desk, put_in_force
):
    content = roster(firm(1), firm(2), change=without_column)
    put_in_force(sent_in(unit_desk, content))
    content = roster(firm(1), firm(2, revenue=1200))
    second = put_in_force(sent_in(unit_desk, content, reason="收入填错"))
    touched = LedgerEntry.objects.filter(pk__gte=second.ledger_from)
    assert set(touched.values_list("enterprise__uscc", flat=True)) == {code(2)}


def test_another_cell_is_corrected_after_a_list_has_taken_the_application_on(
    unit_desk, put_in_force, people
):
    known()
    put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="已申报"))))
    public = acts.Apply(
        uscc=code(1), kind="hnte", year=2026, stage="publicity", on=AFTER, cells={"stage": "第3行"}
    )
    registry.apply([public], by=None)
    content = roster(firm(1, application_stage="已申报", revenue=1200))
    version = put_in_force(sent_in(unit_desk, content, reason="收入填错"))
    assert standing() == [
        (2026, "filed", LAST_DAY, AFTER),
        (2026, "publicity", AFTER, None),
    ]
    assert version.firms.get().kind == "changed"


def test_a_corrected_word_takes_the_first_one_back(unit_desk, put_in_force):
    known(1, ("preparing", BEFORE))
    put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="未通过"))))
    content = roster(firm(1, application_stage="已申报"))
    put_in_force(sent_in(unit_desk, content, reason="状态填错"))
    assert standing() == [
        (2026, "preparing", BEFORE, LAST_DAY),
        (2026, "filed", LAST_DAY, None),
    ]


def test_a_corrected_reason_for_giving_up_is_taken(unit_desk, put_in_force):
    known()
    given_up = firm(1, application_stage="放弃")
    put_in_force(sent_in(unit_desk, roster(given_up | {"remark": "笔误"})))
    content = roster(given_up | {"remark": "研发费用不足"})
    put_in_force(sent_in(unit_desk, content, reason="原因填错"))
    assert Application.objects.get().note == "研发费用不足"


# --- lists that are loaded later ------------------------------------------------------------------
@pytest.mark.parametrize("stage", ["publicity", "filed"])
def test_a_list_of_an_earlier_day_puts_the_reported_stage_right(unit_desk, put_in_force, stage):
    known(1, ("preparing", BEFORE))
    put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="已申报"))))
    before, published = standing(), dt.date(2026, 9, 20)
    told = {"kind": "hnte", "year": 2026, "stage": stage, "on": published, "batch": 2}
    line = acts.Apply(uscc=code(1), cells={"stage": "第3行"}, **told)
    [entry] = registry.apply([line], by=None).entries
    assert standing() == [
        (2026, "preparing", BEFORE, published),
        (2026, stage, published, None),
    ]
    registry.apply(undoing.plan_undoing([(entry.pk, entry.pk)]).acts, by=None)
    assert standing() == before


@pytest.mark.parametrize("number", [1, 2])
def test_a_list_does_not_open_what_has_ended_or_a_person_has_told(unit_desk, put_in_force, number):
    known()
    put_in_force(sent_in(unit_desk, roster(firm(1, application_stage="未通过"))))
    known(2, ("filed", LAST_DAY))
    told = {"kind": "hnte", "year": 2026, "stage": "publicity", "on": BEFORE}
    with pytest.raises(registry.ActsRefused, match="已有2026-09-30起的申报状态"):
        registry.apply([acts.Apply(uscc=code(number), cells={"stage": "第3行"}, **told)], by=None)


# --- the command ----------------------------------------------------------------------------------
def test_the_command_tells_the_same(quarter, tmp_path):
    known(1, ("publicity", AFTER))
    path = tmp_path / "名册.xlsx"
    path.write_bytes(roster(firm(1, application_stage="已申报")))
    out = io.StringIO()
    call_command("check_roster", str(path), "--unit", "degan", "--quarter", "2026Q3", stdout=out)
    assert "登记为“公示中”（2026-10-20起）" in out.getvalue()
