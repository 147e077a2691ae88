"""Files that go with a report: what is taken, what is refused and why; none is chosen twice for a mistake elsewhere."""

import io
import re
import zipfile

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from targets.models import TaskFile, TaskProgress
from tests.targets.reporting import PDF, address, form, signed_in

pytestmark = pytest.mark.django_db


def office(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


CONTENT_TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("总结.docx", office(CONTENT_TYPES, "word/document.xml"), ""),
        ("台账.xlsx", office(CONTENT_TYPES, "xl/workbook.xml"), ""),
        ("总结.docx", office("a.txt"), "内容与扩展名不符"),
        ("总结.docx", office(CONTENT_TYPES, "xl/workbook.xml"), "内容与扩展名不符"),
        ("总结.docx", office(CONTENT_TYPES, "word/document.xml", "word/vbaProject.bin"), "含有宏"),
        (
            "台账.xlsx",
            office(CONTENT_TYPES, "xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
            "含有宏",
        ),
        ("台账.xlsx", b"PK\x03\x04 and no zip", "已损坏"),
        ("../../etc/总结.pdf", PDF, ""),
    ],
)
def test_a_word_or_excel_file_is_looked_into(teacher, period, name, content, said):
    answer = signed_in(teacher).post(
        address(period), form(uploads=[SimpleUploadedFile(name, content)])
    )
    assert answer.status_code == (422 if said else 302)
    assert said in answer.content.decode()
    assert [file.name for file in TaskFile.objects.all()] == (
        [] if said else [name.rpartition("/")[2]]
    )


def claims(answer) -> list[str]:
    return re.findall(r'name="received" id="received-\d+" value="([^"]+)"', answer.content.decode())


def test_a_file_that_came_with_a_refused_form_need_not_be_chosen_again(teacher, period):
    client = signed_in(teacher)
    files = [SimpleUploadedFile("总结.pdf", PDF), SimpleUploadedFile("a.exe", b"MZ")]
    first = client.post(address(period), form(state="", uploads=files))
    assert first.status_code == 422
    second = client.post(address(period), form(" ", received=claims(first)))
    assert claims(second) != []
    assert client.post(address(period), form(received=claims(second))).status_code == 302
    file = TaskFile.objects.get()
    assert (file.name, file.size) == ("总结.pdf", len(PDF))
    got = client.get(reverse("task_file", args=[file.pk]))
    assert b"".join(got.streaming_content) == PDF


def test_nobody_makes_up_a_file_that_was_received(teacher, period):
    for claim in ("x", signing.dumps(["a.pdf", "a" * 64, 1])):
        answer = signed_in(teacher).post(address(period), form(received=[claim]))
        assert (answer.status_code, "已过期" in answer.content.decode()) == (422, True)


def test_received_files_count_towards_the_most(teacher, period):
    client = signed_in(teacher)
    five = [SimpleUploadedFile(f"{number}.pdf", PDF + b"%d" % number) for number in range(5)]
    first = client.post(address(period), form(state="", uploads=five))
    answer = client.post(
        address(period), form(received=claims(first), uploads=[SimpleUploadedFile("6.pdf", PDF)])
    )
    assert "连同已有的，附件最多5个" in answer.content.decode()
    assert not TaskProgress.objects.exists()


@pytest.mark.one_moment
def test_a_file_that_is_too_large_is_refused(teacher, period, settings):
    settings.MAX_ATTACHMENT_BYTES = 1_000_000
    big = SimpleUploadedFile("a.pdf", PDF + b"0" * 1_000_001)
    answer = signed_in(teacher).post(address(period), form(uploads=[big]))
    assert "超过1 MB" in answer.content.decode()


def test_where_nothing_can_be_stored_it_is_said_once_and_the_text_stays(
    teacher, period, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "no-folder"
    settings.MEDIA_ROOT.write_text("")
    sent = form("写好的进展", uploads=[SimpleUploadedFile("总结.pdf", PDF)])
    page = signed_in(teacher).post(address(period), sent).content.decode()
    assert page.count("未能保存（磁盘空间不足或不可写）") == 1
    assert "写好的进展" in page
    assert not TaskProgress.objects.exists()
