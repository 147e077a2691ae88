"""The limits of the child that reads documents, and what it may send back."""

import pytest

from enterprises.announcements import safe_reading
from enterprises.announcements.reading import process
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.safe_reading import read_safely
from enterprises.rosters.definition.problems import FileRefused
from tests.enterprises.announcements.hostile_files import MEGABYTE
from tests.enterprises.announcements.hostile_word import paragraphs, word_of
from tests.enterprises.announcements.made_pdf import Page, pdf


def test_a_file_larger_than_is_taken_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_reading, "MAX_BYTES", 100)
    with pytest.raises(FileRefused, match="文件有"):
        read_safely(word_of(tmp_path), "a.docx")


def test_a_child_without_enough_memory_is_told_from_a_broken_file(tmp_path, settings):
    settings.READER_MEMORY_BYTES = 60 * MEGABYTE
    path = word_of(tmp_path, paragraphs("甲" * 50, 100_000))
    with pytest.raises(FileRefused) as refused:
        read_safely(path, path.name)
    assert refused.value.problem.code == "F019"


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
