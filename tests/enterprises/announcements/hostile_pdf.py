"""Nasty PDFs, made by hand: bombs, loops, locks, scripts, broken fonts, and text that nobody sees."""

import hashlib
import random
import zlib
from pathlib import Path

from tests.enterprises.announcements.hostile_files import HEADER, MEGABYTE, ROWS, TITLE, UNSEEN
from tests.enterprises.announcements.made_pdf import FONT, Page, many_pages, pdf, scanned, written

WIDTHS = [40, 260, 180]
FONTS = b"/Resources << /Font << /F 3 0 R >> >>"
PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def listed() -> Page:
    return Page().write(TITLE).table([HEADER, *ROWS], WIDTHS)


def drawn(page: Page) -> bytes:
    return b"\n".join(page.parts)


def stream(data: bytes, keys: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), keys, data)


def flated(data: bytes, keys: bytes = b"") -> bytes:
    return stream(zlib.compress(data), b"/Filter /FlateDecode " + keys)


def sheet(
    path: Path,
    content: bytes,
    *more: bytes,
    page: bytes = FONTS,
    catalog: bytes = b"",
    box: bytes = b"0 0 595 842",
    extra: bytes = b"",
) -> Path:
    """One page. Objects: 1 catalog, 2 pages, 3 font, 4 content, 5 page, from 6 on `more`."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Count 1 /Kids [5 0 R] >>",
        FONT,
        content if b"stream" in content[:300] else stream(content),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>" % (box, page),
        *more,
    ]
    return written(path, objects, extra)


def print_of_list(folder: Path, *more: bytes, **keys: bytes) -> Path:
    return sheet(folder / "a.pdf", drawn(listed()), *more, **keys)


def zeros(many: int) -> bytes:
    """Deflated zeros, never held whole."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(MEGABYTE)) for _ in range(many // MEGABYTE)]
    return b"".join([*parts, packer.flush()])


# --- bombs --------------------------------------------------------------------------------------------------------
def gigabyte_of_zeros(folder: Path) -> Path:
    return sheet(folder / "a.pdf", stream(zeros(1024 * MEGABYTE), b"/Filter /FlateDecode"))


def nested_zeros(folder: Path) -> Path:
    twice = zlib.compress(zlib.compress(zeros(1024 * MEGABYTE), 9), 9)
    filters = b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"
    return sheet(folder / "a.pdf", stream(twice, filters))


def many_filters(folder: Path) -> Path:
    data = drawn(listed())
    for _ in range(12):
        data = data.hex().encode() + b">"
    return sheet(folder / "a.pdf", stream(data, b"/Filter [%s]" % (b"/ASCIIHexDecode " * 12)))


def spaces_that_swell(folder: Path) -> Path:
    """Real operators: half a gigabyte of empty text objects."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"BT ET\n" * 100_000) for _ in range(800)]
    content = b"".join([*parts, packer.flush()])
    return sheet(folder / "a.pdf", stream(content, b"/Filter /FlateDecode"))


def object_streams(folder: Path) -> Path:
    """A stream of objects that says it holds a thousand million."""
    return print_of_list(
        folder, flated(b"0 0 " * 1000, b"/Type /ObjStm /N 1000000000 /First 99999999")
    )


def forms_in_forms(folder: Path) -> Path:
    """Ten drawings, each of ten of the one below, nine deep: a thousand million texts."""
    own = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
    forms = [stream(drawn(Page().write(UNSEEN)), own + FONTS)]
    for at in range(1, 10):
        below = b"/Resources << /XObject << /X %d 0 R >> >>" % (5 + at)
        forms.append(stream(b"/X Do\n" * 10, own + below))
    page = b"/Resources << /Font << /F 3 0 R >> /XObject << /X %d 0 R >> >>" % (5 + len(forms))
    return sheet(folder / "a.pdf", b"/X Do\n" + drawn(listed()), *forms, page=page)


def form_in_itself(folder: Path) -> Path:
    form = stream(
        b"/X Do", b"/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    )
    page = b"/Resources << /Font << /F 3 0 R >> /XObject << /X 6 0 R >> >>"
    return sheet(folder / "a.pdf", b"/X Do\n" + drawn(listed()), form, page=page)


def million_lines(folder: Path) -> Path:
    content = b"0 0 m 9 9 l S\n" * 1_000_000
    return sheet(folder / "a.pdf", flated(content))


def one_path_of_a_million_lines(folder: Path) -> Path:
    return sheet(folder / "a.pdf", flated(b"0 0 m " + b"9 9 l 0 0 l " * 500_000 + b"S"))


def million_letters(folder: Path) -> Path:
    text = "甲".encode("utf-16-be").hex().encode() * 1_000_000
    return sheet(folder / "a.pdf", flated(b"BT /F 9 Tf 9 9 Td <%s> Tj ET" % text))


def crowded_grid(folder: Path) -> Path:
    """Within the limits of a page, but letters times lines is a thousand million."""
    page = Page()
    for at in range(4_000):
        page.draw(at % 590, 0, at % 590, 842).draw(0, at % 840, 590, at % 840)
    for at in range(80):
        page.height = at * 10
        page.write("甲" * 500)
    return sheet(folder / "a.pdf", flated(drawn(page)))


def full_pages(folder: Path) -> Path:
    """Three hundred pages, each just within what a page may hold."""
    page = Page()
    for at in range(80):
        page.height = at * 10
        page.write("甲" * 700)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 300 /Kids [%s] >>" % (b"5 0 R " * 300),
        FONT,
        flated(drawn(page)),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9000 842] /Contents 4 0 R %s >>" % FONTS,
    ]
    return written(folder / "a.pdf", objects)


def deep_states(folder: Path) -> Path:
    return sheet(folder / "a.pdf", flated(b"q " * 1_000_000 + drawn(listed())))


def deep_array(folder: Path) -> Path:
    return print_of_list(folder, b"[" * 1_000_000)


def deep_array_in_content(folder: Path) -> Path:
    return sheet(folder / "a.pdf", flated(b"[" * 1_000_000 + b" " + drawn(listed())))


def hundred_thousand_notes(folder: Path) -> Path:
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (x) >>"
    return print_of_list(folder, page=FONTS + b"/Annots [%s]" % (note * 100_000))


def swelling_map(folder: Path) -> Path:
    """A font whose map from codes to text names each code a thousand times."""
    told = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    told += b"100 beginbfrange\n" + b"<0000> <FFFF> <4E00>\n" * 100_000 + b"endbfrange endcmap"
    font = FONT[:-2] + b"/ToUnicode 6 0 R >>"
    page = b"/Resources << /Font << /F 7 0 R >> >>"
    return sheet(folder / "a.pdf", drawn(Page().write(UNSEEN)), flated(told), font, page=page)


def ten_thousand_pages(folder: Path) -> Path:
    return many_pages(folder / "a.pdf", 10_000)


# --- loops and damage ---------------------------------------------------------------------------------------------
def ten_thousand_own_pages(folder: Path) -> Path:
    return pdf(folder / "a.pdf", *(Page().write(f"第{at}页") for at in range(10_000)))


def deep_page_tree(folder: Path) -> Path:
    deepest = 5_000
    nodes = [
        b"<< /Type /Pages /Parent %d 0 R /Count 1 /Kids [%d 0 R] >>" % (5 + at, 7 + at)
        for at in range(deepest)
    ]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [6 0 R] >>",
        FONT,
        stream(drawn(listed())),
        b"null",
        *nodes,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % FONTS,
    ]
    return written(folder / "a.pdf", objects)


def _changed(folder: Path, was: bytes, to: bytes) -> Path:
    path = pdf(folder / "a.pdf", listed())
    data = path.read_bytes()
    assert was in data
    path.write_bytes(data.replace(was, to))
    return path


def pages_in_a_ring(folder: Path) -> Path:
    return _changed(folder, b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def count_that_lies(folder: Path) -> Path:
    return _changed(folder, b"/Count 1 ", b"/Count 999999999 ")


def count_below_nothing(folder: Path) -> Path:
    return _changed(folder, b"/Count 1 ", b"/Count -5 ")


def page_as_its_own_parent(folder: Path) -> Path:
    return _changed(folder, b"/Parent 2 0 R", b"/Parent 5 0 R")


def places_that_are_wrong(folder: Path) -> Path:
    return _changed(folder, b"0000000", b"0000900")


def table_of_places_in_a_ring(folder: Path) -> Path:
    path = pdf(folder / "a.pdf", listed())
    start = path.read_bytes().rindex(b"xref\n0")
    return pdf(folder / "a.pdf", listed(), extra=b"/Prev %d" % start)


def no_table_of_places(folder: Path) -> Path:
    path = pdf(folder / "a.pdf", listed())
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"xref\n0")])
    return path


def half_of_it(folder: Path) -> Path:
    path = pdf(folder / "a.pdf", listed(), listed())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    return path


def rubbish_before(folder: Path) -> Path:
    path = pdf(folder / "a.pdf", listed())
    path.write_bytes(b"\r\n" * 50 + path.read_bytes())
    return path


def rubbish_behind(folder: Path) -> Path:
    path = pdf(folder / "a.pdf", listed())
    path.write_bytes(path.read_bytes() + bytes(5 * MEGABYTE))
    return path


def noise(folder: Path) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + random.Random(7).randbytes(2 * MEGABYTE))
    return path


def places_without_number(folder: Path) -> Path:
    """Texts at places that overflow: no number, or endless."""
    endless = b"BT /F 1e38 Tf 1e38 0 0 1e38 1e38 1e38 Tm <7532> Tj ET\n"
    return sheet(folder / "a.pdf", endless * 3 + drawn(listed()))


def endless_page(folder: Path) -> Path:
    return print_of_list(folder, box=b"-1e9 -1e9 1e9 1e9")


def page_without_room(folder: Path) -> Path:
    return print_of_list(folder, box=b"0 0 0 0")


def fields_that_load(folder: Path) -> Path:
    """A form of Adobe's own kind: other programs see a page that asks to wait."""
    form = b"/AcroForm << /Fields [] /XFA 6 0 R >> /NeedsRendering true"
    waiting = drawn(Page().write("请稍候，正在加载文档"))
    return sheet(folder / "a.pdf", waiting, stream(b"<xdp:xdp/>"), catalog=form)


# --- scripts, attachments, locks ----------------------------------------------------------------------------------
def scripts(folder: Path) -> Path:
    script = b"<< /S /JavaScript /JS (while\\(true\\){} app.launchURL\\('http://127.0.0.1/'\\)) >>"
    catalog = b"/OpenAction %s /Names << /JavaScript << /Names [(a) %s] >> >>" % (script, script)
    return print_of_list(folder, catalog=catalog, page=FONTS + b"/AA << /O %s >>" % script)


def launches(folder: Path) -> Path:
    action = b"<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) /P (/c calc) >> >>"
    return print_of_list(folder, catalog=b"/OpenAction %s" % action)


def attachments(folder: Path) -> Path:
    held = b"/Names << /EmbeddedFiles << /Names [(../../a.exe) << /F (a.exe) /EF << /F 6 0 R >> >>] >> >>"
    return print_of_list(folder, stream(b"MZ"), catalog=held)


def fetched_content(folder: Path) -> Path:
    """The content is said to stand in another file."""
    elsewhere = b"<< /Length 0 /F (/etc/passwd) /FFilter /FlateDecode >>\nstream\n\nendstream"
    return sheet(folder / "a.pdf", elsewhere)


def _rc4(key: bytes, data: bytes) -> bytes:
    state, at = list(range(256)), 0
    for i in range(256):
        at = (at + state[i] + key[i % len(key)]) % 256
        state[i], state[at] = state[at], state[i]
    out, i, at = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        at = (at + state[i]) % 256
        state[i], state[at] = state[at], state[i]
        out.append(byte ^ state[(state[i] + state[at]) % 256])
    return bytes(out)


def _padded(password: bytes) -> bytes:
    return (password + PADDING)[:32]


def _locked(folder: Path, password: bytes) -> Path:
    """RC4 of 40 bits with this password to open it; another is its owner's."""
    owner = _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(password))
    rights, own_id = -4, b"0123456789abcdef"
    whole = _padded(password) + owner + (rights & 0xFFFFFFFF).to_bytes(4, "little") + own_id
    key = hashlib.md5(whole).digest()[:5]
    user = _rc4(key, PADDING)
    of_content = hashlib.md5(key + (4).to_bytes(3, "little") + bytes(2)).digest()[:10]
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >> /ID [<%s> <%s>]"
    told = lock % (owner.hex().encode(), user.hex().encode(), rights, *[own_id.hex().encode()] * 2)
    content = stream(_rc4(of_content, drawn(listed())))
    return sheet(folder / "a.pdf", content, extra=told)


def locked_with_a_password(folder: Path) -> Path:
    return _locked(folder, b"secret")


def locked_against_printing_only(folder: Path) -> Path:
    return _locked(folder, b"")


def _locked_by(folder: Path, keys: bytes) -> Path:
    return print_of_list(folder, extra=b"/Encrypt << %s >> /ID [<00> <00>]" % keys)


def locked_by_aes_128(folder: Path) -> Path:
    filters = b"/CF << /StdCF << /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF"
    keys = b"/Filter /Standard /V 4 /R 4 /Length 128 /O <%s> /U <%s> /P -4 " % (
        b"ab" * 32, b"cd" * 32,
    )  # fmt: skip
    return _locked_by(folder, keys + filters)


def locked_by_aes_256(folder: Path) -> Path:
    filters = b"/CF << /StdCF << /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF"
    keys = b"/Filter /Standard /V 5 /R 6 /Length 256 /O <%s> /U <%s> /OE <%s> /UE <%s> /P -4 " % (
        b"ab" * 48, b"cd" * 48, b"ab" * 32, b"cd" * 32,
    )  # fmt: skip
    return _locked_by(folder, keys + b"/Perms <%s> " % (b"ef" * 16) + filters)


def locked_by_a_stranger(folder: Path) -> Path:
    return _locked_by(folder, b"/Filter /Some.Company /V 99")


# --- fonts that cannot be read ------------------------------------------------------------------------------------
def _in_font(folder: Path, font: bytes, *more: bytes) -> Path:
    page = b"/Resources << /Font << /F 6 0 R >> >>"
    return sheet(folder / "a.pdf", drawn(listed()), font, *more, page=page)


def font_without_map(folder: Path) -> Path:
    """Glyphs of an embedded font by their numbers; nothing says which signs they are."""
    return _in_font(
        folder,
        b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Own /Encoding /Identity-H"
        b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Own /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /ABCDEF+Own /Flags 4"
        b" /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>",
    )


def _mapped(folder: Path, text: bytes, many: bytes = b"<0000> <FFFF>") -> Path:
    told = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    told += b"1 beginbfrange\n%s %s\nendbfrange endcmap" % (many, text)
    return _in_font(folder, FONT[:-2] + b"/ToUnicode 7 0 R >>", stream(told))


def font_of_private_signs(folder: Path) -> Path:
    return _mapped(folder, b"<E000>", b"<4E00> <5DFF>")


def one_private_sign(folder: Path) -> Path:
    """Of one name one sign is unreadable; what is left of it might be another firm's name."""
    return _mapped(folder, b"<E000>", b"<%s> <%s>" % ((b"7532",) * 2))


def font_of_noise(folder: Path) -> Path:
    broken = stream(random.Random(5).randbytes(50_000), b"/Length1 50000")
    font = FONT.replace(b"CIDFontType0", b"CIDFontType2")
    return _in_font(folder, font.replace(b"/Flags 6", b"/Flags 6 /FontFile2 7 0 R"), broken)


def drawn_font(folder: Path) -> Path:
    """Each letter is a drawing, one of which draws itself in its own font."""
    glyph = stream(b"1000 0 d0 BT /F 1 Tf (a) Tj ET")
    return _in_font(
        folder,
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [.001 0 0 .001 0 0]"
        b" /FirstChar 0 /LastChar 255 /Widths [%s] /CharProcs << /a 7 0 R >>"
        b" /Encoding << /Type /Encoding /Differences [97 /a] >>"
        b" /Resources << /Font << /F 6 0 R >> >> >>" % (b"500 " * 256),
        glyph,
    )


# --- what a reader of the print does not see ----------------------------------------------------------------------
def _with(folder: Path, before: bytes, text: str, after: bytes = b"", **keys: bytes) -> Path:
    """The list, and below it a fourth row between operators."""
    page = listed()
    shown = Page()
    shown.height = page.height
    shown.table([["4", text, "GR202651100004"]], WIDTHS)
    content = b"%s\nq %s\n%s\nQ %s" % (drawn(page), before, drawn(shown), after)
    return sheet(folder / "a.pdf", content, **keys)


def invisible_text(folder: Path) -> Path:
    return _with(folder, b"3 Tr", UNSEEN)


def white_text(folder: Path) -> Path:
    return _with(folder, b"1 1 1 rg", UNSEEN)


def text_as_clip(folder: Path) -> Path:
    return _with(folder, b"7 Tr", UNSEEN)


def transparent_text(folder: Path) -> Path:
    page = FONTS[:-2] + b"/ExtGState << /G << /ca 0 >> >> >>"
    return _with(folder, b"/G gs", UNSEEN, page=page)


def text_outside_of_the_page(folder: Path) -> Path:
    return _with(folder, b"1 0 0 1 700 0 cm", UNSEEN)


def text_outside_of_the_crop(folder: Path) -> Path:
    return _with(folder, b"1 0 0 1 0 -300 cm", UNSEEN, page=FONTS + b"/CropBox [0 500 595 842]")


def tiny_text(folder: Path) -> Path:
    return _with(folder, b".05 0 0 .05 50 50 cm", UNSEEN)


def covered_text(folder: Path) -> Path:
    return _with(folder, b"", UNSEEN, b"1 1 1 rg 40 0 500 690 re f")


def blackened_text(folder: Path) -> Path:
    return _with(folder, b"", UNSEEN, b"0 g 40 0 500 690 re f")


def white_header_on_blue(folder: Path) -> Path:
    """Seen well: white letters on a dark ground."""
    page = Page().write(TITLE)
    page.parts.append(b"q .1 .2 .6 rg 50 760 480 20 re f Q 1 1 1 rg")
    page.table([HEADER], WIDTHS)
    page.parts.append(b"0 g")
    page.table(ROWS, WIDTHS)
    return sheet(folder / "a.pdf", drawn(page))


def grounds_below_the_text(folder: Path) -> Path:
    """A white page and striped rows, painted before the text: nothing is covered."""
    ground = b"q 1 g 0 0 595 842 re f .9 g 50 720 480 20 re f Q\n"
    return sheet(folder / "a.pdf", ground + drawn(listed()))


def striped_rows_without_lines(folder: Path) -> Path:
    """Each second row has a ground, in parts that are not the columns."""
    page = Page().write(TITLE).table([HEADER, *ROWS], WIDTHS, ruled=False)
    stripes = b"q .9 g 50 754 480 20 re f 50 714 100 20 re f 150 714 380 20 re f Q\n"
    return sheet(folder / "a.pdf", stripes + drawn(page))


def list_twice_over(folder: Path) -> Path:
    """Bold as cheap printers make it: each text again, a hair beside itself."""
    again = b"q 1 0 0 1 .3 0 cm\n%s\nQ" % drawn(listed())
    return sheet(folder / "a.pdf", drawn(listed()) + b"\n" + again)


def scan_with_recognised_text(folder: Path) -> Path:
    """A picture, and over it unseen what a program took its signs for."""
    picture = stream(
        b"\x80",
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    page = FONTS[:-2] + b"/XObject << /I 6 0 R >> >>"
    content = b"q 595 0 0 842 0 0 cm /I Do Q 3 Tr\n" + drawn(
        Page().write(TITLE).table([HEADER, *ROWS], WIDTHS, ruled=False)
    )
    return sheet(folder / "a.pdf", content, picture, page=page)


def letters_in_any_order(folder: Path) -> Path:
    page = Page().write(TITLE)
    parts: list[bytes] = []
    for row in (HEADER, *ROWS):
        left = 50
        for text, width in zip(row, WIDTHS, strict=True):
            for at, sign in enumerate(text):
                one = Page()
                one.height = page.height
                parts += one.write(sign, left + at * 10).parts
            left += width
        page.height -= 20
    random.Random(3).shuffle(parts)
    return sheet(folder / "a.pdf", drawn(page) + b"\n" + b"\n".join(parts))


def page_named_word(folder: Path) -> Path:
    return pdf(folder / "a.docx", listed())


def page_without_name(folder: Path) -> Path:
    return pdf(folder / "a", listed())


def picture(folder: Path) -> Path:
    return scanned(folder / "a.pdf")


def list_in_a_scaled_form(folder: Path) -> Path:
    """As pages come that were stamped or printed two to a sheet."""
    form = stream(
        drawn(listed()), b"/Subtype /Form /BBox [0 0 595 842] /Matrix [.8 0 0 .8 10 10] " + FONTS
    )
    page = b"/Resources << /XObject << /X 6 0 R >> >>"
    return sheet(
        folder / "a.pdf", b"q .9 0 0 .9 5 5 cm 0 0 595 842 re W n /X Do Q", form, page=page
    )


def text_that_is_clipped_away(folder: Path) -> Path:
    return _with(folder, b"0 0 20 20 re W n", UNSEEN)


def blue_on_blue(folder: Path) -> Path:
    return _with(folder, b"0 0 1 rg 40 0 500 690 re f", UNSEEN)


def rare_sign(folder: Path) -> Path:
    """A sign beyond the first 65,536, as names bear it."""
    return _mapped(folder, b"<D86CDCE0>", b"<%s> <%s>" % ((b"7532",) * 2))
