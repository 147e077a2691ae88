"""The board of the key tasks as a file: by task, by body, every report; what people wrote never becomes a formula."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Period
from parks.models import Unit
from targets.key_tasks import entries as task_entries
from targets.key_tasks.entries import TaskReport
from targets.models import KeyTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(people) -> Period:
    """The last whole quarter, in which 区教委 has reported on the first task."""
    period = Period.before(timezone.localdate())
    task, unit = KeyTask.objects.get(kind="task", number=1), Unit.objects.get(code="jw")
    said = TaskReport("behind", "=1+1 滞后", [{"label": "孵化器", "value": 2.5, "unit": "个"}])
    task_entries.add(task, unit, period, said, by=people["小石"])
    return period


@pytest.fixture
def leader(client, people):
    client.force_login(people["老郑"])
    return client


def rows(client, form_at: str = "csv", **query: str) -> list[list[str]]:
    answer = client.get(reverse("tasks_export", args=[form_at]), query)
    content = b"".join(answer.streaming_content)
    if form_at == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [
        ["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)
    ]


def test_by_task(leader, period):
    title, first, *others = rows(leader, quarter=period.code)
    assert title == ["类别", "编号", "板块", "任务", "进展", "牵头单位", "应报", "已报", "未报单位"]
    assert len(others) == 15
    assert first[:2] + first[6:8] == ["重点任务", "1", "39", "1"]
    assert "区教委" not in first[8]
    assert len(first[8].split("、")) == 38


def test_by_body(leader, period):
    found = {row[0]: row[1:] for row in rows(leader, by="body")}
    assert found["区教委"][:3] == ["部门", "4", "1"]
    assert found["区教委"][4] in ("待报", "逾期未报")
    assert len(found) == 49  # with the line of titles
    assert len(found["区教委"][5].split("、")) == 3


def test_every_report_in_a_workbook(leader, period):
    *head, titles, told = rows(leader, "xlsx", by="entry")
    assert head[0][0] == f"{period.label}重点任务填报明细"
    said = dict(zip(titles, told, strict=True))
    assert (said["单位"], said["职责"], said["状态"], said["主要数据"]) == (
        "区教委",
        "责任",
        "滞后",
        "孵化器2.5个",
    )
    assert said["进展说明"] == "=1+1 滞后"


def test_no_formula_in_the_csv(leader, period):
    assert rows(leader, by="entry")[1][6] == "'=1+1 滞后"


@pytest.mark.parametrize("wrong", [{"by": "x"}, {"quarter": "2023Q1"}, {"what": "1"}])
def test_what_is_not_understood_gives_no_file(leader, wrong):
    assert leader.get(reverse("tasks_export", args=["csv"]), wrong).status_code == 404


@pytest.mark.one_moment
def test_a_file_costs_the_same_however_much_was_reported(
    leader, period, django_assert_max_num_queries
):
    # Eight of them tell the security log that it leaves.
    with django_assert_max_num_queries(20):
        rows(leader, by="entry")
