"""Key tasks through the pages: who owes what, reporting, correcting, who was late, and what everyone can read."""

import datetime as dt
import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Period
from enterprises.refusal import Refusal
from parks.models import Unit
from targets.key_tasks import board as task_board
from targets.key_tasks import duties
from targets.key_tasks import entries as task_entries
from targets.key_tasks.entries import TaskReport
from targets.models import KeyTask, TaskProgress
from tests.targets.page_text import text_of
from tests.targets.reporting import PDF, address, due_in, form, signed_in

pytestmark = pytest.mark.django_db


def test_every_body_owes_every_task_it_is_named_for_once(plan):
    owed = duties.duties_of_tasks()
    assert len({(duty.task.pk, duty.unit.pk) for duty in owed}) == len(owed)
    per_task = {}
    for duty in owed:
        per_task.setdefault(duty.task.code, []).append((duty.unit.code, duty.leads))
    assert len(per_task) == 16
    assert [leads for _, leads in per_task["task-1"]] == [True, True] + [
        False
    ] * 37  # 教委, six parks, thirty towns
    assert dict(per_task["task-9"]) == dict.fromkeys(
        ["kjj", "shuangfu", "luohuang", "degan", "baisha", "agri", "binjiang"], True
    )
    assert len(per_task["safeguard-1"]) == 41
    towns = [duty.task.code for duty in owed if duty.unit.code == "500116002"]
    assert towns == ["task-1", "task-2", "safeguard-1", "safeguard-3"]


def test_a_body_reports_and_everyone_reads_it(teacher, people, period):
    client = signed_in(teacher)
    sent = form(**{"figures-0-label": "孵化器", "figures-0-value": "2.50", "figures-0-unit": "个"})
    sent["uploads"] = [
        SimpleUploadedFile("总结.pdf", PDF),
        SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n1"),
    ]
    answer = client.post(address(period), sent)
    assert answer["Location"] == reverse("task", args=["task", 1]) + f"?quarter={period.code}"
    entry = TaskProgress.objects.get()
    assert (entry.unit.code, entry.version, entry.by) == ("jw", 1, teacher)
    assert entry.figures == [{"label": "孵化器", "value": 2.5, "unit": "个"}]
    for reader in (people["老郑"], people["德感"]):
        page = signed_in(reader).get(answer["Location"]).content.decode()
        assert "新增孵化器一家" in page
        file = signed_in(reader).get(reverse("task_file", args=[entry.files.first().pk]))
        assert b"".join(file.streaming_content) == PDF
        assert file["Content-Disposition"].startswith("attachment")
        assert file["X-Content-Type-Options"] == "nosniff"
    assert Client().get(reverse("task_file", args=[entry.files.first().pk])).status_code == 302


def test_a_correction_is_a_further_version_and_the_old_one_stays(teacher, period):
    client = signed_in(teacher)
    client.post(address(period), form(uploads=[SimpleUploadedFile("总结.pdf", PDF)]))
    first = TaskProgress.objects.get()
    kept = [str(first.files.get().pk)]
    client.post(address(period), form("改为两家", "behind", seen=1, kept=kept))
    assert list(TaskProgress.objects.order_by("version").values_list("text", "state")) == [
        ("新增孵化器一家", "in_progress"),
        ("改为两家", "behind"),
    ]
    assert TaskProgress.objects.in_force().get().files.get().sha256 == first.files.get().sha256
    page = client.get(reverse("task", args=["task", 1])).content.decode()
    assert page.index("改为两家") < page.index("以前的版本（1）") < page.index("新增孵化器一家")


def test_the_same_again_and_a_stale_form_are_refused_and_lose_nothing(teacher, people, period):
    client = signed_in(teacher)
    client.post(address(period), form())
    same = client.post(address(period), form(seen=1))
    assert (same.status_code, "完全相同" in same.content.decode()) == (422, True)
    stale = signed_in(people["小石"]).post(address(period), form("代填的长文字"))
    assert stale.status_code == 422
    assert "教委已在" in stale.content.decode()
    assert "代填的长文字" in stale.content.decode()
    assert TaskProgress.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": ""}, "请选择状态"),
        ({"text": "  "}, "请写明进展。"),
        ({"text": "字" * 2001}, "2000"),
        ({"figures-0-value": "3"}, "第1项名称：请写明这个数是什么"),
        ({"figures-1-label": "孵化器"}, "第2项数值：请填数值"),
        ({"figures-0-label": "孵化器", "figures-0-value": "多"}, "第1项数值"),
        ({"uploads": [("a.exe", b"MZ")]}, "不能作为附件"),
        ({"uploads": [("a.pdf", b"MZ....")]}, "内容与扩展名不符"),
        ({"uploads": [("a.pdf", b"")]}, "空文件"),
        ({"uploads": [(f"{n}.pdf", PDF) for n in range(6)]}, "附件最多5个"),
        ({"kept": ["999"]}, "要保留的附件不在上一版中"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(teacher, period, change, said):
    if "uploads" in change:
        change = {"uploads": [SimpleUploadedFile(*file) for file in change["uploads"]]}
    answer = signed_in(teacher).post(address(period), form("写好的进展") | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "text" in change or "写好的进展" in answer.content.decode()
    assert not TaskProgress.objects.exists()


def test_a_form_that_was_tampered_with_is_refused_with_a_reason(teacher, period):
    for wrong in ({"figures-TOTAL_FORMS": ""}, {"figures-TOTAL_FORMS": "99999"}, {"seen": "x"}):
        answer = signed_in(teacher).post(address(period), form("写好的进展") | wrong)
        assert (answer.status_code, "写好的进展" in answer.content.decode()) == (422, True), wrong


def test_only_the_bodys_own_people_and_the_bureau_write(teacher, people, period):
    for who, wanted in (("德感", 403), ("老郑", 403), ("审计", 403), ("小石", 302)):
        assert signed_in(people[who]).post(address(period), form()).status_code == wanted, who
    assert TaskProgress.objects.get().by == people["小石"]
    assert signed_in(teacher).post(address(period, "degan"), form()).status_code == 403
    assert (
        signed_in(teacher).post(address(period, "jw", ("task", 2)), form()).status_code == 404
    )  # no body of it
    assert signed_in(teacher).get(address(period, "nobody")).status_code == 404


def test_only_quarters_of_the_plan_that_have_ended_can_be_reported_on(teacher):
    running = Period.before(timezone.localdate() + dt.timedelta(days=93))
    for wrong in (running, Period(2023, 1), Period(9999, 4)):
        assert signed_in(teacher).get(address(wrong)).status_code == 404
    for code in ("2023Q1", "2026Q9", "abc", running.code):
        answer = signed_in(teacher).get(reverse("tasks"), {"quarter": code})
        assert (answer.status_code, "季度：" in answer.content.decode()) == (400, True), code
    assert signed_in(teacher).get(address(Period(2023, 2))).status_code == 200


def test_of_several_leads_the_gravest_state_is_shown(people, period):
    task = KeyTask.objects.get(kind="task", number=1)

    def say(unit: str, state: str) -> str:
        said = TaskReport(state, state)
        task_entries.add(task, Unit.objects.get(code=unit), period, said, by=people["小石"])
        return next(
            row
            for row in task_board.build_board(period, timezone.localdate()).tasks
            if row.task == task
        ).standing

    due_in(period, 3, people["小石"])
    assert say("jw", "behind") == "waiting"  # no lead
    assert say("kjj", "done") == "done"
    assert say("jxw", "behind") == "behind"


def test_the_overview_counts_tasks_and_names_who_is_missing(teacher, people, period):
    due_in(period, -1, people["小石"])
    board = task_board.build_board(period, timezone.localdate())
    assert (board.well, board.behind, board.other, len(board.owing)) == (0, 0, 16, 48)
    for row in board.tasks:
        for line in row.lines:
            if line.duty.unit.code == "jw" or line.duty.leads:
                state = "behind" if row.task.number == 13 else "in_progress"
                task_entries.add(
                    row.task, line.duty.unit, period, TaskReport(state, "进展"), by=people["小石"]
                )
    board = task_board.build_board(period, timezone.localdate())
    assert (board.well, board.behind, board.other) == (15, 1, 0)
    assert "jw" not in {row.unit.code for row in board.owing}
    page = text_of(signed_in(people["老郑"]).get("/"))
    assert "15 / 16 项正常" in page
    behind = (
        signed_in(people["老郑"]).get(reverse("tasks"), {"standing": "behind"}).content.decode()
    )
    assert ("滞后的任务" in behind, "市场服务水平" in behind, "企业研发活动" in behind) == (
        True,
        True,
        False,
    )
    assert f"{len(board.owing)} 家逾期未报" in page
    by_body = signed_in(people["老郑"]).get(reverse("tasks"), {"by": "body"}).content.decode()
    assert "区教委" in by_body
    assert "已报齐" in by_body


def test_who_first_reported_after_the_due_day_was_late_and_a_correction_does_not_make_it_so(
    teacher, people, period
):
    due_in(period, -3, people["小石"])
    now = timezone.now()
    four = [duty for duty in duties.duties_of_tasks() if duty.unit.code == "jw"]
    for duty, days_ago in zip(four, (9, 3, 2, 0), strict=True):
        at = now - dt.timedelta(days=days_ago)
        task_entries.add(
            duty.task, duty.unit, period, TaskReport("done", "完成"), by=teacher, at=at
        )
    task_entries.add(
        four[0].task, four[0].unit, period, TaskReport("behind", "更正"), by=teacher, seen=1
    )
    board = task_board.build_board(period, timezone.localdate())
    lines = [line for line in board.lines if line.duty.unit.code == "jw"]
    assert [line.late for line in lines] == [False, False, True, True]  # on the due day is in time
    page = signed_in(people["老郑"]).get(reverse("tasks"), {"by": "body"}).content.decode()
    assert "迟报 2 项" in page
    assert page.count("迟报 ") == 1


def test_a_department_lands_on_its_tasks(teacher, period):
    client = signed_in(teacher)
    assert client.get("/")["Location"] == reverse("tasks")
    page = client.get(reverse("tasks")).content.decode()
    assert page.count(f"{period.code}/jw/") == 4  # tasks 1, 8, 10, 11
    assert "季度名册" not in page
    assert client.get(reverse("roster_board"))["Location"] == "/"


def test_a_parks_own_page_says_what_it_owes(people, period):
    due_in(period, -1, people["小石"])
    duty = next(duty for duty in duties.duties_of_tasks() if duty.unit.code == "degan")
    task_entries.add(duty.task, duty.unit, period, TaskReport("done", "完成"), by=people["德感"])
    page = text_of(signed_in(people["德感"]).get("/units/degan/"))
    assert "已报 1 / 应报 6" in page
    assert "逾期未报 5 项" in page


@pytest.mark.django_db(transaction=True)
def test_of_two_who_report_at_once_one_is_told_of_the_other(people, period):
    task, unit = KeyTask.objects.get(kind="task", number=1), Unit.objects.get(code="jw")
    start, heard = threading.Barrier(4), []

    def report(number: int) -> None:
        try:
            start.wait()
            task_entries.add(task, unit, period, TaskReport("done", f"{number}"), by=people["小石"])
        except Refusal as refusal:
            heard.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=report, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TaskProgress.objects.get().version == 1
    assert len(heard) == 3
    assert all("填报了第1版" in message for message in heard)


@pytest.mark.one_moment
def test_the_number_of_queries_does_not_grow_with_what_is_reported(
    people, period, django_assert_max_num_queries, django_assert_num_queries
):
    client = signed_in(people["小石"])
    pages = [
        reverse("tasks"),
        reverse("tasks") + "?by=body",
        reverse("task", args=["task", 1]),
        "/api/v1/tasks/",
    ]
    for duty in duties.duties_of_tasks():
        task_entries.add(
            duty.task, duty.unit, period, TaskReport("done", "完成"), by=people["小石"]
        )
    for page in pages:
        # A task's page asks for each of its figures, now and at the year's beginning.
        most = 44 if page == reverse("task", args=["task", 1]) else 16
        with django_assert_max_num_queries(most):
            assert client.get(page).status_code == 200


def test_the_api_gives_the_board_and_every_version(teacher, people, period):
    client = signed_in(teacher)
    due_in(period, 3, people["小石"])
    client.post(address(period), form(uploads=[SimpleUploadedFile("总结.pdf", PDF)]))
    client.post(address(period), form("改", seen=1))
    board = client.get("/api/v1/tasks/", {"quarter": period.code}).json()
    first = board["tasks"][0]
    assert (board["quarter"], len(board["tasks"]), first["code"]) == (period.code, 16, "task-1")
    assert (first["expected"], first["reported"]) == (39, 1)
    assert {"unit": "jw", "leads": False, "state": "in_progress", "late": False} in first["bodies"]
    query = {"task": "task-1", "unit": "jw", "quarter": period.code}
    listed = client.get("/api/v1/task-progress/", query).json()["results"]
    assert [(row["version"], len(row["files"])) for row in listed] == [(2, 0), (1, 1)]
    (last,) = client.get("/api/v1/task-progress/", query | {"in_force": "true"}).json()["results"]
    assert last["version"] == 2
    for wrong in ({"task": "x-1"}, {"task": "task-"}, {"quarter": "2026"}, {"unknown": "1"}):
        answer = client.get("/api/v1/task-progress/", wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), wrong
    assert client.get("/api/v1/tasks/", {"quarter": "2023Q1"}).status_code == 400
    json.dumps(board)
