"""The contact book of a firm: an entry, an answer, a withdrawal, reminders; page and API alike."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.firms.talks import reminders
from enterprises.models import LedgerEntry, Notice, Talk
from enterprises.registry import acts
from parks.models import User
from tests.firms import TODAY, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
API = "/api/v1/talks/"


@pytest.fixture
def one(people):
    return firm()


@pytest.fixture
def unit(client, people):
    client.force_login(people["德感"])
    return client


def book(one) -> str:
    return reverse("firm_talks", args=[one.uscc])


def today(days: int = 0) -> str:
    return str(timezone.localdate() + dt.timedelta(days))


def entry(**more):
    return {"on": today(), "kind": "visit", "said": "走访车间，谈了研发辅助账"} | more


def asking(answerer="小石", days=7, **more):
    asked = {"asked": "加计扣除怎样归集？", "answerer": answerer, "answer_by": today(days)}
    return entry(**asked) | more


def test_an_entry_stands_on_the_firms_page_and_in_no_ledger(unit, one):
    before = LedgerEntry.objects.count()
    answer = unit.post(book(one), entry(), follow=True)
    assert answer.redirect_chain == [(book(one), 302)]
    assert "已记下与" in text_of(answer)
    assert LedgerEntry.objects.count() == before
    shown = text_of(unit.get(reverse("firm", args=[one.uscc])))
    assert "走访，德感" in shown
    assert "谈了研发辅助账" in shown
    assert Talk.objects.get().by.username == "德感"


def test_the_firms_page_has_the_last_five_and_leads_to_all(unit, one):
    for number in range(7):
        unit.post(book(one), entry(said=f"第{number}次", on=today(-number)))
    page = unit.get(reverse("firm", args=[one.uscc]))
    shown = text_of(page)
    assert "共 7 条" in shown
    assert ("第4次" in shown, "第5次" in shown) == (True, False)
    assert f'href="{book(one)}"' in page.content.decode()
    assert "第6次" in text_of(unit.get(book(one)))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (entry(said=""), "必填"),
        (entry(on="2099-01-01"), "日期不得晚于今天"),
        (entry(kind="dream"), "没有这种对接方式"),
        (entry(asked="何时发证？"), "请选由谁答复"),
        (entry(asked="何时发证？", answerer="小石"), "请填在哪天前答复"),
        (entry(answerer="小石"), "须写明问题"),
        (entry(answer_by="2026-12-01"), "须写明问题"),
        (asking(answerer="老郑"), "老郑"),
        (asking(answer_by="2001-01-01"), "答复期限不得早于对接日期"),
        (entry(said="长" * 1001), "1000"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_lost(unit, one, sent, said):
    answer = unit.post(book(one), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"]["said"].value() == sent["said"]
    assert not Talk.objects.exists()


def test_sent_twice_it_stands_once(unit, one):
    unit.post(book(one), entry())
    again = unit.post(book(one), entry())
    assert "同样的对接记录已经登记过" in again.content.decode()
    assert Talk.objects.count() == 1


def test_a_question_reaches_its_answerer_and_the_answer_who_asked(unit, one, people):
    unit.post(book(one), asking())
    talk = Talk.objects.get()
    notice = Notice.objects.get(person=people["小石"])
    assert "加计扣除怎样归集？" in notice.text
    assert notice.link == book(one)
    assert "待答复" in text_of(unit.get(book(one)))
    unit.force_login(people["小石"])
    path = reverse("firm_talk_answer", args=[one.uscc, talk.pk])
    assert "加计扣除怎样归集？" in text_of(unit.get(path))
    assert unit.post(path, {"answer": " "}).status_code == 422
    done = unit.post(path, {"answer": "按项目归集"}, follow=True)
    assert "已登记答复" in text_of(done)
    talk.refresh_from_db()
    assert (talk.answer, talk.answered_by, talk.is_open) == ("按项目归集", people["小石"], False)
    assert "已由小石答复" in Notice.objects.get(person=people["德感"]).text
    second = unit.post(path, {"answer": "再答"})
    assert "已经答复" in second.content.decode()


def test_a_wrong_entry_is_withdrawn_with_its_reason_and_stays_to_be_read(unit, one, people):
    unit.post(book(one), asking())
    talk = Talk.objects.get()
    path = reverse("firm_talk_withdraw", args=[one.uscc, talk.pk])
    # Whoever wrote it, and the bureau: not a colleague of the town.
    unit.force_login(people["街道"])
    assert unit.post(path, {"reason": "别人的"}).status_code == 403
    unit.force_login(people["德感"])
    assert unit.post(path, {"reason": ""}).status_code == 422
    unit.post(path, {"reason": "记错了企业"})
    shown = text_of(unit.get(book(one)))
    assert "已撤回" in shown
    assert "走访车间" in shown
    assert "记错了企业" in shown
    assert "已经撤回" in unit.post(path, {"reason": "再撤"}).content.decode()
    answer = reverse("firm_talk_answer", args=[one.uscc, talk.pk])
    assert "已经答复或撤回" in unit.post(answer, {"answer": "答"}).content.decode()
    # The same may be told anew.
    unit.post(book(one), asking())
    assert Talk.objects.standing().count() == 1


def test_the_database_lets_nobody_rewrite_the_book(unit, one):
    unit.post(book(one), asking())
    rows = Talk.objects.all()
    for change in ({"said": "改"}, {"on": TODAY}, {"asked": "改"}, {"by": rows[0].answerer}):
        with pytest.raises(IntegrityError, match="talk_is_kept"), transaction.atomic():
            rows.update(**change)
    now = timezone.now()
    rows.update(answer="答", answered_by=rows[0].by, answered_at=now)
    with pytest.raises(IntegrityError, match="talk_is_kept"), transaction.atomic():
        rows.update(answer="改答")
    rows.update(withdrawn_for="错", withdrawn_by=rows[0].by, withdrawn_at=now)
    with pytest.raises(IntegrityError, match="talk_is_kept"), transaction.atomic():
        rows.update(withdrawn_for="改")
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="talk_is_kept"), transaction.atomic():
            Talk.objects.all()._raw_delete("default")


def test_who_reads_and_who_writes(client, people, one):
    client.force_login(people["德感"])
    client.post(book(one), entry())
    path = book(one)
    client.force_login(people["老郑"])
    page = client.get(path)
    assert "谈了研发辅助账" in text_of(page)
    assert page.context["form"] is None
    assert client.post(path, entry(said="领导记")).status_code == 403
    client.force_login(people["街道"])
    assert client.post(path, entry(said="镇街记")).status_code == 302
    move = acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=TODAY)
    registry.apply([move], by=None)
    # What is said to the firm's present unit is not for the one that it has left.
    client.force_login(people["德感"])
    assert client.get(path).status_code == 403
    assert "谈了研发辅助账" not in text_of(client.get(reverse("firm", args=[one.uscc])))
    assert client.get(API).json()["results"] == []
    talk = Talk.objects.first()
    answer = reverse("firm_talk_answer", args=[one.uscc, talk.pk])
    assert client.post(answer, {"answer": "答"}).status_code == 404
    assert Talk.objects.count() == 2


def test_another_firms_entry_is_not_reached_by_this_ones_address(unit, one, people):
    other = firm()
    unit.post(book(one), asking())
    talk = Talk.objects.get()
    path = reverse("firm_talk_withdraw", args=[other.uscc, talk.pk])
    assert unit.post(path, {"reason": "错"}).status_code == 404


# --- reminders ---
def test_on_its_day_a_question_is_reminded_of_once(unit, one, people):
    unit.post(book(one), asking(days=3))
    unit.post(book(firm()), asking(days=3, asked="第二问"))
    Notice.objects.all().delete()
    day = timezone.localdate() + dt.timedelta(3)
    assert reminders.remind(day - dt.timedelta(1)) == 0
    assert reminders.remind(day) == 2
    notice = Notice.objects.get()
    assert (notice.person, notice.link) == (people["小石"], "/followup/?question=due")
    assert "有2个问题到了答复期限" in notice.text
    assert reminders.remind(day + dt.timedelta(1)) == 0


def test_a_late_run_reminds_of_one_by_its_words_and_not_of_what_is_settled(unit, one, people):
    unit.post(book(one), asking(days=0))
    for said in ("答过", "撤回"):
        unit.post(book(one), asking(days=0, said=said))
    answered, withdrawn = (Talk.objects.get(said=said) for said in ("答过", "撤回"))
    at = {"answer": "好"}
    unit.post(reverse("firm_talk_answer", args=[one.uscc, answered.pk]), at)
    unit.post(reverse("firm_talk_withdraw", args=[one.uscc, withdrawn.pk]), {"reason": "错"})
    Notice.objects.all().delete()
    assert reminders.remind(timezone.localdate() + dt.timedelta(5)) == 1
    notice = Notice.objects.get()
    assert notice.link == book(one)
    assert "加计扣除怎样归集？" in notice.text


def test_of_an_account_that_is_disabled_the_bureau_is_told(unit, one, people):
    unit.post(book(one), asking(answerer="街道", days=0))
    Notice.objects.all().delete()
    User.objects.filter(username="街道").update(is_active=False)
    reminders.remind(timezone.localdate())
    assert {notice.person.username for notice in Notice.objects.all()} == {"安安", "小石"}
    assert "答复人街道的账号已停用" in Notice.objects.first().text
    assert "街道（账号已停用）" in text_of(unit.get(book(one)))


def test_who_may_answer_no_more_is_not_reminded_but_the_bureau_is_told(unit, one, people):
    unit.post(book(one), asking(answerer="德感", days=0))
    Notice.objects.all().delete()
    move = acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=timezone.localdate())
    registry.apply([move], by=None)
    assert reminders.remind(timezone.localdate()) == 1
    assert {notice.person.username for notice in Notice.objects.all()} == {"安安", "小石"}
    assert "答复人德感已不在企业所在单位" in Notice.objects.first().text


def test_an_answer_is_not_told_to_the_unit_that_the_firm_has_left(unit, one, people):
    unit.post(book(one), asking())
    Notice.objects.all().delete()
    move = acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=timezone.localdate())
    registry.apply([move], by=None)
    unit.force_login(people["小石"])
    path = reverse("firm_talk_answer", args=[one.uscc, Talk.objects.get().pk])
    assert unit.post(path, {"answer": "按项目归集"}).status_code == 302
    assert not Notice.objects.exists()


# --- a record that was merged into another ---
@pytest.fixture
def survivor(unit, one):
    """Another record of the firm, into which the first went with its open question."""
    unit.post(book(one), asking(days=0))
    other = firm()
    merge = acts.Merge(uscc=other.uscc, other=one.uscc, keep={"placements": "here"}, confirmed=True)
    registry.apply([merge], by=None, reason="同一家")
    Notice.objects.all().delete()
    return other


def test_the_book_of_a_merged_record_goes_on_at_the_firm_that_stays(unit, one, survivor, people):
    talk = Talk.objects.get()
    assert "加计扣除怎样归集？" in text_of(unit.get(book(survivor)))
    # Old notices lead to the old address.
    assert survivor.name in text_of(unit.get(book(one)))
    answer = reverse("firm_talk_answer", args=[survivor.uscc, talk.pk])
    assert answer in unit.get(book(survivor)).content.decode()
    assert unit.post(answer, {"answer": "按项目归集"}).status_code == 302
    talk.refresh_from_db()
    assert not talk.is_open
    withdraw = reverse("firm_talk_withdraw", args=[survivor.uscc, talk.pk])
    assert unit.post(withdraw, {"reason": "记错"}).status_code == 302


def test_a_question_of_a_merged_record_is_followed_up_at_the_firm_that_stays(
    unit, survivor, people
):
    for who in ("德感", "小石"):
        unit.force_login(people[who])
        row = unit.get(reverse("followup"), {"question": "due"}).context["lines"].lines[0].row
        assert (row.firm, row.questions, row.last.said) == (survivor, 1, "走访车间，谈了研发辅助账")
    reminders.remind(timezone.localdate())
    notice = Notice.objects.get(person=people["小石"])
    assert survivor.name in notice.text
    assert notice.link == book(survivor)


def test_the_api_tells_the_talks_of_a_merged_record_at_the_firm_that_stays(unit, one, survivor):
    row = unit.get(API, {"uscc": survivor.uscc}).json()["results"][0]
    assert row["uscc"] == survivor.uscc
    path = f"{API}{row['id']}/answer/"
    sent = {"answer": "按项目归集"}
    assert unit.post(path, sent, content_type="application/json").status_code == 200


# --- API ---
def test_the_api_writes_and_reads_by_the_same_rules(unit, one, people):
    def post(path, body):
        return unit.post(path, body, content_type="application/json")

    made = post(API, asking() | {"uscc": one.uscc})
    assert made.status_code == 201
    row = made.json()
    assert (row["uscc"], row["kind"], row["by"], row["answerer"]) == (
        one.uscc, "visit", "德感", "小石",
    )  # fmt: skip
    assert unit.get(made.headers["Location"]).json() == row
    assert post(API, asking() | {"uscc": one.uscc}).status_code == 409
    assert post(API, entry(answerer="小石") | {"uscc": one.uscc}).json()["errors"].keys() == {
        "asked"
    }
    stranger = firm(park="baisha", town="500116108")
    assert post(API, entry() | {"uscc": stranger.uscc}).json()["errors"].keys() == {"uscc"}
    open_ones = {"open": "true", "uscc": one.uscc, "answerer": "小石", "due_by": today(7)}
    assert [each["id"] for each in unit.get(API, open_ones).json()["results"]] == [row["id"]]
    answered = post(f"{API}{row['id']}/answer/", {"answer": "按项目归集"}).json()
    assert (answered["answer"], answered["answered_by"]) == ("按项目归集", "德感")
    assert unit.get(API, open_ones).json()["results"] == []
    assert post(f"{API}{row['id']}/answer/", {"answer": "再答"}).status_code == 409
    gone = post(f"{API}{row['id']}/withdraw/", {"reason": "记错"}).json()
    assert (gone["withdrawn_for"], gone["withdrawn_by"]) == ("记错", "德感")
    unit.force_login(people["老郑"])
    assert unit.get(f"{API}{row['id']}/").status_code == 200
    assert post(f"{API}{row['id']}/withdraw/", {"reason": "记错"}).status_code == 403
    assert post(API, entry() | {"uscc": one.uscc}).status_code == 403


def test_the_firms_page_asks_as_often_for_many_entries_as_for_few(
    unit, one, people, django_assert_max_num_queries
):
    unit.post(book(one), entry())
    path = reverse("firm", args=[one.uscc])
    with django_assert_max_num_queries(40) as few:
        unit.get(path)
    asked = len(few.captured_queries)
    for number in range(8):
        unit.post(book(one), asking(said=f"第{number}次"))
    with django_assert_max_num_queries(asked + 1):
        unit.get(path)
