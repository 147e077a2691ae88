"""The loading page: who may use it, what it takes, the way from upload to entry, and how files are kept."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises import jobs
from enterprises.loading import storage
from enterprises.models import Enterprise, Job, LedgerEntry, SourceFile
from tests.enterprises.workbooks import firm, lines, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def clerk(client, people):
    client.force_login(people["小石"])
    return client


def upload(
    folder: Path, *firms, name: str = "名册.xlsx", as_of: str = "2026-06-30"
) -> SimpleUploadedFile:
    path = xlsx(folder / "draft.xlsx", [["江津区名册", f"截至日期：{as_of}"], *lines(*firms)[1:]])
    return SimpleUploadedFile(name, path.read_bytes())


def send(client, *files):
    return client.post(reverse("load"), {"registers": files})


def done(answer) -> Job:
    """The job that this answer leads to, brought to its end."""
    return jobs.run_inline(Job.objects.get(pk=int(re.search(r"\d+", answer.url)[0])))


@pytest.mark.parametrize(
    ("who", "status"),
    [("安安", 200), ("小石", 200), ("老郑", 403), ("审计", 403), ("德感", 403), ("街道", 403)],
)
def test_only_the_bureau_may_load(client, people, who, status):
    client.force_login(people[who])
    job = jobs.submit(kind="check", params={"sources": []})
    assert client.get(reverse("load")).status_code == status
    assert client.get(reverse("load_job", args=[job.pk])).status_code == status
    assert client.get(reverse("load_outcome", args=[job.pk])).status_code == status
    allowed = {200: (302, 422), 403: (403, 403)}[status]
    assert client.post(reverse("load_apply", args=[job.pk])).status_code == allowed[0]
    assert client.post(reverse("load_check", args=[job.pk])).status_code == allowed[1]


def test_upload_check_confirm_and_the_firms_are_entered(clerk, tmp_path):
    check = done(send(clerk, upload(tmp_path, firm(1), firm(2, revenue="1,234.5万元"))))
    assert not Enterprise.objects.exists()
    page = clerk.get(reverse("load_job", args=[check.pk])).content.decode()
    for part in (
        "检查通过",
        "新增 <strong>2</strong> 家",
        "自动规范的写法 1 处",
        "1,234.5万元",
        "确认入库",
    ):
        assert part in page
    load = done(clerk.post(reverse("load_apply", args=[check.pk])))
    assert (load.kind, load.result["applied"], Enterprise.objects.count()) == ("load", True, 2)
    assert {entry.by.username for entry in LedgerEntry.objects.select_related("by")} == {"小石"}
    assert "已入库" in clerk.get(reverse("load_job", args=[load.pk])).content.decode()
    assert "已入库" in clerk.get(reverse("load")).content.decode()


def test_problems_are_shown_by_cause_with_their_rows_and_cannot_be_confirmed(clerk, tmp_path):
    firms = [firm(number, rd_expense=-1) for number in (1, 2, 3)] + [
        firm(4),
        firm(5, rd_expense=-1, name=""),
    ]
    check = done(send(clerk, upload(tmp_path, *firms)))
    page = clerk.get(reverse("load_job", args=[check.pk])).content.decode()
    for part in (
        "有问题，未写入",
        "错误 <strong>5</strong> 个、提醒 <strong>0</strong> 个",
        "不能为负数（4 处）",
        "第3–5、7行",
        "名册!K4",
        "请核对后填写零或正数",
    ):
        assert part in page
    assert "确认入库" not in page
    assert (
        clerk.post(reverse("load_apply", args=[check.pk]), follow=True)
        .redirect_chain[0][0]
        .endswith(f"/{check.pk}/")
    )
    assert not Job.objects.filter(kind="load").exists()


def test_a_move_gets_its_day_on_the_page(clerk, tmp_path):
    first = done(send(clerk, upload(tmp_path, firm())))
    done(clerk.post(reverse("load_apply", args=[first.pk])))
    moved = firm(park="珞璜工业园发展中心", town="珞璜镇")
    check = done(send(clerk, upload(tmp_path, moved, as_of="2026-09-30")))
    assert "按迁移检查" in clerk.get(reverse("load_job", args=[check.pk])).content.decode()
    again = done(clerk.post(reverse("load_check", args=[check.pk]), {"moves_on": "2026-08-01"}))
    done(clerk.post(reverse("load_apply", args=[again.pk])))
    assert LedgerEntry.objects.get(act="moved").effective_on.isoformat() == "2026-08-01"


def test_what_changed_between_checking_and_entering_is_checked_again(clerk, tmp_path):
    check = done(send(clerk, upload(tmp_path, firm())))
    other = done(
        send(clerk, upload(tmp_path, firm(name="重庆另一名称有限公司"), as_of="2026-06-29"))
    )
    done(clerk.post(reverse("load_apply", args=[other.pk])))
    load = done(clerk.post(reverse("load_apply", args=[check.pk])))
    assert (load.result["applied"], load.result["files"][0]["problems"][0]["code"]) == (
        False,
        "P103",
    )
    assert Enterprise.objects.get().name == "重庆另一名称有限公司"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("名册.docx", b"x", "不是表格文件"),
        ("名册.xlsx", b"", "文件为空"),
        ("名册.xlsx", b"x" * 2001, "超过0 MB"),
    ],
    ids=["extension", "empty", "size"],
)
def test_what_is_no_register_is_not_even_received(clerk, settings, name, content, said):
    settings.MAX_REGISTER_BYTES = 2000
    answer = send(clerk, SimpleUploadedFile(name, content))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not SourceFile.objects.exists()
    assert not Path(settings.MEDIA_ROOT, storage.FOLDER).exists()


def test_a_file_that_is_no_spreadsheet_inside_is_told_in_the_outcome(clerk):
    check = done(send(clerk, SimpleUploadedFile("名册.xlsx", b"not a workbook")))
    page = clerk.get(reverse("load_job", args=[check.pk])).content.decode()
    assert "无法读取" in page
    assert "有问题，未写入" in page


def test_the_outcome_asks_again_until_the_job_has_ended(clerk, tmp_path):
    answer = send(clerk, upload(tmp_path, firm()))
    job = Job.objects.get()
    assert "hx-trigger" in clerk.get(reverse("load_outcome", args=[job.pk])).content.decode()
    done(answer)
    assert "hx-trigger" not in clerk.get(reverse("load_outcome", args=[job.pk])).content.decode()


def test_a_stored_file_that_vanished_fails_the_job_with_a_sentence(clerk, tmp_path):
    answer = send(clerk, upload(tmp_path, firm()))
    storage.path_of(SourceFile.objects.get()).unlink()
    job = done(answer)
    assert (job.state, "请重新上传" in job.error) == ("failed", True)


def test_the_same_bytes_are_kept_once_under_their_latest_name(plan, settings):
    first = storage.keep([b"ab", b"c"], "../../etc/名册\u202e.xlsx", by=None)
    second = storage.keep([b"abc"], "名册.csv", by=None)
    assert first.pk == second.pk
    assert (first.name, second.name, second.size) == ("名册.xlsx", "名册.csv", 3)
    kept = list(Path(settings.MEDIA_ROOT, storage.FOLDER).iterdir())
    assert [path.name for path in kept] == [first.sha256]
    assert storage.path_of(second).read_bytes() == b"abc"


def test_a_file_cut_off_in_the_middle_leaves_nothing(plan, settings):
    def broken():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(storage.StorageError, match="未能保存"):
        storage.keep(broken(), "名册.xlsx", by=None)
    assert not list(Path(settings.MEDIA_ROOT, storage.FOLDER).iterdir())
    assert not SourceFile.objects.exists()
