"""PDFs as offices print them, made by hand: texts, ruling lines, turned pages, pictures, locks."""

from collections.abc import Sequence
from pathlib import Path

Rows = Sequence[Sequence[str]]
FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts ["
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    b" /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
    b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>"
)
SIZE, HEIGHT = 10, 20
LEFT, TOP, TOP_OF_A_WIDE_PAGE = 50, 780, 540
TURNS = {
    0: b"",
    90: b"0 1 -1 0 595 0 cm\n",
    180: b"-1 0 0 -1 595 842 cm\n",
    270: b"0 -1 1 0 0 842 cm\n",
}
"""What is drawn so stands upright once the page is turned."""


class Page:
    """Written from the top; `turned`: how the page is to be turned to be read, in degrees."""

    def __init__(self, turned: int = 0) -> None:
        self.turned = turned
        self.parts: list[bytes] = []
        self.height = TOP_OF_A_WIDE_PAGE if turned in (90, 270) else TOP

    def write(self, text: str, left: float = LEFT, down: bool = True) -> "Page":
        told = text.encode("utf-16-be").hex().encode()
        self.parts.append(b"BT /F %d Tf %d %d Td <%s> Tj ET" % (SIZE, left, self.height, told))
        if down:
            self.height -= HEIGHT
        return self

    def table(self, rows: Rows, widths: Sequence[int], *, ruled: bool = True) -> "Page":
        """A text longer than its column goes on in the next line of its cell."""
        first = self.height + HEIGHT - 6
        edges = [LEFT + sum(widths[:at]) for at in range(len(widths) + 1)]
        heights = [first]
        for row in rows:
            cells = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
            lines = max(map(len, cells))
            for at, cell in enumerate(cells):
                for number, text in enumerate(cell):
                    self.height -= number * HEIGHT
                    self.write(text, edges[at] + 3, down=False)
                    self.height += number * HEIGHT
            self.height -= lines * HEIGHT
            heights.append(self.height + HEIGHT - 6)
        if ruled:
            for height in heights:
                self.draw(edges[0], height, edges[-1], height)
            for edge in edges:
                self.draw(edge, heights[0], edge, heights[-1])
        return self

    def draw(self, x0: float, y0: float, x1: float, y1: float) -> "Page":
        self.parts.append(b"%d %d m %d %d l S" % (x0, y0, x1, y1))
        return self


def _wrapped(text: str, width: int) -> list[str]:
    most = max(1, (width - 6) // SIZE)
    return [text[at : at + most] for at in range(0, len(text), most)] or [""]


def pdf(path: Path, *pages: Page, extra: bytes = b"") -> Path:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", FONT]
    kids = []
    for page in pages:
        content = TURNS[page.turned] + b"\n".join(page.parts)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate %d /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> >> >>" % (page.turned, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return written(path, objects, extra)


def scanned(path: Path) -> Path:
    """A page that is one picture."""
    picture = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [5 0 R] >>",
        picture + b" /Length 1 >>\nstream\n\x80\nendstream",
        b"<< /Length 27 >>\nstream\nq 500 0 0 700 40 70 cm /I Do Q\nendstream",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /I 3 0 R >> >> >>",
    ]
    return written(path, objects)


def many_pages(path: Path, number: int) -> Path:
    """So many pages that all are the same one."""
    kids = b" ".join([b"3 0 R"] * number)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (number, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    return written(path, objects)


def written(path: Path, objects: Sequence[bytes], extra: bytes = b"") -> Path:
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R %s >>" % (len(objects) + 1, extra)
    path.write_bytes(data + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF" % start)
    return path
