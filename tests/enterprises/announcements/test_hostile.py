"""Documents that would take the machine: refused with a reason and a way out, in the child, within its limits."""

import io
import zipfile

import docx
import pytest

from enterprises.announcements import safe_reading
from enterprises.announcements.reading import process
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.safe_reading import read_safely
from enterprises.rosters.definition.problems import FileRefused
from tests.enterprises.announcements.made_pdf import Page, many_pages, pdf, scanned

MEGABYTE = 1024 * 1024
NAMES = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_of(path, body, *, head=""):
    """A .docx whose document.xml is written by hand."""
    kept = io.BytesIO()
    docx.Document().save(kept)
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{NAMES}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, document if entry.filename == "word/document.xml" else data)
    return path


def paragraphs(text, many):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" * many


def bomb(folder):
    return word_of(folder / "a.docx", paragraphs("甲" * 1000, 60_000))


def entities(folder):
    head = '<!DOCTYPE w [<!ENTITY a "甲"><!ENTITY b "&a;&a;&a;">]>'
    return word_of(folder / "a.docx", paragraphs("&b;", 1), head=head)


def other_file(folder):
    head = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return word_of(folder / "a.docx", paragraphs("&a;", 1), head=head)


def deep(folder):
    return word_of(folder / "a.docx", "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000)


def broken_word(folder):
    path = word_of(folder / "a.docx", paragraphs("甲", 1))
    path.write_bytes(path.read_bytes()[:-200])
    return path


def no_body(folder):
    path = folder / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/other.xml", "<a/>")
    return path


def ten_thousand_pages(folder):
    return many_pages(folder / "a.pdf", 10_000)


def locked(folder):
    key = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"ab" * 32, b"cd" * 32,
    )  # fmt: skip
    return pdf(folder / "a.pdf", Page().write("名单"), extra=key)


def broken_pdf(folder):
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\n" + b"1 0 obj << /Type " * 1000)
    return folder / "a.pdf"


def loop(folder):
    """Pages that lead to themselves."""
    path = pdf(folder / "a.pdf", Page())
    path.write_bytes(path.read_bytes().replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"))
    return path


def crowded(folder):
    page = Page()
    for number in range(25_000):
        page.draw(50, number % 800, 500, number % 800)
    return pdf(folder / "a.pdf", page.write("名单"))


def picture(folder):
    return scanned(folder / "a.pdf")


def old_word(folder):
    (folder / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    return folder / "a.doc"


def layout_file(folder):
    (folder / "a.ofd").write_bytes(b"PK\x03\x04")
    return folder / "a.ofd"


def wps(folder):
    (folder / "a.wps").write_bytes(b"\xd0\xcf\x11\xe0")
    return folder / "a.wps"


def nothing(folder):
    (folder / "a.pdf").write_bytes(b"")
    return folder / "a.pdf"


def no_list(folder):
    return word_of(folder / "a.docx", paragraphs("会议通知", 3))


def program(folder):
    (folder / "a.exe").write_bytes(b"MZ")
    return folder / "a.exe"


CASES = [
    (bomb, "异常庞大"), (entities, "DTD"), (other_file, "DTD"), (deep, "损坏"), (broken_word, "损坏"),
    (no_body, "损坏"), (ten_thousand_pages, "超过300页"), (locked, "打开密码"), (broken_pdf, "损坏"),
    (loop, "损坏"), (crowded, "内容过多"), (picture, "扫描件"), (old_word, ".doc"), (layout_file, ".ofd"),
    (wps, ".wps"), (nothing, "文件为空"), (no_list, "没有找到企业名单"), (program, "不认识"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "said"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_clear_verdict_within_the_limits(tmp_path, make, said):
    path = make(tmp_path)
    with pytest.raises(FileRefused) as refused:
        read_safely(path, path.name)
    problem = refused.value.problem
    assert said in problem.reason
    assert problem.fix


def test_a_file_larger_than_is_taken_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_reading, "MAX_BYTES", 100)
    with pytest.raises(FileRefused, match="文件有"):
        read_safely(word_of(tmp_path / "a.docx", paragraphs("甲", 1)), "a.docx")


def test_a_child_without_enough_memory_is_told_from_a_broken_file(tmp_path, settings):
    settings.READER_MEMORY_BYTES = 60 * MEGABYTE
    path = word_of(tmp_path / "a.docx", paragraphs("甲" * 50, 100_000))
    with pytest.raises(FileRefused) as refused:
        read_safely(path, path.name)
    assert refused.value.problem.code in ("F015", "F016", "F009")


@pytest.mark.parametrize(
    "sent", [b"", b"{}", b"[1]", b'{"refused": [1]}', b'{"texts": 1, "listings": []}']
)
def test_what_a_child_that_was_taken_over_sends_is_no_list(sent):
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it is, the parent refuses the file
        process.unpacked(sent)


def test_lists_and_refusals_pass_unharmed(tmp_path):
    path = pdf(
        tmp_path / "a.pdf",
        Page().write("名单").table([["序号", "企业名称"], ["1", "重庆甲有限公司"]], [40, 300]),
    )
    contents = read_safely(path, "a.pdf")
    assert isinstance(contents, DocumentLists)
    assert contents == process.unpacked(process.packed(contents))
    assert [line.no for line in contents.lines] == [1]
