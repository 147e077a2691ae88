"""The calendar of applications: its file, its page, and the bureau's form."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from targets.goals import completion
from targets.models import ApplicationBatch
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
HEAD = "year,batch,opens,closes,district_deadline,publicity,certificates"
SOUND = f"""{HEAD}
2026,1,2026-03-18,2026-04-30,2026-05-16,,
2026,2,2026-05-19,2026-06-30,2026-07-16 12:00,2026-11-05,2026-12-01

2026,3,2026-07-17,,,,
"""
PAGE = "/calendar/"


@pytest.fixture
def load(plan, tmp_path):
    def call(text: str | bytes, **options: object) -> str:
        path = tmp_path / "calendar.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        said = io.StringIO()
        try:
            call_command("load_calendar", str(path), stdout=said, **options)
        except CommandError as error:
            return said.getvalue() + str(error)
        return said.getvalue()

    return call


def rows(year: int) -> list[tuple]:
    days = ("number", "opens_on", "closes_on", "publicity_on", "certificates_on")
    return list(ApplicationBatch.objects.filter(year=year).values_list(*days))


def everything() -> list[tuple]:
    return list(ApplicationBatch.objects.order_by("pk").values_list())


def test_a_calendar_is_loaded_at_once_and_a_second_time_writes_nothing(load):
    assert load(SOUND) == "新增3批，变更0批，不变0批。\n"
    day = dt.date
    assert rows(2026) == [
        (1, day(2026, 3, 18), day(2026, 4, 30), None, None),
        (2, day(2026, 5, 19), day(2026, 6, 30), day(2026, 11, 5), day(2026, 12, 1)),
        (3, day(2026, 7, 17), None, None, None),
    ]
    due = ApplicationBatch.objects.filter(year=2026).values_list("district_due_at", flat=True)
    told = [timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else "" for moment in due]
    assert told == ["05-16 23:59", "07-16 12:00", ""]
    before = everything()
    assert load(SOUND) == "新增0批，变更0批，不变3批。\n"
    assert everything() == before


def test_a_later_file_fills_in_and_corrects_and_empty_cells_say_nothing(load):
    load(SOUND)
    later = f"{HEAD}\n2026,2,,2026-07-02,2026-07-16,,2026-12-03\n"
    assert load(later) == "新增0批，变更1批，不变0批。\n"
    row = ApplicationBatch.objects.get(year=2026, number=2)
    assert (row.opens_on, row.closes_on) == (dt.date(2026, 5, 19), dt.date(2026, 7, 2))
    assert (row.publicity_on, row.certificates_on) == (dt.date(2026, 11, 5), dt.date(2026, 12, 3))
    assert timezone.localtime(row.district_due_at).hour == 12
    assert "calendar.csv" in row.source


def test_every_fault_is_told_at_its_line_and_nothing_is_written(load):
    before = everything()
    said = load(
        f"{HEAD}\n"
        "2026,1,2026-03-18,2026-04-30,,,\n"
        "2026,,2026/05/19,2026-02-30,,,\n"
        "今年,2,,,,,\n"
        "2026,13,,,,,\n"
        "2026,3,2026-09-01,2026-08-01,,,\n"
        "2026,1,,,,,\n"
        "2026,4,,,\n"
        "2026,5,,,,2026-12-01,2026-11-01\n"
    )
    assert said.splitlines() == [
        "第3行 batch：不能为空。",
        "第3行 closes：填的是“2026-02-30”，应写成 2026-05-16 的样子，且是存在的日子。",
        "第3行 opens：填的是“2026/05/19”，应写成 2026-05-16 的样子，且是存在的日子。",
        "第4行 year：填的是“今年”，应为整数。",
        "第5行 batch：批次应在1至12之间。",
        "第6行 closes：不得早于企业开始申报（2026-09-01）。",
        "第7行 batch：2026年第1批在第2行已有。",
        "第8行：有5格，标题有7格。",
        "第9行 certificates：不得早于公示（2026-12-01）。",
        "有9处问题需要更正，未写入任何内容。",
    ]
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "第1行：缺少标题 year、batch"),
        ("year,batch\n2026,1\n", "缺少标题 opens、closes"),
        (f"{HEAD},note\n2026,1,,,,,,x\n", "不认识的标题 note"),
        (f"{HEAD}\n", "标题以下没有批次"),
        (b"\xff\xfe\x00y\x00e", "不是文本文件"),
        (f'{HEAD}\n2026,1,"2026-03-18,,,,\n', "引号不成对"),
        (b"x" * 1_000_001, "文件过大"),
    ],
)
def test_what_is_no_calendar_is_refused_in_words(load, text, words):
    before = everything()
    assert words in load(text)
    assert everything() == before


def test_a_file_of_a_spreadsheet_program_is_read_too(load):
    assert load(SOUND.replace("\n", "\r\n").encode("utf-8-sig")).startswith("新增3批")


def test_the_command_tells_programs_the_same(load, people):
    told = json.loads(load(SOUND, json=True, by="小石"))
    assert (told["added"][0], told["faults"]) == ("2026年第1批", [])
    assert ApplicationBatch.objects.filter(year=2026, changed_by=people["小石"]).count() == 3
    wrong = load(f"{HEAD}\n2026,x,,,,,\n", json=True)
    assert json.loads(wrong.splitlines()[0])["faults"] == [
        {"line": 2, "column": "batch", "reason": "填的是“x”，应为整数。"}
    ]
    with pytest.raises(CommandError, match="没有名为“老郑”的科技局用户"):
        call_command("load_calendar", __file__, by="老郑")


def test_a_batch_without_its_last_day_is_not_planned_with(load):
    load(f"{HEAD}\n2026,1,2026-03-18,,,,\n")
    last_days = completion.batches_of_year(2026)["hnte"].closings
    assert [day.year for day in last_days] == [2026, 2026, 2026]
    load(f"{HEAD}\n2026,1,,2026-05-05,,,\n")
    assert completion.batches_of_year(2026)["hnte"].closings == [dt.date(2026, 5, 5)]


# --- the page -------------------------------------------------------------------------------------
def form(row: ApplicationBatch | None = None, **more: str) -> dict[str, str]:
    given = {
        "kind": "hnte", "year": "2027", "number": "1", "opens_on": "2027-03-01",
        "closes_on": "2027-04-30", "district_due_at": "2027-05-16T12:00", "publicity_on": "",
        "certificates_on": "", "source": "渝高企认办〔2027〕1号",
    }  # fmt: skip
    seen = row.changed_at.isoformat() if row and row.changed_at else ""
    return given | {"seen": seen} | more


def test_the_bureau_enters_a_batch_and_all_read_it(client, people):
    client.force_login(people["小石"])
    assert client.post(f"{PAGE}new/", form()).status_code == 302
    row = ApplicationBatch.objects.get(year=2027)
    assert (row.number, row.changed_by) == (1, people["小石"])
    client.force_login(people["德感"])
    shown = text_of(client.get(PAGE))
    assert "2027年" in shown
    assert "渝高企认办〔2027〕1号" in shown
    assert "新增批次" not in shown


def test_a_form_with_faults_keeps_what_was_entered(client, people):
    client.force_login(people["小石"])
    wrong = client.post(f"{PAGE}new/", form(number="13", closes_on="2027-02-01"))
    shown = wrong.content.decode()
    assert wrong.status_code == 422
    assert "批次应在1至12之间" in shown
    assert "不得早于企业开始申报（2027-03-01）" in shown
    assert "渝高企认办〔2027〕1号" in shown
    taken = client.post(f"{PAGE}new/", form(year="2025", opens_on="", closes_on="", number="3"))
    assert (taken.status_code, "该年度已有这一批次" in taken.content.decode()) == (422, True)
    assert not ApplicationBatch.objects.filter(year=2027).exists()


def test_what_somebody_changed_meanwhile_is_not_overwritten(client, people):
    client.force_login(people["小石"])
    client.post(f"{PAGE}new/", form())
    row = ApplicationBatch.objects.get(year=2027)
    seen = form(row)
    assert client.post(f"{PAGE}{row.pk}/", seen | {"closes_on": "2027-05-01"}).status_code == 302
    late = client.post(f"{PAGE}{row.pk}/", seen | {"closes_on": "2027-05-03"})
    assert late.status_code == 422
    assert "改过这一批。您的内容还在" in late.content.decode()
    row.refresh_from_db()
    assert row.closes_on == dt.date(2027, 5, 1)
    again = client.post(f"{PAGE}{row.pk}/", form(row, closes_on="2027-05-03"))
    assert again.status_code == 302


def test_the_page_asks_as_often_for_a_hundred_batches_as_for_nine(
    client, people, django_assert_max_num_queries
):
    client.force_login(people["老郑"])
    client.get(PAGE)
    kind = ApplicationBatch.objects.first().kind
    ApplicationBatch.objects.bulk_create(
        ApplicationBatch(kind=kind, year=year, number=number, source="x")
        for year in range(2030, 2042)
        for number in range(1, 9)
    )
    with django_assert_max_num_queries(10):
        client.get(PAGE)
