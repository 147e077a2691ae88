"""Nasty pages and texts: bombs, scripts, hidden and merged cells, encodings, names of files."""

import base64
from collections.abc import Sequence
from pathlib import Path

from tests.enterprises.announcements.hostile_files import HEADER, ROWS, TITLE, UNSEEN


def table(rows: Sequence[Sequence[str]]) -> str:
    lines = ("".join(f"<td>{text}</td>" for text in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


LISTED = table([HEADER, *ROWS])
SECOND = f"<tr><td>4</td><td>{UNSEEN}</td><td></td></tr>"


def page(folder: Path, body: str, name: str = "a.html") -> Path:
    (folder / name).write_text(
        f"<html><body><h1>{TITLE}</h1>{body}</body></html>", encoding="utf-8"
    )
    return folder / name


def with_row(row: str) -> str:
    return LISTED.replace("</table>", f"{row}</table>")


# --- pages --------------------------------------------------------------------------------------------------------
def scripts(folder: Path) -> Path:
    row = SECOND.replace("\n", "")
    script = f"<script>document.write('{row}')</script><style>{UNSEEN}</style><noscript>{UNSEEN}</noscript>"
    return page(folder, script + LISTED + f"<template>{LISTED}</template><!-- {UNSEEN} -->")


def hidden_rows(folder: Path) -> Path:
    hidden = SECOND.replace("<tr>", '<tr style="DISPLAY : none">')
    return page(folder, with_row(hidden + SECOND.replace("<tr>", "<tr hidden>")))


def swelling_entities(folder: Path) -> Path:
    head = (
        '<!DOCTYPE html [<!ENTITY a "甲甲甲甲甲甲甲甲甲甲"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    (folder / "a.html").write_text(f"{head}<h1>{TITLE}</h1><p>{'&b;' * 1000}</p>{LISTED}")
    return folder / "a.html"


def other_file_as_entity(folder: Path) -> Path:
    head = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    (folder / "a.html").write_text(f"{head}<html><h1>{TITLE}</h1><p>&a;</p>{LISTED}</html>")
    return folder / "a.html"


def many_cells(folder: Path) -> Path:
    return page(folder, table([[str(at), f"重庆{at}有限公司"] for at in range(300_000)]))


def deep_page(folder: Path) -> Path:
    return page(folder, "<div>" * 100_000 + LISTED)


def deep_tables(folder: Path) -> Path:
    return page(folder, "<table><tr><td>" * 5_000 + LISTED)


def wide_page(folder: Path) -> Path:
    wide = '<td colspan="999999999" rowspan="999999999">甲</td>' * 2_000
    return page(folder, f"<table><tr>{wide}</tr></table>{LISTED}")


def odd_spans(folder: Path) -> Path:
    odd = "".join(
        f'<td colspan="{told}" rowspan="{told}">甲</td>'
        for told in ("²", "-1", "1.5", "x", "9" * 5000)
    )
    return page(folder, f"<table><tr>{odd}</tr></table>{LISTED}")


def tables_that_place(folder: Path) -> Path:
    """An old page: everything stands in a table, and the list in one within."""
    return page(
        folder,
        f"<table><tr><td>导航</td><td><table><tr><td>{LISTED}</td></tr></table></td></tr></table>",
    )


def merged_districts(folder: Path) -> Path:
    """The district stands once, over the rows of its firms."""
    rows = [f"<tr><td rowspan=3>江津区</td>{''.join(f'<td>{text}</td>' for text in ROWS[0])}</tr>"]
    rows += [f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in ROWS[1:]]
    head = "".join(f"<th>{text}</th>" for text in ("区县", *HEADER))
    return page(folder, f"<table><tr>{head}</tr>{''.join(rows)}</table>")


def page_in_one_file(folder: Path) -> Path:
    """As browsers save a page with its pictures: a mail."""
    body = base64.encodebytes(f"<h1>{TITLE}</h1>{LISTED}".encode()).decode()
    told = (
        "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n"
    )
    part = f"--B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--B--\r\n"
    (folder / "a.mhtml").write_text(told + part)
    return folder / "a.mhtml"


def endless_paragraph(folder: Path) -> Path:
    return page(folder, f"<p>{'甲乙丙丁' * 1_000_000}</p>")


def page_of_zeros(folder: Path) -> Path:
    (folder / "a.html").write_bytes(bytes(20_000_000))
    return folder / "a.html"


def page_named_printed(folder: Path) -> Path:
    return page(folder, LISTED, "a.pdf")


def page_named_word(folder: Path) -> Path:
    return page(folder, LISTED, "a.docx")


# --- texts --------------------------------------------------------------------------------------------------------
LINES = [f"{number}．{name}" for number, name, _ in ROWS]


def text(folder: Path, lines: Sequence[str], encoding: str = "utf-8", name: str = "a.txt") -> Path:
    (folder / name).write_bytes("\r\n".join(lines).encode(encoding))
    return folder / name


def text_of_notepad(folder: Path) -> Path:
    return text(folder, [TITLE, *LINES], "utf-16")


def commas_in_a_sentence(folder: Path) -> Path:
    return text(folder, [TITLE, '各单位, 请核对"名单, 谢谢', *LINES])


def signs_that_nobody_sees(folder: Path) -> Path:
    """Turns of direction, joiners, bells and escapes between the signs of the names."""
    unseen = "\u202e\u200b\x1b\x07公"
    return text(folder, [TITLE, *(line.replace("公", unseen) for line in LINES)])


def zeros_in_a_text(folder: Path) -> Path:
    return text(folder, [TITLE, *(line.replace("公", "\0公") for line in LINES)])


def million_names(folder: Path) -> Path:
    return text(folder, [f"重庆{at}有限公司" for at in range(700_000)])


def one_line(folder: Path) -> Path:
    return text(folder, ["甲乙丙丁" * 2_000_000])


def million_commas(folder: Path) -> Path:
    return text(folder, ["," * 20_000_000], name="a.csv")


def open_quotation(folder: Path) -> Path:
    return text(
        folder,
        [",".join(HEADER), '1,"重庆甲有限公司', *(f"{at},b" for at in range(100_000))],
        name="a.csv",
    )


def noise(folder: Path) -> Path:
    (folder / "a.txt").write_bytes(bytes(range(128, 256)) * 100)
    return folder / "a.txt"


def too_large(folder: Path) -> Path:
    with (folder / "a.html").open("wb") as file:
        file.truncate(50_000_000)
    return folder / "a.html"


# --- names of files -----------------------------------------------------------------------------------------------
def _named(folder: Path, name: str) -> Path:
    return text(folder, [TITLE, *LINES], name=name)


def name_in_capitals(folder: Path) -> Path:
    return _named(folder, "A.TXT")


def longest_name(folder: Path) -> Path:
    return _named(folder, "x" * 251 + ".txt")


def name_that_turns(folder: Path) -> Path:
    return _named(folder, "名单\u202efdp.\u202c\x1b[2J\n<b>;rm -rf.txt")


def name_of_broken_signs(folder: Path) -> Path:
    return _named(folder, "\udcc3\udcfb\udcb5\udca5.txt")


def name_of_a_program(folder: Path) -> Path:
    return _named(folder, "名单.docx.exe")


def nothing(folder: Path) -> Path:
    (folder / "a.pdf").write_bytes(b"")
    return folder / "a.pdf"


def layout_file(folder: Path) -> Path:
    (folder / "a.ofd").write_bytes(b"PK\x03\x04")
    return folder / "a.ofd"


def wps(folder: Path) -> Path:
    (folder / "a.wps").write_bytes(b"\xd0\xcf\x11\xe0")
    return folder / "a.wps"


def old_word(folder: Path) -> Path:
    (folder / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    return folder / "a.doc"
