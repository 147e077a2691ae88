"""Loading a file through its pages: look, explain titles, confirm, take back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from enterprises import jobs
from enterprises.models import Job, Record, RecordEntry, RecordField
from enterprises.records import record_check
from parks.models import Unit
from tests.enterprises.records.conftest import workbook
from tests.firms import firm

pytestmark = pytest.mark.django_db
TITLES = ["平台名称", "依托单位", "级别", "类别", "认定日期", "文号"]
ROW = ["捷达企业技术中心", "外区某厂", "区级", "企业技术中心", "2024-06-18", "55号"]


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def upload(client, content, name="平台.xlsx", code="platform"):
    address = reverse("register_load", args=[code])
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def finished() -> Job:
    job = Job.objects.latest("pk")
    jobs.run_inline(job)
    return Job.objects.get(pk=job.pk)


def checked(client, content, **more) -> Job:
    assert upload(client, content, **more).status_code == 302
    return finished()


def step(client, name, job, **data):
    return client.post(reverse(f"register_{name}", args=["platform", job.pk]), data)


def page(client, job) -> str:
    return client.get(reverse("register_job", args=["platform", job.pk])).content.decode()


def test_nothing_is_written_until_it_was_seen_and_all_is_taken_back(bureau, plan):
    check = checked(bureau, workbook(TITLES, ROW))
    assert not Record.objects.exists()
    assert "确认写入" in page(bureau, check)
    assert step(bureau, "apply", check).status_code == 302
    load = finished()
    assert load.result["applied"]
    assert Record.objects.count() == 1
    assert step(bureau, "undo", load, reason="").status_code == 422
    assert step(bureau, "undo", load, reason="载错了文件").status_code == 302
    assert not Record.objects.standing().exists()
    assert "已经撤销" in page(bureau, load)
    assert step(bureau, "undo", load, reason="再来").status_code == 422


def test_what_was_changed_meanwhile_is_shown_again_before_it_is_written(bureau, plan):
    check = checked(bureau, workbook(TITLES, ROW))
    other = checked(bureau, workbook(TITLES, [*ROW[:5], "56号"]), name="另一份.xlsx")
    step(bureau, "apply", other)
    finished()
    step(bureau, "apply", check)
    load = finished()
    assert (load.result["applied"], load.result["moved"]) == (False, True)
    assert Record.objects.get().number == "56号"
    assert "请看过下面的内容再确认" in page(bureau, load)


def test_a_load_that_was_shown_again_can_be_confirmed(bureau, plan):
    check = checked(bureau, workbook(TITLES, ROW, ["乙中心", *ROW[1:]]))
    first = checked(bureau, workbook(TITLES, ROW), name="另一份.xlsx")
    step(bureau, "apply", first)
    finished()
    step(bureau, "apply", check)
    shown = finished()
    assert shown.result["moved"]
    assert shown.result["new"] == 1
    step(bureau, "apply", shown)
    assert finished().result["applied"]
    assert Record.objects.count() == 2


def test_an_unknown_title_is_explained_once_and_known_for_ever(bureau, plan):
    titles = ["平台名称", "依托单位", "级别", "平台种别", "认定日期", "备查号"]
    check = checked(bureau, workbook(titles, ROW))
    asked = [each["title"] for each in check.result["unknown_titles"]]
    assert "平台种别" in asked
    told = {f"title-{n}": "klass" if title == "平台种别" else "" for n, title in enumerate(asked)}
    assert step(bureau, "titles", check, **told).status_code == 302
    again = finished()
    assert (again.result["new"], again.result["errors"]) == (1, 0), again.result
    assert "平台种别" in RecordField.objects.get(kind__code="platform", code="klass").aliases
    other = checked(bureau, workbook(titles, ROW), name="以后.xlsx")
    assert "平台种别" not in [each["title"] for each in other.result["unknown_titles"]]


def test_two_titles_cannot_mean_one_column(bureau, plan):
    titles = ["平台名称", "依托单位", "级别", "平台种别", "认定日期", "备查号"]
    check = checked(bureau, workbook(titles, ROW))
    told = {f"title-{n}": "klass" for n in range(len(check.result["unknown_titles"]))}
    answer = step(bureau, "titles", check, **told)
    if len(told) > 1:
        assert answer.status_code == 422
        assert "同一列只能由一个列名表示" in answer.content.decode()


def test_a_file_with_errors_cannot_be_confirmed(bureau, plan):
    check = checked(bureau, workbook(TITLES, [*ROW[:2], "省部级", *ROW[3:]]))
    assert "Sheet!C2" in page(bureau, check)
    step(bureau, "apply", check)
    assert Job.objects.latest("pk") == check


@pytest.mark.parametrize("name", ["照片.jpg", "台账.pdf"])
def test_what_is_no_table_is_refused_in_words(bureau, plan, name):
    answer = upload(bureau, b"x", name=name)
    assert answer.status_code == 422
    assert name in answer.content.decode()


def test_no_file_at_all_is_told(bureau, plan):
    answer = bureau.post(reverse("register_load", args=["platform"]), {})
    assert answer.status_code == 422
    assert "请选择文件" in answer.content.decode()


def test_a_later_change_keeps_a_load_from_being_taken_back(bureau, plan):
    check = checked(bureau, workbook(TITLES, ROW))
    step(bureau, "apply", check)
    load = finished()
    record = Record.objects.get()
    bureau.post(
        reverse("record_act", args=[record.pk, "review"]),
        {"on": "2026-04-01", "reason": "评估", "seen": RecordEntry.objects.first().pk},
    )
    answer = step(bureau, "undo", load, reason="载错了")
    assert answer.status_code == 422
    assert "之后又有变更" in answer.content.decode()
    assert Record.objects.standing().count() == 1


def test_the_work_of_one_register_is_not_reached_through_another(bureau, people, client, plan):
    check = checked(bureau, workbook(TITLES, ROW))
    keeper = people["德感"]
    kind = RecordField.objects.filter(kind__code="loan").first().kind
    kind.keepers.add(keeper.unit)
    client.force_login(keeper)
    assert client.get(reverse("register_job", args=["loan", check.pk])).status_code == 404
    assert client.get(reverse("register_job", args=["platform", check.pk])).status_code == 403


def test_a_keeper_loads_its_register(client, people, plan):
    keeper = people["德感"]
    RecordField.objects.filter(kind__code="platform").first().kind.keepers.add(keeper.unit)
    client.force_login(keeper)
    check = checked(client, workbook(TITLES, ROW))
    step(client, "apply", check)
    assert finished().result["applied"]
    assert RecordEntry.objects.get().by == keeper


def test_the_firm_and_its_unit_show_what_is_recorded(bureau, plan, django_assert_num_queries):
    holder = firm()
    row = [ROW[0], holder.name, *ROW[2:]]
    check = checked(bureau, workbook(TITLES, row))
    step(bureau, "apply", check)
    finished()
    told = bureau.get(reverse("firm", args=[holder.uscc]))
    [line] = told.context["registered"]
    assert (line.record, line.what) == (Record.objects.get(), "区级 企业技术中心")
    counts = bureau.get(reverse("unit", args=["degan"])).context["page"].registers
    assert [(each.kind.code, each.count) for each in counts] == [("platform", 1)]
    assert len(bureau.get(counts[0].url).context["lines"]) == 1
    assert not bureau.get(reverse("unit", args=["baisha"])).context["page"].registers


def test_a_record_that_differs_from_its_entries_is_found(bureau, plan):
    check = checked(bureau, workbook(TITLES, ROW))
    step(bureau, "apply", check)
    finished()
    assert record_check.hold_against_entries() == (1, [])
    record = Record.objects.get()
    for told in ({"number": "99号"}, {"level": "city"}, {"is_void": True}):
        before = {name: getattr(record, name) for name in told}
        Record.objects.filter(pk=record.pk).update(**told)
        assert record_check.hold_against_entries() == (1, [record.pk])
        Record.objects.filter(pk=record.pk).update(**before)
    assert record_check.hold_against_entries() == (1, [])


def test_units_and_registers_of_the_plan_are_seeded_again_without_a_change(plan):
    before = Unit.objects.count(), RecordField.objects.count()
    call_command("load_plan", verbosity=0)
    assert (Unit.objects.count(), RecordField.objects.count()) == before
