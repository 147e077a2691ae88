"""Files as other programs write them: good rosters under odd clothes, made on the spot."""

import hashlib
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import xlwt

from tests.enterprises.workbooks import firm, lines, repacked, xlsx

Rows = list[list[object]]
SALT, VERIFIER = bytes(range(16)), bytes(range(16, 32))
FILEPASS, BOUNDSHEET, BOF = 0x2F, 0x85, 0x809


def good(folder: Path, *firms: dict[str, object], name: str = "名册.xlsx") -> Path:
    return xlsx(folder / name, lines(*(firms or (firm(1), firm(2)))))


def as_text(*firms: dict[str, object], mark: str = "\t") -> str:
    rows = lines(*(firms or (firm(1), firm(2))))
    return "\r\n".join(
        mark.join("" if value is None else str(value) for value in row) for row in rows
    )


# --- packages of .xlsx --------------------------------------------------------------------------------------------
def renamed(path: Path, rename: Callable[[str], str], change: Callable[[bytes], bytes]) -> Path:
    """The package with every part under another name and with other contents."""
    with zipfile.ZipFile(path) as old:
        kept = {rename(name): change(old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in kept.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return path


def same(data: bytes) -> bytes:
    return data


def with_backslashes(folder: Path) -> Path:
    return renamed(good(folder), lambda name: name.replace("/", "\\"), same)


def in_capitals(folder: Path) -> Path:
    return renamed(good(folder), lambda name: name if "[" in name else name.upper(), same)


def in_another_folder(folder: Path) -> Path:
    return renamed(
        good(folder),
        lambda name: name.replace("xl/", "book/data/"),
        lambda data: data.replace(b"/xl/", b"/book/data/").replace(b'"xl/', b'"book/data/'),
    )


def at_the_root(folder: Path) -> Path:
    return renamed(
        good(folder),
        lambda name: name.replace("xl/", ""),
        lambda data: data.replace(b"/xl/", b"/").replace(b'"xl/', b'"'),
    )


def strict(folder: Path) -> Path:
    old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    return renamed(
        good(folder),
        lambda name: name,
        lambda data: (
            data.replace(old + b"spreadsheetml/2006/main", new + b"spreadsheetml/main")
            .replace(
                old + b"officeDocument/2006/relationships", new + b"officeDocument/relationships"
            )
            .replace(b'<c r="J3" t="n"', b'<c r="J3"')
        ),
    )


STYLES, SHEET = "xl/styles.xml", "xl/worksheets/sheet1.xml"
FAR = b'<c r="KO3" s="0"/></row><row r="4"'


def with_an_empty_fill(folder: Path) -> Path:
    return repacked(
        good(folder),
        {
            STYLES: lambda data: data.replace(b"<fills", b"<fills><fill/></fills><fills", 1),
            SHEET: lambda data: data.replace(b'</row><row r="4"', FAR, 1),
        },
    )


def with_wild_styles(folder: Path) -> Path:
    """Colours and fonts of a kind that only tolerant programs take."""
    return repacked(
        good(folder),
        {
            STYLES: lambda data: data.replace(
                b"<fonts", b'<fonts><font><sz val="large"/></font></fonts><fonts', 1
            ),
            SHEET: lambda data: data.replace(b'</row><row r="4"', FAR, 1),
        },
    )


# --- .ods ---------------------------------------------------------------------------------------------------------
_NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text", "style")
)


def ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<"):
        return value
    shown = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'
    if hasattr(value, "isoformat"):
        day = value.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{day}">{shown}</table:table-cell>'
    return f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'


def ods_table(name: str, rows: Rows, *, hidden: bool = False, extra: str = "") -> str:
    body = "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )
    style = "hidden" if hidden else "shown"
    return (
        f'<table:table table:name="{name}" table:style-name="{style}">{body}{extra}</table:table>'
    )


def ods(path: Path, *tables: str, parts: dict[str, bytes] | None = None) -> Path:
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content{_NAMES}>"
        '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return path


# --- .xls ---------------------------------------------------------------------------------------------------------
def xls(
    path: Path,
    rows: Rows,
    change: Callable[[xlwt.Worksheet], None] | None = None,
    name: str = "名册",
) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet(name)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            if value is not None:
                sheet.write(number, at, value, *([day] if hasattr(value, "isoformat") else []))
    if change:
        change(sheet)
    book.save(str(path))
    return path


def stream_in(data: bytes) -> tuple[int, bytes]:
    """Place and bytes of the workbook stream in a file of xlwt's, which lies in one piece."""
    start = data.index(struct.pack("<HHH", BOF, 16, 0x600))
    return start, data[start:]


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if not kind and not length:
            return
        yield kind, at + 4, length
        at += 4 + length


def with_records(path: Path, change: Callable[[int, bytes], tuple[int, bytes]]) -> Path:
    """The workbook with records replaced by others of the same length."""
    data = bytearray(path.read_bytes())
    start, stream = stream_in(bytes(data))
    for kind, at, length in records(stream):
        new_kind, body = change(kind, stream[at : at + length])
        assert len(body) == length
        data[start + at - 4 : start + at + length] = struct.pack("<HH", new_kind, length) + body
    path.write_bytes(bytes(data))
    return path


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def protected(path: Path, password: str) -> Path:
    """The workbook as Excel 97 encrypts it with this password (RC4, 40 bits)."""
    data = path.read_bytes()
    start, stream = stream_in(data)
    start_of_key = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    mixed = hashlib.md5((start_of_key + SALT) * 16).digest()[:5]

    def key(block: int) -> bytes:
        return hashlib.md5(mixed + struct.pack("<I", block)).digest()

    proof = rc4(key(0), VERIFIER + hashlib.md5(VERIFIER).digest())
    lock = struct.pack("<HHH", 1, 1, 1) + SALT + proof
    opened = bytearray(_with_lock(stream, lock))
    whole = b"".join(
        rc4(key(at // 1024), bytes(opened[at : at + 1024])) for at in range(0, len(opened), 1024)
    )
    for kind, at, length in records(bytes(opened)):
        skip = {BOUNDSHEET: 4, BOF: length, FILEPASS: length}.get(kind, 0)
        opened[at + skip : at + length] = whole[at + skip : at + length]
    path.write_bytes(data[:start] + bytes(opened))
    return path


def _with_lock(stream: bytes, lock: bytes) -> bytes:
    """The lock in place of records that nobody misses, so that the stream keeps its length."""
    wanted, kept, dropped = len(lock) + 4, bytearray(), 0
    idle = (0x5C, 0xC1, 0xBF, 0xC0, 0xE1, 0xE2)
    for kind, at, length in records(stream):
        drop = kind in idle and dropped < wanted
        dropped += length + 4 if drop else 0
        if not drop:
            kept += stream[at - 4 : at + length]
    assert dropped >= wanted
    filler = struct.pack("<HH", 0xE1, dropped - wanted - 4) + bytes(dropped - wanted - 4)
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    locked = kept[:first] + struct.pack("<HH", FILEPASS, len(lock)) + lock + filler + kept[first:]
    return bytes(locked) + stream[len(locked) :]
