"""One name for each thing: what targets/data/terms.toml replaces is said nowhere, and nothing is explained twice.

Looked at are all texts that a user can come to read: templates, texts in the code, data, the handbook.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from targets.terms.catalogue import terms

BASE = Path(settings.BASE_DIR)
LOOKED_AT = ("parks", "enterprises", "targets", "jiangjin_portal", "templates", "static", "docs")
TERMS = "targets/data/terms.toml"
WORDS = sorted({(word, term.allowed_in) for term in terms().values() for word in term.replaces})
NAMES = sorted((term.name for term in terms().values()), key=len, reverse=True)
ALLOWED = [phrase for term in terms().values() for phrase in term.allowed]
EXPLAINS = re.compile("|".join(rf"{name}”?(?:＝| = |=|是指|是达到|指的是)" for name in NAMES))
QUARTER = re.compile(r"第(?:[一二三四1-4]|\{[^}]*\})季度")
# What reads files that others wrote must know how they write; the demo's texts are a story.
READS_OTHERS = ("enterprises/rosters/reading/", "enterprises/demo/", "targets/demo/")


def texts_of_code(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal that is no docstring; an f-string as it is written."""
    tree = ast.parse(source)
    documented = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, ast.unparse(node)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
        ):
            yield node.lineno, node.value


def texts() -> Iterator[tuple[str, str]]:
    """(file and line, text)."""
    for path in read_by_users(".py"):
        for line, text in texts_of_code(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(BASE)}:{line}", text
    for path in read_by_users(".toml", ".html", ".js", ".md"):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(BASE)}:{line}", text


def read_by_users(*endings: str) -> Iterator[Path]:
    for place in LOOKED_AT:
        for path in sorted((BASE / place).rglob("*")):
            name = str(path.relative_to(BASE))
            skipped = "migrations" in path.parts or name == TERMS or name.startswith(READS_OTHERS)
            if path.suffix in endings and not skipped:
                yield path


def without_right_words(text: str) -> str:
    for phrase in (*ALLOWED, *NAMES):
        text = text.replace(phrase, "◦")
    return text


def test_no_text_says_another_word_for_a_term():
    wrong = [
        f"{place}: {word} in {text.strip()[:60]}"
        for place, text in texts()
        for word, allowed_in in WORDS
        if word in without_right_words(text) and not place.startswith(allowed_in)
    ]
    assert wrong == []


def test_no_term_is_explained_beside_the_glossary():
    wrong = [f"{place}: {text.strip()[:60]}" for place, text in texts() if EXPLAINS.search(text)]
    assert wrong == []


def test_a_quarter_is_written_in_one_way():
    assert [place for place, text in texts() if QUARTER.search(text)] == []


def test_every_term_that_a_template_asks_for_is_there():
    asked = set()
    for path in BASE.glob("templates/**/*.html"):
        asked |= set(re.findall(r'{% term "(\w+)" %}', path.read_text(encoding="utf-8")))
    assert asked <= set(terms())
    assert asked >= {"target_gap", "year_gap", "behind", "in_flight", "still_missing"}


@pytest.mark.parametrize("term", terms().values(), ids=terms())
def test_a_term_is_explained_in_one_or_two_sentences_and_says_what_it_rests_on(term):
    assert 1 <= term.meaning.count("。") <= 2
    assert term.meaning.endswith("。")
    assert term.sources


def test_names_and_codes_are_used_once():
    rows = tomllib.loads((BASE / TERMS).read_text(encoding="utf-8"))["term"]
    assert len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == len(rows)


def test_the_test_would_find_a_wrong_word():
    assert "还差" in without_right_words("全年还差3家，还差2家")
    assert "还差" not in without_right_words("距目标还差3家、预计还差2家")
    assert EXPLAINS.search("仍缺＝落后序时 − 在途")
    assert QUARTER.search("2026年第三季度")
