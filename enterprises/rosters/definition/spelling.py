"""How people write words and names: what two spellings have in common, and what they leave out.

The words themselves are data (`enterprises/data/spellings.toml`), read once.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from enterprises.uscc import normalise
from parks.district import DISTRICT

DATA = tomllib.loads(
    (Path(__file__).parents[2] / "data" / "spellings.toml").read_text(encoding="utf-8")
)

_QUOTES = "\"'“”‘’「」『』`"
_NO_QUOTES = str.maketrans("", "", _QUOTES)
_SIMPLIFIED = str.maketrans(DATA["characters"]["traditional"], DATA["characters"]["simplified"])
_IN_BRACKETS = re.compile(r"[(\[【〔<《][^()\[\]【】〔〕<>《》]*[)\]】〕>》]")
_BRACKETS = re.compile(r"[()\[\]【】〔〕<>《》]")
# Emoji marks carry a selector of their form that nobody sees.
_FORM_SELECTORS = re.compile("[\ufe0e\ufe0f]")
# ="915…" and '915… keep spreadsheet programs from making a number of a code.
_GUARDED = re.compile(r"""\s*=\s*(["'])(.*)\1\s*|\s*['’‘]\s*(.*?)\s*['’]?\s*""", re.S)
SHORTEST_NAME = 2


def spelling_key(text: str) -> str:
    """What two spellings of one name have in common.

    It is normalised, without quotation marks, and in simplified characters.
    """
    return normalise(text).translate(_NO_QUOTES).translate(_SIMPLIFIED)


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(spelling_key, words))


_NOTHING, _OUTSIDE = _keys(DATA["nothing"]["words"]), _keys(DATA["outside"]["words"])
_YES, _NO = _keys(DATA["yes_no"]["yes"]), _keys(DATA["yes_no"]["no"])
_MARKS = frozenset(normalise(DATA["nothing"]["marks"]))
_TURNING = frozenset(DATA["units"]["turning"])
_ENDINGS = tuple(DATA["firms"]["endings"])
# "重庆市江津区" in any part: a unit is often named with where it lies.
_BEFORE = (
    *DATA["units"]["before"],
    DISTRICT.province,
    DISTRICT.province_short_name,
    DISTRICT.name,
    DISTRICT.short_name,
)
_AFTER: dict[str, list[str]] = DATA["units"]["after"]


def says_nothing(value: object) -> bool:
    """A cell such as 无, /, — or N/A, which means the same as an empty one."""
    if not isinstance(value, str):
        return False
    key = spelling_key(value).strip("()")
    return key in _NOTHING or (bool(key) and all(map(_is_mark, key)))


def _is_mark(character: str) -> bool:
    return character in _MARKS or unicodedata.category(character) == "Pd"


def says_outside(text: str) -> bool:
    """In the column of parks: the firm stands in none of them."""
    key = spelling_key(text)
    return key.strip("()") in _OUTSIDE or _IN_BRACKETS.sub("", key) in _OUTSIDE


def says_yes(text: str) -> bool | None:
    """True for a word or sign of yes, False for one of no, None for anything else.

    A remark in brackets behind it changes nothing.
    """
    key = _FORM_SELECTORS.sub("", spelling_key(text)).rstrip("。.!,;")
    for spelling in (key, _IN_BRACKETS.sub("", key)):
        if spelling in _YES or spelling in _NO:
            return spelling in _YES
    return None


def unguarded(text: str) -> str:
    """A text without the signs that only keep it from becoming a number: ="915…" or '915…."""
    match = _GUARDED.fullmatch(text)
    if match is None:
        return text
    return match[2] if match[2] is not None else match[3]


def is_firm_name(text: str) -> bool:
    """It ends as the names of firms do."""
    return _IN_BRACKETS.sub("", normalise(text)).endswith(_ENDINGS)


def has_unit_forms(kind: str) -> bool:
    """Units are written in many forms, which other vocabularies have not."""
    return kind in _AFTER


def unit_forms(text: str, kind: str) -> frozenset[str]:
    """A unit's name, and what is left when words before and after it are taken off.

    德感街道 → 德感街道, 德感. `kind`: parks or towns, which have other words behind them.
    """
    key = spelling_key(text)
    forms = {key}
    if not any(_TURNING & set(remark) for remark in _IN_BRACKETS.findall(key)):
        forms |= {_IN_BRACKETS.sub("", key), _BRACKETS.sub("", key)}
    waiting = list(forms)
    while waiting:
        form = waiting.pop()
        for shorter in _shortened(form, kind):
            if len(shorter) >= SHORTEST_NAME and shorter not in forms:
                forms.add(shorter)
                waiting.append(shorter)
    return frozenset(forms)


def _shortened(form: str, kind: str) -> Iterable[str]:
    for word in _BEFORE:
        if form.startswith(word):
            yield form.removeprefix(word)
    for word in _AFTER[kind]:
        if form.endswith(word):
            yield form.removesuffix(word)
