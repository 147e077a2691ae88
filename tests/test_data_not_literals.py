"""Kinds, years, the plan's numbers and the names of the district are data: none stands in code or templates.

Another district runs on the same code. What may still name something is listed here, each with its reason.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
APPS = ("parks", "enterprises", "targets", "jiangjin_portal")
EXAMPLE = re.compile(r"(?:如|例：|例如|写作|写成|样式|样子|成|按|填|“)\s*\S*$")
"""What stands before a day that only shows how to write one."""
YEAR = re.compile(r"(?<![\w.])20[12]\d(?!\d)")


def data(path: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((BASE / path).read_text(encoding="utf-8"))


KINDS = {kind["code"] for kind in data("enterprises/data/reference.toml")["kind"]}
DISTRICT = data("parks/data/district.toml")
UNITS = data("parks/data/units.toml")
NAMES = {DISTRICT["short_name"]} | {
    unit["short_name"] for rows in UNITS.values() for unit in rows if "short_name" in unit
}
"""科学城江津 and the like; names that are words of everyday language are no names of the district."""
PLACES = {name for name in NAMES if len(name) > 1 and name not in {"农业园", "税务局"}}
PLAN_NUMBERS = {95, 550, 700, 2600, 3330}

ALLOWED = {
    # what columns of the roster fill, and the examples in their help
    "enterprises/rosters/definition": {"kind", "year"},
    # an example in the API's description, and a bound of the calendar
    "enterprises/reporting/api/rosters.py": {"year"},
    "enterprises/reporting/web/quarter_forms.py": {"year"},
    # the enums' labels are part of migrations
    "enterprises/models/ledger.py": {"place"},
    "enterprises/models/roster_firm.py": {"place"},
    "targets/models/derived.py": {"place", "six"},
    # shown without a context when nothing else can be
    "templates/400.html": {"place"},
    "templates/500.html": {"place"},
    # the invented story of the demo district
    "enterprises/demo": {"kind", "year", "place"},
}
"""Place → what may stand there."""


def sources() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((BASE / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(BASE)), path.read_text(encoding="utf-8")


def constants(source: str) -> Iterator[tuple[int, object]]:
    """(line, value) of every literal that is no docstring."""
    tree = ast.parse(source)
    documented = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documented:
            yield node.lineno, node.value


def what_it_names(value: object) -> set[str]:
    """Which kinds of data a literal names."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return set()
    if isinstance(value, int):
        found = {"year"} if 2015 <= value <= 2035 else set()
        return found | ({"number"} if value in PLAN_NUMBERS else set())
    found = set()
    if value in KINDS or value.removesuffix("_park_share") in KINDS:
        found.add("kind")
    if any(not EXAMPLE.search(value[: match.start()]) for match in YEAR.finditer(value)):
        found.add("year")
    if any(place in value for place in PLACES):
        found.add("place")
    if re.search(r"六大|六个(?!月)", value):
        found.add("six")
    if re.search(r"(?<![\d.])95\s*%", value):
        found.add("number")
    return found


def allowed(path: str) -> set[str]:
    return {what for place, kinds in ALLOWED.items() if path.startswith(place) for what in kinds}


def test_code_names_no_data():
    found = [
        f"{path}:{line}: {value!r} ({what})"
        for path, source in sources()
        for line, value in constants(source)
        for what in sorted(what_it_names(value) - allowed(path))
    ]
    assert not found, "\n".join(found)


def test_templates_name_no_data():
    found = []
    for path in sorted((BASE / "templates").rglob("*.html")):
        text = re.sub(r"{#.*?#}|{% comment .*?endcomment %}", "", path.read_text(), flags=re.S)
        for number, line in enumerate(text.splitlines(), 1):
            quoted = set(re.findall(r"[\"']([a-z_]+)[\"']", line))
            named = what_it_names(line) | ({"kind"} if quoted & KINDS else set())
            name = str(path.relative_to(BASE))
            found += [f"{name}:{number}: {what}" for what in sorted(named - allowed(name))]
    assert not found, "\n".join(found)


def test_the_search_finds_what_it_shall_find():
    assert what_it_names("hnte") == {"kind"}
    assert what_it_names("tech_park_share") == {"kind"}
    assert what_it_names("2027年目标") == {"year"}
    assert what_it_names("日期无效，请按 2026-09-15 填写。") == set()
    assert what_it_names("迁出江津") == {"place"}
    assert what_it_names("六大园区平台") == {"six"}
    assert what_it_names(95) == {"number"}
    assert what_it_names("应占95%以上") == {"number"}


def test_every_exception_is_needed():
    unused = {
        (place, what)
        for place, kinds in ALLOWED.items()
        for what in kinds
        if not place.startswith("templates/")
        and not any(
            what in what_it_names(value)
            for path, source in sources()
            if path.startswith(place)
            for _, value in constants(source)
        )
    }
    assert not unused
