"""Duties of many firms at once: ticked, filtered or pasted, looked at, written, taken back."""

import pytest

from enterprises.models import BulkRun, DutyDone, LedgerEntry
from tests.clock import noon_of
from tests.targets.duties.scene import DAY, DUE, DUTY, YEAR, did, holder
from tests.targets.page_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
START = "/duties/bulk/"
NOW = DUE - 10 * DAY


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    with noon_of(NOW):
        yield client


def start(client, act: str = "done", **more):
    given = {"act": act, "scope": "ticked", "on": str(NOW), "duty": DUTY, "year": YEAR}
    return client.post(START, given | more, follow=True)


def run_url() -> str:
    return f"{START}{BulkRun.objects.latest('pk').pk}/"


def confirm(client, **more):
    return client.post(run_url(), {"confirm": "1"} | more, follow=True)


def test_a_pasted_list_of_names_is_looked_at_written_and_taken_back(bureau):
    first, second, known = holder("甲电子"), holder("乙机械"), holder("丙材料")
    did(known)
    page = bureau.get("/duties/paste/")
    assert "高企年度义务" in text_of(page)
    assert "办理日期" in text_of(page)
    entries = LedgerEntry.objects.count()
    text = f"1. {first.name}\n{second.uscc}\n{known.name}\n江津没有这家有限公司"
    shown = text_of(start(bureau, scope="pasted", pasted=text))
    for words in ("将写入 2 家", "待选定 1 行", "已登记2026-04-30办理（名单）", "没有登记这个名称"):
        assert words in shown, words
    assert LedgerEntry.objects.count() == entries
    receipt = text_of(confirm(bureau))
    assert "已写入 2 家" in receipt
    done = DutyDone.objects.get(enterprise=first)
    assert (str(done.done_on), done.year, done.withdrawn_on) == (str(NOW), YEAR, None)
    assert "科技局" in done.source
    assert bureau.get("/duties/?state=done").context["listed"] == 3
    bureau.post(f"{run_url()}undo/")
    assert not DutyDone.objects.exclude(enterprise=known).exists()
    assert bureau.get("/duties/").context["listed"] == 2


def test_all_of_the_filter_are_done_and_a_wrong_mark_is_withdrawn(bureau):
    firms = [holder(f"甲{number}") for number in range(3)]
    other = holder("白沙", park="baisha", town="500116108")
    bar = bureau.get("/duties/?unit=degan").context["bulk"]
    assert bar.total == 3
    start(bureau, scope="filtered", filter=bar.query, source="系统导出名单")
    confirm(bureau)
    assert set(DutyDone.objects.values_list("enterprise", "source")) == {
        (one.pk, "系统导出名单") for one in firms
    }
    start(bureau, "withdraw", firm=[firms[0].uscc, other.uscc])
    shown = text_of(bureau.get(run_url()))
    assert "将写入 1 家" in shown
    assert f"{other.name}：没有登记过" in shown
    confirm(bureau)
    assert DutyDone.objects.in_force().count() == 2
    # Told again, it stands again.
    start(bureau, firm=[firms[0].uscc])
    confirm(bureau)
    assert (DutyDone.objects.count(), DutyDone.objects.in_force().count()) == (3, 3)


def test_who_does_not_owe_it_is_written_on_confirmation_only(bureau):
    lapsed = holder("到期", until=DUE - DAY)
    start(bureau, firm=[lapsed.uscc])
    shown = text_of(bureau.get(run_url()))
    assert "须再核对 1 家" in shown
    assert "不计入高新技术企业，没有高企年报义务" in shown
    confirm(bureau)
    assert not DutyDone.objects.exists()
    confirm(bureau, with_doubtful="on", reason="换证期间照报")
    assert DutyDone.objects.get().enterprise == lapsed


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"on": str(NOW + DAY)}, "日期不得晚于今天"),
        ({"on": "2025-12-31"}, "日期不得早于该日"),
        ({"year": 2019}, "从2025年度起登记"),
        ({"duty": "none"}, "没有这一年度义务"),
    ],
)
def test_nonsense_is_told_and_nothing_written(bureau, values, said):
    one = holder("甲")
    start(bureau, firm=[one.uscc], **values)
    answer = bureau.post(
        run_url(),
        {"recheck": "1", "duty": DUTY, "year": YEAR, "on": str(NOW)} | values,
        follow=True,
    )
    assert said in answer.content.decode()
    assert not DutyDone.objects.exists()


def test_a_unit_marks_its_own_and_a_leader_none(client, people):
    own, other = holder("自己"), holder("白沙", park="baisha", town="500116108")
    with noon_of(NOW):
        client.force_login(people["德感"])
        shown = text_of(start(client, firm=[own.uscc, other.uscc]))
        assert "将写入 1 家" in shown
        confirm(client)
        assert DutyDone.objects.get().source == people["德感"].unit.name
        client.force_login(people["老郑"])
        assert start(client, firm=[own.uscc]).status_code == 403
