"""Two records of one firm become one by hand, and two again: form, choices, facts, figures, ledger, lists."""

import datetime as dt

import pytest
from django.db import connection
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.announcements import intake, matching
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.reader import read_pasted
from enterprises.announcements.reading.titles import Field
from enterprises.models import (
    AnnouncementLine,
    Application,
    Closure,
    DeclinedAdvice,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    SourceFile,
    YearlyFigures,
)
from enterprises.registry import acts
from targets.figures import counting
from targets.models import Definition
from tests.firms import firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    REASON,
    address,
    clerk,
    hnte_on_home,
    register,
)
from tests.targets.by_hand.test_new_firm import take_back
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
FACTS = (
    FormerName, Placement, Closure, Qualification, YearlyFigures, PoolEntry, Application, Incident,
    FirmOwner, DeclinedAdvice,
)  # fmt: skip
DAY = dt.date(2026, 5, 1)


def everything() -> dict[str, list[dict]]:
    """All facts of all firms, each with its key."""
    told = {"firms": [model_to_dict(one) | {"voided": one.voided_at, "into": one.merged_into_id}
                      for one in Enterprise.objects.order_by("pk")]}  # fmt: skip
    for model in FACTS:
        told[model.__name__] = [
            model_to_dict(row) | {"id": row.pk} for row in model.objects.order_by("pk")
        ]
    return told


def do(*told: acts.Act, source: SourceFile | None = None) -> None:
    registry.apply(told, by=None, source=source)


def tell(one: Enterprise, year: int = 2025, **values: object) -> acts.RecordFigures:
    return acts.RecordFigures(uscc=one.uscc, year=year, values=values)


def merge(client, one: Enterprise, other: Enterprise, **keep: str):
    sent = {f"keep-{name.replace('__', '-')}": kept for name, kept in keep.items()}
    return register(client, one, "merge", other=other.uscc, **sent)


def merged(one: Enterprise, other: Enterprise) -> bool:
    other.refresh_from_db()
    return other.merged_into_id == one.pk and other.is_void


def last_of(one: Enterprise) -> LedgerEntry:
    """What of the merge a person takes back on the page of the firm that stays."""
    entry = LedgerEntry.objects.in_force().filter(enterprise=one, act="merged").latest("pk")
    assert (entry.is_by_hand, entry.is_part_of_merge) == (True, False)
    return entry


@pytest.fixture
def twins(clerk) -> tuple[Enterprise, Enterprise]:  # noqa: F811
    """One in 德感 with a certificate that lapsed; the other, of almost the name, with all sorts of facts."""
    one, other = firm(name="江津双生制造有限公司"), firm(hnte=True, name="江津双生制造公司")
    do(
        acts.Rename(uscc=other.uscc, name="江津双生智造公司", on=DAY),
        acts.Grant(uscc=other.uscc, kind="tech", valid_from=dt.date(2020, 1, 1)),
        tell(other, revenue=100, staff=10),
        tell(one, revenue=100, rd_expense=7),
        tell(other, 2024, revenue=80),
        acts.EnterPool(uscc=other.uscc, stage="seed", on=dt.date(2025, 1, 1)),
        acts.LeavePool(uscc=other.uscc, on=dt.date(2025, 6, 1), because="转为商贸"),
        acts.EnterPool(uscc=one.uscc, stage="seed", on=dt.date(2026, 1, 1)),
        acts.Apply(uscc=other.uscc, kind="hnte", year=2026, stage="filed", on=DAY),
        acts.RecordIncident(uscc=other.uscc, kind="none", on=DAY, source="区应急管理局"),
        acts.RecordIncident(uscc=one.uscc, kind="none", on=DAY, source="区应急管理局"),
        acts.Amend(uscc=other.uscc, contact_name="周工", industry_code="C3670"),
        acts.Amend(uscc=one.uscc, contact_name="王工"),
    )
    return one, other


def test_who_sees_to_it_and_what_was_declined_go_over_where_nothing_stands_there(
    clerk,  # noqa: F811 - the fixture
    twins,
    people,
):
    one, other = twins
    until = DAY + dt.timedelta(days=180)
    declined = {"advice": "enter", "stage": "seed", "on": DAY, "until": until, "why": "等审计"}
    do(
        acts.AssignOwner(uscc=one.uscc, level="unit", account=people["德感"].username, on=DAY),
        acts.AssignOwner(uscc=other.uscc, level="unit", account=people["德感"].username, on=DAY),
        acts.AssignOwner(uscc=other.uscc, level="bureau", account=people["小石"].username, on=DAY),
        acts.DeclineAdvice(uscc=one.uscc, **declined),
        acts.DeclineAdvice(uscc=other.uscc, **declined),
        acts.DeclineAdvice(uscc=other.uscc, **(declined | {"stage": "cultivation"})),
    )
    before = everything()
    merge(clerk, one, other, placements="here")
    assert merged(one, other)
    owners = FirmOwner.objects.filter(enterprise=one).values_list("level", "account")
    assert sorted(owners) == [
        ("bureau", people["小石"].username),
        ("unit", people["德感"].username),
    ]
    assert DeclinedAdvice.objects.filter(enterprise=one).count() == 2
    assert not DeclinedAdvice.objects.filter(enterprise=other).exists()
    take_back(clerk, last_of(one))
    assert everything() == before


def test_all_facts_go_over_and_come_back(clerk, twins):  # noqa: F811
    one, other = twins
    before = everything()
    assert hnte_on_home(clerk) == 1
    look = merge(clerk, one, other)
    assert "请选定所在地以哪一家为准" not in look.content.decode()
    assert not merged(one, other)
    answer = merge(clerk, one, other, placements="here")
    assert answer.redirect_chain == [(reverse("firm", args=[one.uscc]), 302)]
    assert "已并入另一条登记：转入 5 项，不转入 3 项" in text_of(answer)
    assert merged(one, other)
    assert hnte_on_home(clerk) == 1
    for model in (
        Placement,
        Closure,
        Qualification,
        YearlyFigures,
        PoolEntry,
        Application,
        Incident,
    ):
        assert not model.objects.filter(enterprise=other).exists(), model
    one.refresh_from_db()
    # Gaps are filled, what is told stays.
    assert (one.contact_name, one.industry_code) == ("王工", "C3670")
    assert one.placements.count() == 1
    assert sorted(one.qualifications.values_list("kind__code", flat=True)) == ["hnte", "tech"]
    assert sorted(one.pool_entries.values_list("exit_reason", flat=True)) == ["", "转为商贸"]
    figures = {row.year: row for row in one.yearly_figures.all()}
    assert (figures[2025].revenue, figures[2025].staff, figures[2025].rd_expense) == (100, 10, 7)
    assert figures[2024].revenue == 80
    assert one.incidents.count() == 1
    assert one.applications.get().year == 2026
    page = clerk.get(reverse("firm", args=[one.uscc])).content.decode()
    assert page.count("/undo/") == 1
    take_back(clerk, last_of(one))
    assert everything() == before
    assert hnte_on_home(clerk) == 1
    assert not LedgerEntry.objects.in_force().filter(act="merged").exists()
    # And once more: nothing was lost on the way.
    merge(clerk, one, other, placements="there")
    assert one.placements.get().pk in [row["id"] for row in before["Placement"][1:]]
    take_back(clerk, last_of(one))
    assert everything() == before


def test_the_second_look_tells_what_is_counted(clerk):  # noqa: F811
    one, other = firm(), firm()
    today = timezone.localdate()
    for each, days in ((one, 100), (other, 200)):
        issued = today - dt.timedelta(days=days)
        number = f"GR{issued.year}51{days:06d}"
        do(acts.Grant(uscc=each.uscc, kind="hnte", number=number, valid_from=issued))
    sent = {"other": other.uscc, "keep-placements": "here", "reason": REASON}
    told = text_of(clerk.post(address(one, "merge"), sent), 422)
    assert f"“{other.name}”（{other.uscc}）的全部登记转入" in told
    assert "高企数 2 → 1" in told
    assert "转入 1 项 资质：资质类别 高企" in told
    assert "不转入 1 项 所在地：" in told
    merge(clerk, one, other, placements="here")
    counts = counting.count([today], Definition.CERTIFICATE)
    assert counts.value(today, "district", "hnte") == 1
    entries = LedgerEntry.objects.filter(act="merged")
    assert {entry.by.username for entry in entries} == {"小石"}
    assert {entry.reason for entry in entries} == {f"并入{other.uscc}：{REASON}"}
    assert {entry.enterprise_id for entry in entries} == {one.pk, other.pk}


def test_conflicts_are_shown_and_must_be_chosen(clerk):  # noqa: F811
    one, other = firm(), firm()
    day = dt.date(2025, 11, 1)
    for each, number in ((one, "GR202551100001"), (other, "GR202551100002")):
        do(
            acts.Grant(uscc=each.uscc, kind="hnte", number=number, valid_from=day),
            tell(each, revenue=100 if each is one else 120),
            acts.EnterPool(uscc=each.uscc, stage="seed", on=DAY),
            acts.Apply(uscc=each.uscc, kind="hnte", year=2026, stage="filed", on=DAY),
            acts.Close(uscc=each.uscc, on=DAY),
            acts.Reopen(uscc=each.uscc, on=dt.date(2026, 6, 1)),
        )
    theirs = Qualification.objects.get(enterprise=other)
    shown = register(clerk, one, "merge", other=other.uscc)
    told = text_of(shown, 422)
    for words in (
        "所在地以哪一家为准", "注销记录以哪一家为准", "后备库记录以哪一家为准",
        "高企申报以哪一家为准", "2025年度数据以哪一家为准", "2025-11-01的高企以哪一家为准",
        "GR202551100001，2025-11-01起至2028-11-01", "营业收入（万元） 120", "两份都保留",
    ):  # fmt: skip
        assert words in told, words
    keep = {
        "placements": "here", "closures": "there", "pool": "there",
        "applications__hnte": "here", "figures__2025": "there",
        f"certificate__{theirs.pk}": "there",
    }  # fmt: skip
    before = everything()
    for missing in keep:
        rest = {name: kept for name, kept in keep.items() if name != missing}
        assert merge(clerk, one, other, **rest).status_code == 422
    assert everything() == before
    merge(clerk, one, other, **keep)
    assert merged(one, other)
    assert one.yearly_figures.get().revenue == 120
    held = {row.number: row for row in one.qualifications.all()}
    # The one that was not chosen never held, and its number comes back as nobody else's.
    assert (held["GR202551100001"].revoked_on, held["GR202551100002"].revoked_on) == (day, None)
    take_back(clerk, last_of(one))
    assert everything() == before


@pytest.mark.parametrize("kept", ["here", "there", "both"])
def test_two_certificates_of_a_day(clerk, kept):  # noqa: F811
    one, other = firm(), firm()
    day = dt.date(2025, 11, 1)
    numbers = ("GR202551100001", "GR202551100002")
    for each, number in zip((one, other), numbers, strict=True):
        do(acts.Grant(uscc=each.uscc, kind="hnte", number=number, valid_from=day))
    key = f"certificate__{Qualification.objects.get(enterprise=other).pk}"
    before = everything()
    merge(clerk, one, other, placements="here", **{key: kept})
    alive = [row.number for row in one.qualifications.all() if not row.revoked_on]
    expected = {"here": [numbers[0]], "there": [numbers[1]], "both": list(numbers)}
    assert sorted(alive) == expected[kept]
    take_back(clerk, last_of(one))
    assert everything() == before


@pytest.mark.parametrize(("kept", "since"), [("here", "2020-01-01"), ("there", "2019-01-01")])
def test_a_membership_told_with_two_days(clerk, kept, since):  # noqa: F811
    one, other = firm(), firm()
    for each, year in ((one, 2020), (other, 2019)):
        do(acts.Grant(uscc=each.uscc, kind="tech", valid_from=dt.date(year, 1, 1)))
    key = f"certificate__{Qualification.objects.get(enterprise=other).pk}"
    before = everything()
    merge(clerk, one, other, placements="here", **{key: kept})
    assert str(one.qualifications.get().valid_from) == since
    take_back(clerk, last_of(one))
    assert everything() == before


def test_code_name_and_page_of_the_record_lead_to_the_firm(clerk, twins):  # noqa: F811
    one, other = twins
    merge(clerk, one, other, placements="here")
    old = clerk.get(reverse("firm", args=[other.uscc]))
    assert old.headers["Location"] == reverse("firm", args=[one.uscc])
    page = text_of(clerk.get(reverse("firm", args=[one.uscc])))
    assert f"并入的登记 江津双生智造公司 {other.uscc}" in page
    assert "（转出）" in text_of(clerk.get(reverse("ledger"), {"q": other.uscc}))
    for asked in (other.uscc, "双生智造"):
        found = clerk.get(reverse("firm_list"), {"q": asked}).context["rows"]
        assert [row.uscc for row in found] == [one.uscc]
    lines = [
        Line(1, 1, "第1行", {Field.CODE: other.uscc}),
        Line(2, 1, "第2行", {Field.NAME: "江津双生智造公司"}),
    ]
    assert [match.firm for match in matching.match_names(lines)] == [one, one]
    detail = clerk.get(f"/api/v1/enterprises/{other.uscc}/").json()
    assert (detail["status"], detail["merged_into"]) == ("void", one.uscc)
    # Nothing is written under the code any more, and it is no new firm's.
    for told in (
        acts.Register(uscc=other.uscc, name="江津双生智造公司"),
        acts.Amend(uscc=other.uscc, legal_form="分公司"),
    ):
        with pytest.raises(registry.ActsRefused, match=f"请用它的信用代码{one.uscc}"):
            registry.apply([told], by=None)
    wrong = {"uscc": other.uscc, "name": "某公司", "town": "500116002", "since": "2026-05-01"}
    refused = clerk.post(reverse("firm_new"), wrong | {"reason": REASON})
    assert f"该代码的登记已并入“{one.name}”" in text_of(refused, 422)


def test_a_fact_keeps_the_file_and_cell_that_told_it(clerk):  # noqa: F811
    one, other = firm(), firm()
    told = {"kind": "roster", "sha256": "0" * 64, "size": 1, "name": "名册.xlsx"}
    source = SourceFile.objects.create(**told, as_of=dt.date(2026, 6, 30))
    listing = acts.Listing("名册.xlsx", dt.date(2026, 6, 30))
    from_list = {"listing": listing, "uscc": other.uscc}
    do(
        acts.RecordFigures(year=2025, values={"staff": 9}, cells={"staff": "A1!C4"}, **from_list),
        acts.Grant(kind="tech", valid_from=DAY, cells={"valid_from": "A1!D4"}, **from_list),
        source=source,
    )
    merge(clerk, one, other, placements="here")
    arrived = LedgerEntry.objects.filter(enterprise=one, act="merged", source=source)
    assert {cell for entry in arrived for cell in entry.cells.values()} >= {"A1!C4", "A1!D4"}
    page = clerk.get(reverse("firm", args=[one.uscc])).content.decode()
    assert "来自 名册.xlsx A1!C4" in page
    assert "名册自报" in page
    # A newer list may still say otherwise: it is no person's value.
    newer = acts.Listing("新名册", dt.date(2026, 9, 30))
    do(acts.RecordFigures(uscc=one.uscc, year=2025, values={"staff": 11}, listing=newer))
    assert one.yearly_figures.get().staff == 11


def test_what_was_built_on_it_keeps_the_merge(clerk, twins):  # noqa: F811
    one, other = twins
    merge(clerk, one, other, placements="here")
    entry = last_of(one)
    tech = one.qualifications.get(kind__code="tech")
    register(clerk, one, "revoke", qualification=tech.pk, on="2026-06-01")
    assert "不能在这里撤销" in text_of(take_back(clerk, entry), 422)
    assert merged(one, other)
    revoked = LedgerEntry.objects.filter(enterprise=one, act="revoked").get()
    take_back(clerk, revoked)
    take_back(clerk, entry)
    assert not merged(one, other)


def test_what_was_told_before_the_merge_is_taken_back_after_it_only(clerk):  # noqa: F811
    one, other = firm(), firm()
    register(clerk, other, "details", legal_form="分公司")
    register(clerk, one, "details", industry_code="C3670")
    merge(clerk, one, other, placements="here")
    for each in (one, other):
        detailed = LedgerEntry.objects.get(enterprise=each, act="detailed")
        page = clerk.get(reverse("firm_take_back", args=[each.uscc, detailed.pk]))
        assert "不能在这里撤销" in text_of(page)
    take_back(clerk, last_of(one))
    take_back(clerk, LedgerEntry.objects.get(enterprise=other, act="detailed"))
    other.refresh_from_db()
    assert other.legal_form == ""


def test_two_records_are_merged_one_after_the_other(clerk):  # noqa: F811
    one, second, third = firm(), firm(hnte=True), firm(tech=True)
    before = everything()
    merge(clerk, one, second, placements="here")
    first_merge = last_of(one)
    merge(clerk, one, third, placements="here")
    assert merged(one, second)
    assert merged(one, third)
    # The first one stays until the later one is taken back; and who took in others does not go.
    assert "不能在这里撤销" in text_of(take_back(clerk, first_merge), 422)
    refused = merge(clerk, firm(), one, placements="here")
    assert "已有别的登记并入这一家" in text_of(refused, 422)
    take_back(clerk, last_of(one))
    take_back(clerk, first_merge)
    assert everything()["firms"][:3] == before["firms"]
    assert not LedgerEntry.objects.in_force().filter(act="merged").exists()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("", "必填"),
        ("91500116MA0000001X", "没有登记这个信用代码"),
        ("91500116MA\x00000001", "空字符"),
        ("self", "两个代码相同"),
    ],
)
def test_what_is_no_other_record_is_refused(clerk, other, said):  # noqa: F811
    one = firm()
    answer = register(clerk, one, "merge", other=one.uscc if other == "self" else other)
    assert said in text_of(answer, 422)


@pytest.mark.parametrize("who", ["老郑", "审计", "德感"])
def test_only_the_bureau_merges(client, people, who):
    client.force_login(people[who])
    one, other = firm(), firm()
    assert merge(client, one, other, placements="here").status_code == 403
    assert not merged(one, other)


def test_the_unit_finds_the_firm_under_the_old_address(client, clerk, people, twins):  # noqa: F811
    one, other = twins
    merge(clerk, one, other, placements="here")
    client.force_login(people["德感"])
    old = client.get(reverse("firm", args=[other.uscc]))
    assert old.headers["Location"] == reverse("firm", args=[one.uscc])


def test_the_api_merges_with_its_choices(clerk):  # noqa: F811
    one, other = firm(), firm()

    def send(**body):
        path = f"/api/v1/enterprises/{one.uscc}/changes/"
        body |= {"act": "merge", "other": other.uscc, "reason": REASON}
        return clerk.post(path, body, content_type="application/json")

    asked = send()
    assert asked.status_code == 400
    assert "keep-placements" in str(asked.json())
    look = send(keep={"placements": "here"})
    assert (look.status_code, look.json()["code"]) == (422, "second_look")
    done = send(keep={"placements": "here"}, confirmed=True)
    assert {entry["act"] for entry in done.json()} == {"merged"}
    assert merged(one, other)
    path = f"/api/v1/enterprises/{one.uscc}/take-back/"
    told = {"entry": last_of(one).pk, "reason": "登记错了"}
    look = clerk.post(path, told, content_type="application/json")
    assert (look.status_code, look.json()["code"]) == (422, "second_look")
    back = clerk.post(path, told | {"mark": look.json()["mark"]}, content_type="application/json")
    assert {entry["act"] for entry in back.json()} == {"undone"}
    assert not merged(one, other)


def test_a_line_of_a_list_names_what_is_left_and_then_its_own_again(clerk, people):  # noqa: F811
    one, other = firm(tech=True), firm(tech=True)
    text = "2026年第一批高新技术企业备案公示\n1．重庆外区电子有限公司"
    found = intake.receive_read([text.encode()], "名单.txt", read_pasted(text), by=people["小石"])
    ours, theirs = (Qualification.objects.get(enterprise=each) for each in (one, other))
    told = {"announcement": found, "place": "第1行", "name": other.name}
    line = AnnouncementLine.objects.create(n=1, firm=other, qualification=theirs, **told)
    # Told twice, with the same day: nothing of it is asked.
    merge(clerk, one, other, placements="here")
    assert one.qualifications.get() == ours
    line.refresh_from_db()
    assert (line.qualification, line.firm.current) == (ours, one)
    take_back(clerk, last_of(one))
    line.refresh_from_db()
    assert line.qualification == theirs


def test_figures_that_only_together_cannot_be_are_chosen(clerk):  # noqa: F811
    one, other = firm(), firm()
    do(tell(one, staff=5), tell(other, rd_staff=6))
    shown = text_of(merge(clerk, one, other, placements="here"), 422)
    assert "2025年度数据以哪一家为准" in shown
    assert "科技人员数 6" in shown
    merge(clerk, one, other, placements="here", figures__2025="there")
    row = one.yearly_figures.get()
    assert (row.staff, row.rd_staff) == (None, 6)


def test_many_facts_cost_as_many_queries_as_few(clerk):  # noqa: F811
    def queries_of(years: range) -> int:
        one, other = firm(), firm()
        do(*(tell(other, year, revenue=1) for year in years))
        act = acts.Merge(uscc=one.uscc, other=other.uscc, keep={"placements": "here"})
        with CaptureQueriesContext(connection) as asked:
            registry.apply([act], by=None)
        return len(asked)

    assert queries_of(range(2024, 2026)) == queries_of(range(2015, 2026))
