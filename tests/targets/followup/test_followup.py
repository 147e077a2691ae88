"""The firms that need a call: which, why, by whom; filters, bulk, file, API, 本周, access, queries."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.firms.talks import recording
from enterprises.models import (
    BulkRun,
    Enterprise,
    FirmOwner,
    FollowUpRule,
    Talk,
    TalkKind,
    UnitContact,
)
from enterprises.registry import acts
from parks.models import Unit, User
from targets.desk.errands import errands_of
from targets.followup.page import FollowUpPage
from targets.followup.question import FollowUpQuestion
from targets.followup.rows import Why
from tests.clock import noon_of
from tests.firms import TODAY, firm, merging
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
AT = "/followup/"
CONTACT = {"contact_name": "王敏", "contact_phone": "13800000001"}


@pytest.fixture(autouse=True)
def _today(people):
    with noon_of(TODAY):
        yield


def apply(*told):
    registry.apply(list(told), by=None)


def pooled(**values) -> Enterprise:
    one = firm(**values)
    apply(
        acts.EnterPool(uscc=one.uscc, stage="seed", target_year=2027, on=dt.date(2026, 1, 5)),
        acts.Amend(uscc=one.uscc, **CONTACT),
    )
    return one


def owned(one, account, level="unit"):
    apply(acts.AssignOwner(uscc=one.uscc, level=level, account=account, on=dt.date(2026, 2, 1)))


def talked(one, by, days_ago=0, **more) -> Talk:
    kind = TalkKind.objects.get(code="call")
    told = {"on": TODAY - dt.timedelta(days_ago), "kind": kind, "said": f"谈{days_ago}"}
    return recording.record(one, **told | more, by=by)


def asked(one, by, answerer, days=2) -> Talk:
    return talked(
        one, by, asked="何时发证？", answerer=answerer, answer_by=TODAY + dt.timedelta(days)
    )


def listed(client, **question) -> set[str]:
    answer = client.get(AT, question)
    assert answer.status_code == 200
    return {line.row.firm.uscc for line in answer.context["lines"].lines}


def rows(user) -> dict[str, object]:
    page = FollowUpPage(FollowUpQuestion(TODAY, user))
    return {row.firm.uscc: row for row in page.listed}


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


# --- which firms ---
def test_it_lists_who_needs_a_call_and_says_why(people):
    pool, ending, quiet = pooled(), firm(hnte_expiring=True), firm(hnte=True)
    applying, asking = firm(), firm()
    step = {"next_action": "催材料", "next_on": TODAY + dt.timedelta(3), "owner": "小石"}
    told = {"uscc": applying.uscc, "kind": "hnte"}
    apply(
        acts.Apply(**told, year=2026, stage="filed", on=dt.date(2026, 5, 1)),
        acts.NextStep(**told, **step),
    )
    asked(asking, people["小石"], people["德感"])
    found = rows(people["小石"])
    assert {uscc: list(row.whys) for uscc, row in found.items()} == {
        pool.uscc: [Why.POOL],
        ending.uscc: [Why.CERTIFICATE],
        applying.uscc: [Why.APPLICATION],
        asking.uscc: [Why.QUESTION],
    }
    assert quiet.uscc not in found
    assert found[pool.uscc].whys[Why.POOL] == "种子库，拟2027年申报"
    assert found[applying.uscc].whys[Why.APPLICATION] == "2026年高企已申报"
    assert "到期，未启动" in found[ending.uscc].whys[Why.CERTIFICATE]
    # What is due first comes first, and what has no day last.
    assert [row.firm.uscc for row in found.values()] == [
        asking.uscc, applying.uscc, ending.uscc, pool.uscc,
    ]  # fmt: skip
    assert found[applying.uscc].next_due.what == "催材料"


def test_who_is_gone_settled_or_has_nothing_under_way_is_not_listed(people):
    closed, gone, left = pooled(), pooled(), pooled()
    rejected, certified = firm(), firm()
    apply(
        acts.Close(uscc=closed.uscc, on=TODAY),
        acts.Leave(uscc=gone.uscc, on=TODAY),
        acts.LeavePool(uscc=left.uscc, on=TODAY, because="放弃"),
        acts.Apply(
            uscc=rejected.uscc, kind="hnte", year=2026, stage="rejected", on=dt.date(2026, 5, 1)
        ),
        acts.Apply(
            uscc=certified.uscc, kind="hnte", year=2026, stage="filed", on=dt.date(2026, 4, 1)
        ),
        acts.Grant(
            uscc=certified.uscc,
            kind="hnte",
            number="GR202651000009",
            valid_from=dt.date(2026, 6, 1),
        ),
    )
    assert rows(people["小石"]) == {}


def test_how_soon_a_certificate_ends_is_data(people, bureau):
    one = firm(hnte=True)
    assert listed(bureau) == set()
    FollowUpRule.objects.create(since=TODAY, quiet_days=10, ending_days=731, source="试")
    assert listed(bureau) == {one.uscc}
    assert "10天未对接" in text_of(bureau.get(AT))
    with noon_of(TODAY - dt.timedelta(1)):
        assert listed(bureau) == set()


def test_the_last_talk_is_the_newest_that_stands(people):
    one = pooled()
    talked(one, people["小石"], 40)
    talked(one, people["德感"], 20)
    recording.withdraw(talked(one, people["小石"], 1), "记错", by=people["小石"])
    row = rows(people["小石"])[one.uscc]
    assert (row.last.by, row.last_words, row.is_quiet) == (people["德感"], "已20天", False)


@pytest.mark.parametrize("who", ["小石", "德感"])
def test_talks_with_another_record_of_the_firm_go_with_the_firm(client, people, who):
    one, other = pooled(), firm()
    talked(one, people["小石"], 40)
    talked(other, people["德感"], 20)
    question = asked(other, people["小石"], people["德感"])
    apply(merging(one.uscc, other.uscc))
    row = rows(people[who])[one.uscc]
    assert (row.last.pk, row.last.said, row.is_quiet) == (question.pk, "谈0", False)
    assert row.questions == 1
    # As the firm's own page has them.
    client.force_login(people[who])
    book = client.get(reverse("firm_talks", args=[one.uscc]))
    assert [line.talk.said for line in book.context["lines"]] == ["谈0", "谈20", "谈40"]
    recording.withdraw(question, "记错", by=people["小石"])
    assert rows(people[who])[one.uscc].last.on == TODAY - dt.timedelta(20)


def test_the_unit_answers_what_another_record_of_its_firm_asked(client, people):
    one, other = pooled(), firm()
    question = asked(other, people["小石"], people["德感"])
    apply(merging(one.uscc, other.uscc))
    client.force_login(people["德感"])
    path = reverse("firm_talk_answer", args=[other.uscc, question.pk])
    assert client.post(path, {"answer": "年底发证"}).status_code == 302
    assert rows(people["德感"])[one.uscc].questions == 0
    client.force_login(people["老郑"])
    assert client.get(path).status_code == 403


# --- filters ---
def test_the_chips_count_what_their_lists_hold(people, bureau):
    mine, other, nobodys = pooled(), pooled(), pooled(park="baisha", town="500116108")
    owned(mine, "小石", "bureau")
    owned(other, "德感")
    talked(mine, people["小石"], 90)
    talked(other, people["小石"], 91)
    asked(nobodys, people["小石"], people["小石"], days=30)
    assert listed(bureau, owner="小石") == {mine.uscc}
    assert listed(bureau, owner="none") == {nobodys.uscc}
    # On the ninetieth day it is not quiet yet.
    assert listed(bureau, quiet="1") == {other.uscc}
    assert listed(bureau, question="open") == {nobodys.uscc}
    assert listed(bureau, question="due") == set()
    assert listed(bureau, unit="baisha") == {nobodys.uscc}
    assert listed(bureau, why="question") == {nobodys.uscc}
    assert listed(bureau, q=other.name) == {other.uscc}
    User.objects.filter(username="德感").update(is_active=False)
    assert listed(bureau, owner="trouble") == {other.uscc}
    for question in ({}, {"unit": "degan"}, {"why": "pool", "quiet": "1"}):
        for chip in bureau.get(AT, question).context["shown"].chips:
            found = bureau.get(chip.url).context["shown"]
            assert len(found.listed) == chip.firms, chip
            assert [one.label for one in found.chips if one.is_chosen] == [chip.label]


@pytest.mark.parametrize(
    "question",
    [
        {"why": "x"},
        {"unit": "nowhere"},
        {"quiet": "90"},
        {"question": "all"},
        {"who": "me"},
        {"q": "\u200b"},
    ],
)
def test_a_question_that_makes_no_sense_says_so_and_shows_all(people, bureau, question):
    one = pooled()
    answer = bureau.get(AT, question)
    assert answer.status_code == 400
    assert "下面显示全部" in answer.content.decode()
    assert [line.row.firm.uscc for line in answer.context["lines"].lines] == [one.uscc]
    assert bureau.get("/api/v1/followup/", question).status_code == 400
    assert bureau.get(f"{AT}export.xlsx", question).status_code == 404


# --- who sees what ---
def test_a_unit_sees_its_own_and_leaders_see_owners_and_units_phones_only(client, people):
    own, other = pooled(), pooled(park="baisha", town="500116108")
    owned(own, "德感")
    owned(own, "小石", "bureau")
    park = Unit.objects.get(code="degan")
    UnitContact.objects.create(unit=park, name="李静", phone="023-4755 1234")
    client.force_login(people["德感"])
    assert listed(client) == {own.uscc}
    assert "13800000001" in text_of(client.get(AT))
    client.force_login(people["老郑"])
    assert listed(client) == {own.uscc, other.uscc}
    shown = text_of(client.get(AT))
    assert "13800000001" not in shown
    assert "王敏" not in shown
    assert "李静 023-4755 1234" in shown
    assert "单位 德感" in shown
    assert "科技局 小石" in shown
    assert "bulk" not in client.get(AT).content.decode().split("<main")[1].split("</main>")[0]
    api = client.get("/api/v1/followup/").json()["results"]
    assert {row["contact"] for row in api} == {None}
    for form_at in ("xlsx", "csv"):
        assert "13800000001" not in str(cells(client, form_at))


def cells(client, form_at, **question) -> list[list]:
    body = b"".join(client.get(f"{AT}export.{form_at}", question).streaming_content)
    if form_at == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_file_holds_the_list_as_filtered(people, bureau):
    one, _ = pooled(), pooled()
    owned(one, "德感")
    talked(one, people["德感"], 3)
    table = cells(bureau, "xlsx", owner="德感")
    # A firm whose owner is told by the account alone.
    assert any("责任人德感" in str(row[0]) for row in table)
    assert table[-1][1:5] == [one.uscc, one.name, "德感", "后备库：种子库，拟2027年申报"]
    assert table[-1][5:9] == ["德感", None, "王敏", "13800000001"]
    assert table[-1][-3] == "德感"
    assert len(cells(bureau, "csv", owner="德感")) == 2


def test_the_api_tells_what_the_page_tells(people, bureau):
    one = pooled()
    owned(one, "德感")
    asked(one, people["德感"], people["小石"], days=1)
    row = bureau.get("/api/v1/followup/", {"question": "due"}).json()["results"][0]
    assert (row["uscc"], row["unit"], row["contact"]) == (one.uscc, "degan", "王敏 13800000001")
    assert [reason["why"] for reason in row["reasons"]] == ["pool", "question"]
    assert (row["unit_owner"]["account"], row["bureau_owner"]) == ("德感", None)
    assert (row["last_on"], row["last_by"], row["quiet"]) == (str(TODAY), "德感", False)
    assert (row["open_questions"], row["due_on"], row["due"]) == (
        1, str(TODAY + dt.timedelta(1)), "答复企业（小石）",
    )  # fmt: skip


# --- naming owners of many ---
def start(client, *firms, act="unit_owner", **more):
    sent = {"act": act, "scope": "ticked", "firm": [one.uscc for one in firms], "on": str(TODAY)}
    return client.post(f"{AT}bulk/", sent | more, follow=True)


def run_address() -> str:
    return f"{AT}bulk/{BulkRun.objects.latest('pk').pk}/"


def test_ticked_firms_get_an_owner_after_a_preview_and_lose_it_by_undoing(people, bureau):
    first, second, elsewhere = pooled(), pooled(), pooled(park="baisha", town="500116108")
    preview = text_of(start(bureau, first, second, elsewhere, account="德感"))
    assert "将写入 2 家" in preview
    assert "不是企业所在单位的人员" in preview
    assert not FirmOwner.objects.exists()
    receipt = text_of(bureau.post(run_address(), {"confirm": "1"}, follow=True))
    assert "已写入 2 家" in receipt
    assert set(FirmOwner.objects.values_list("enterprise", "account")) == {
        (first.pk, "德感"), (second.pk, "德感"),
    }  # fmt: skip
    # The bureau's owner, named since, is no reason to keep the unit's.
    owned(first, "小石", "bureau")
    undone = text_of(bureau.post(f"{run_address()}undo/", follow=True))
    assert "撤销" in undone
    assert list(FirmOwner.objects.values_list("enterprise", "account")) == [(first.pk, "小石")]


def test_many_lose_their_owner_only_where_that_is_chosen(people, bureau):
    one = pooled()
    owned(one, "德感")
    asked_for = start(bureau, one)
    assert "将写入" not in text_of(asked_for)
    assert bureau.post(run_address(), {"confirm": "1"}).status_code == 422
    assert "将写入 1 家" in text_of(start(bureau, one, account="!"))
    bureau.post(run_address(), {"confirm": "1"})
    assert not FirmOwner.objects.filter(until=None).exists()


def test_a_unit_names_its_own_people_for_its_own_firms(client, people):
    own, other = pooled(), pooled(park="baisha", town="500116108")
    client.force_login(people["德感"])
    preview = text_of(start(client, own, other, account="德感"))
    assert "将写入 1 家" in preview
    refused = start(client, own, act="bureau_owner", account="小石", asked="1")
    assert "科技局责任人由科技局指定" in refused.content.decode()
    assert client.post(run_address(), {"confirm": "1"}).status_code == 422
    assert not FirmOwner.objects.exists()


def test_all_of_a_filter_and_pasted_names(people, bureau):
    firms = [pooled() for _ in range(3)]
    talked(firms[0], people["小石"])
    sent = {"act": "bureau_owner", "scope": "filtered", "filter": "quiet=1", "on": str(TODAY)}
    preview = bureau.post(f"{AT}bulk/", sent | {"account": "小石"}, follow=True)
    assert "将写入 2 家" in text_of(preview)
    assert bureau.get(f"{AT}paste/").status_code == 200
    pasted = {"act": "bureau_owner", "scope": "pasted", "pasted": firms[0].name, "on": str(TODAY)}
    preview = bureau.post(f"{AT}bulk/", pasted | {"account": "小石"}, follow=True)
    assert "将写入 1 家" in text_of(preview)


# --- 本周, unit contacts, queries ---
@pytest.mark.parametrize(("who", "firms"), [("小石", 2), ("德感", 1)])
def test_the_week_counts_firms_that_wait_for_an_answer(client, people, who, firms):
    own, other, later = pooled(), firm(park="baisha", town="500116108"), firm()
    asked(own, people["小石"], people["小石"], days=-3)
    # TODAY is a Tuesday.
    asked(other, people["小石"], people["小石"], days=5)
    asked(later, people["小石"], people["小石"], days=6)
    errand = next(e for e in errands_of(people[who], TODAY) if "企业问题" in e.label)
    assert (errand.count, errand.due) == (firms, TODAY - dt.timedelta(3))
    client.force_login(people[who])
    assert len(listed(client, question="due")) == firms
    assert client.get(errand.url).context["shown"].listed


def test_a_unit_tells_whom_to_call_there(client, people):
    path = reverse("unit_contact", args=["degan"])
    client.force_login(people["德感"])
    assert client.post(path, {"name": "李静", "phone": ""}).status_code == 422
    client.post(path, {"name": "李静", "phone": "023-4755 1234"})
    client.post(path, {"name": "李静", "phone": "023-4755 4321"})
    told = UnitContact.objects.get()
    assert (told.phone, told.told_by) == ("023-4755 4321", people["德感"])
    assert client.get(path).context["form"]["name"].value() == "李静"
    for who, code in (("老郑", 403), ("街道", 404), ("小石", 200)):
        client.force_login(people[who])
        assert client.get(path).status_code == code


def test_it_asks_as_often_for_many_firms_as_for_few(people, bureau, django_assert_max_num_queries):
    def grow(times):
        for number in range(times):
            one = pooled()
            owned(one, "德感")
            asked(one, people["小石"], people["德感"], days=number)
            firm(hnte_expiring=True)

    grow(1)
    bureau.get(AT)
    with django_assert_max_num_queries(45) as few:
        bureau.get(AT)
    count = len(few.captured_queries)
    grow(6)
    # The first reader after a change brings the spans up to date.
    bureau.get(AT)
    with django_assert_max_num_queries(count):
        bureau.get(AT)


def test_a_long_list_has_pages(people, bureau):
    firms = [firm() for _ in range(52)]
    told = [acts.EnterPool(uscc=one.uscc, stage="seed", on=dt.date(2026, 1, 5)) for one in firms]
    apply(*told)
    first = bureau.get(AT)
    assert len(first.context["lines"].lines) == 50
    second = bureau.get(AT, {"page": "2", "why": "pool"})
    assert len(second.context["lines"].lines) == 2
    assert "why=pool&amp;page=1" in second.content.decode()
    longer = bureau.get(first.context["shown"].longer_url)
    assert len(longer.context["lines"].lines) == 52
    assert longer.context["shown"].longer_url == ""
    # A number leads to its list on pages of the same length.
    assert all("size=200" in chip.url for chip in longer.context["shown"].chips)
