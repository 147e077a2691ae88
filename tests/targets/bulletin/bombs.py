"""Templates made to take the portal: small files that ask for any amount of memory, text or time."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import docx

from targets.bulletin import template

MEGABYTE = 1024 * 1024
BODY = "word/document.xml"


@dataclass(frozen=True)
class Bomb:
    """`said`: part of the sentence it is refused with."""

    make: Callable[[], bytes]
    said: str


def of_text(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


REQUIRED = "".join(f"{{{{ {mark} }}}}" for mark in template.REQUIRED)
"""What a template must have to be taken."""


def marks(*paragraphs: str) -> Callable[[], bytes]:
    return lambda: of_text(*paragraphs)


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An ordinary document of which one part is another, or is added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(of_text("通报"))) as plain,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for part in plain.namelist():
            if part != name:
                package.writestr(part, plain.read(part))
        package.writestr(name, change(plain.read(name) if name in plain.namelist() else b""))
    return buffer.getvalue()


def padded() -> bytes:
    return with_part("word/media/image1.bin", lambda _: bytes(200 * MEGABYTE))


def many_parts_of_a_megabyte() -> bytes:
    """Each below the size from which it is suspicious how well it is packed."""
    buffer = io.BytesIO(of_text("通报"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        for number in range(60):
            package.writestr(f"word/media/{number}.bin", bytes(MEGABYTE))
    return buffer.getvalue()


def entities() -> bytes:
    """Ten thousand million letters, by entities of entities."""
    lines = ['<!ENTITY e0 "xxxxxxxxxx">']
    lines += [f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)]
    declared = f"<!DOCTYPE w:document [{''.join(lines)}]>".encode()

    def declare(content: bytes) -> bytes:
        return content.replace(b"<w:document", declared + b"<w:document", 1).replace(
            "通报".encode(), b"&e9;"
        )

    return with_part(BODY, declare)


def deep() -> bytes:
    """Elements in elements, sixty thousand deep."""
    nested = b"<w:ins>" * 60_000 + b"</w:ins>" * 60_000
    return with_part(BODY, lambda content: content.replace(b"<w:body>", b"<w:body>" + nested, 1))


TURNS, RESULT, MEMORY, TIME = "循环合计超过", "结果过大的运算", "内存超过上限", "用时过长"
LONG_WORK = "{% for a in range(90000) %}{% set b = range(90000)|sum %}{% endfor %}"
"""Few turns, little text and no memory: only the limit of processor time stops it."""
BOMBS = {
    "nested loops": Bomb(
        marks("{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}"),
        TURNS,
    ),
    "nested paragraphs": Bomb(
        marks(
            "{%p for a in range(999) %}",
            "{%p for b in range(999) %}",
            "甲",
            "{%p endfor %}",
            "{%p endfor %}",
        ),
        TURNS,
    ),
    "loops whose entries are passed over": Bomb(
        marks(
            "{% for a in range(9000) %}{% for b in range(9000) if b < 0 %}x{% endfor %}{% endfor %}"
        ),
        TURNS,
    ),
    "a loop that calls itself": Bomb(
        marks(
            "{% for a in range(9) recursive %}{{ loop(range(9)) if loop.depth < 40 }}{% endfor %}"
        ),
        TURNS,
    ),
    "a long range": Bomb(marks("{{ range(10 ** 9)|list|length }}"), TURNS),
    "a macro that calls itself twice": Bomb(
        marks(
            "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
        ),
        TURNS,
    ),
    "a macro without end": Bomb(
        marks("{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}"), "嵌套过深"
    ),
    "a text many times": Bomb(marks("{{ 'x' * 1000000000 }}"), RESULT),
    "a list many times": Bomb(marks("{{ ([1, 2] * 1000000000)|length }}"), RESULT),
    "a power": Bomb(marks("{{ 9 ** (9 ** 9) }}"), RESULT),
    "a wide number": Bomb(marks("{{ '%2000000000d' % 1 }}"), RESULT),
    "a wide filter": Bomb(marks("{{ 'x'|center(4000000000) }}"), MEMORY),
    "a text that doubles": Bomb(
        marks(
            "{% set n = namespace(s='xxxxxxxx') %}"
            "{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}"
        ),
        MEMORY,
    ),
    "much text": Bomb(
        marks(f"{{% for a in range(90000) %}}{'通报' * 200}{{% endfor %}}"), "个字符，已停止"
    ),
    "many charts": Bomb(
        marks("{%p for a in range(99) %}", "[[图：园区平台高新技术企业]]", "{%p endfor %}"),
        "图表超过",
    ),
    "time": Bomb(marks(LONG_WORK), TIME),
    "two hundred megabytes of nothing": Bomb(padded, "解压后"),
    "sixty parts of a megabyte": Bomb(many_parts_of_a_megabyte, "解压后超过32 MB"),
    "entities": Bomb(entities, "DTD"),
    "deep elements": Bomb(deep, "不是可用的 Word 文件"),
}
