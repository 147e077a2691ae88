"""What a list is about and what it does, read from its title and its text.

All of it is a proposal: a person confirms it. What the text does not say stays None.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from enterprises.announcements.reading.document import without_spaces
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.titles import Field, plain
from parks.district import DISTRICT

DATA = Path(__file__).parent.parent / "data" / "announcements.toml"
REGISTER = "register"
FLAGS = ("is_entry", "year_is_in_number", "day_stands_apart")
CITY, OWN = "city", "district"
SubjectAndMatter = tuple[dict[str, Any] | None, str]
LONGEST_TITLE = 3
"""Printed lines over which a title may go."""
_ENDS_TITLE = re.compile(r"(?:公告|公示|通知|决定|名单|通告|表|函)(?:[（(][^（）()]*[)）])?$")
_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_PACKED_DAY = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_SPAN = re.compile(r"至(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_SIGNED = re.compile(r"^[^0-9，。：:]{0,40}\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?$")
_PUBLICITY = re.compile(r"公示(?:时间|期)")
_ISSUED = re.compile(r"发证(?:日期|时间)[^0-9]{0,3}(?=\d{4}年)")
_VALID = re.compile(r"有效期(?:限)?[^0-9]{0,3}(?=\d{4}年)")
_FROM = re.compile(r"自(?=\d{4}年\d{1,2}月\d{1,2}日起)")
_YEAR = re.compile(r"(20\d{2})年")
_BATCH = re.compile(r"第([一二三四五六七八九十百\d]{1,4})批")
_FIRM = re.compile(r"(?:关于|取消|撤销)?[一-鿿（）()A-Za-z0-9]{2,30}?公司等\d+[家户]")
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{2,12}[〔﹝\[（(]20\d{2}[〕﹞\]）)]\d{1,4}号")
REPLACED = "更正"
_CORRECTED = (REPLACED, "补充")
_DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """`subject` and `matter` as in announcements.toml; `kind`: the kind of qualification.

    `scope`: of whose firms it tells. `issued_on`, `valid_from`, `valid_until`, `revoked_from`: what
    the text says of all its firms.
    """

    subject: str
    matter: str
    kind: str
    title: str
    published_on: dt.date | None
    publicity_until: dt.date | None
    scope: str
    year: int | None
    batch: int | None
    document_number: str
    issued_on: dt.date | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    revoked_from: dt.date | None
    is_correction: bool
    replaces: bool
    """It takes the place of the list that it corrects, and does not only add to it."""
    is_entry: bool
    year_is_in_number: bool
    day_stands_apart: bool

    @property
    def code(self) -> str:
        """The kind of list: hnte_publicity, hnte_filing, tech_exit …"""
        subject = next(each for each in _data()["subject"] if each["code"] == self.subject)
        return f"{self.subject}_{_named(subject, self.matter)}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person says of a list; empty where its title and its text are to tell."""

    kind: str = ""
    published_on: dt.date | None = None
    issued_on: dt.date | None = None
    year: int | None = None
    batch: int | None = None


NOTHING_SAID = Said()


def meaning_of(contents: DocumentLists, filename: str, said: Said = NOTHING_SAID) -> Meaning | None:
    """None where neither title nor file name say what the list is, and no person does."""
    title = _title(contents)
    texts = [title, Path(filename).stem]
    told: SubjectAndMatter = _told(said.kind) if said.kind else _subject_and_matter(texts)
    subject, matter = told
    if subject is None or not matter:
        return None
    whole = "".join(without_spaces(text) for text in contents.texts)
    publicity = _after(_PUBLICITY, whole)
    published = said.published_on or _signed_on(contents.texts) or publicity
    # The days of a list of entries are those of the announcement; certificates bear days of their own.
    if published is None and matter == REGISTER:
        published = _only_day(contents)
    valid_from = _after(_VALID, whole)
    year = _YEAR.search(title)
    batch = _BATCH.search(title)
    own = DISTRICT.name in _FIRM.sub("", title)
    return Meaning(
        subject=subject["code"],
        matter=matter,
        kind=subject["kind"],
        title=title,
        published_on=published,
        publicity_until=_end_of_span(_PUBLICITY, whole, publicity),
        scope=OWN if own else CITY,
        year=said.year or (int(year[1]) if year else None),
        batch=said.batch or (_number(batch[1]) if batch else None),
        document_number=_document_number(contents.texts),
        issued_on=said.issued_on or _after(_ISSUED, whole),
        valid_from=valid_from,
        valid_until=_end_of_span(_VALID, whole, valid_from),
        revoked_from=_after(_FROM, whole),
        replaces=REPLACED in title + filename,
        is_correction=any(word in title + filename for word in _CORRECTED),
        **{flag: bool(subject.get(flag)) for flag in FLAGS},
    )


def day_in(text: str) -> dt.date | None:
    """The first whole day in a text; 20260105 is one where nothing else stands."""
    if packed := _PACKED_DAY.fullmatch(plain(text)):
        return _date(*map(int, packed.groups()))
    return next(_days(text), None)


@cache
def _data() -> dict[str, Any]:
    with DATA.open("rb") as file:
        return tomllib.load(file)


def kinds_of_lists() -> list[str]:
    """Every code that `Meaning.code` may have."""
    return [
        f"{subject['code']}_{_named(subject, matter['code'])}"
        for subject in _data()["subject"]
        for matter in _data()["matter"]
    ]


def lists_in_words() -> list[tuple[str, str]]:
    """Code and name of every kind of list."""
    return [(code, list_in_words(code)) for code in kinds_of_lists()]


def list_in_words(code: str) -> str:
    """高新技术企业 公示; empty for a code that nobody knows."""
    subject, matter = _told(code)
    if subject is None:
        return ""
    name = next(each["name"] for each in _data()["matter"] if each["code"] == matter)
    if matter == REGISTER:
        name = subject.get("register_name", name)
    return f"{subject['name']} {name}"


def near_names() -> dict[str, int]:
    """How far names may differ to be shown: of_all, of_expected (characters); most: how many."""
    found: dict[str, int] = _data()["near_names"]
    return found


def _named(subject: dict[str, Any], matter: str) -> str:
    """What the subject calls the matter in codes."""
    return str(subject.get(REGISTER, REGISTER)) if matter == REGISTER else matter


def _told(code: str) -> SubjectAndMatter:
    """Subject and matter of a code that a person gives."""
    for subject in _data()["subject"]:
        for matter in _data()["matter"]:
            if code == f"{subject['code']}_{_named(subject, matter['code'])}":
                return subject, matter["code"]
    return None, ""


def _subject_and_matter(texts: Sequence[str]) -> SubjectAndMatter:
    """By the first text that tells, the title before the file name."""
    subjects = (_first("subject", text) for text in texts)
    matters = (_first("matter", text) for text in texts)
    subject = next(filter(None, subjects), None)
    matter = next(filter(None, matters), None)
    return subject, matter["code"] if matter else ""


def _first(what: str, text: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = next(
        (entry for entry in _data()[what] if any(word in text for word in entry["words"])), None
    )
    return found


def _title(contents: DocumentLists) -> str:
    """The first text; a printed title may go over several lines."""
    texts = [without_spaces(text) for text in contents.texts[:LONGEST_TITLE]]
    for many in range(1, len(texts) + 1):
        if _ENDS_TITLE.search(joined := "".join(texts[:many])):
            return joined
    return texts[0] if texts else ""


def _signed_on(texts: Iterable[str]) -> dt.date | None:
    """The day under the notice: a line of its own, or behind the name of the office."""
    signed = [day_in(text) for text in map(plain, texts) if _SIGNED.match(text)]
    return signed[-1] if signed else None


def _document_number(texts: Iterable[str]) -> str:
    """As offices write it: 渝高企认办〔2026〕11号."""
    found = (_DOCUMENT_NUMBER.search(without_spaces(text)) for text in texts)
    return next((number[0] for number in found if number), "")


def _only_day(contents: DocumentLists) -> dt.date | None:
    """The day of all lines, where they have one column of days and all say the same."""
    told = {line.text(Field.DAY) for line in contents.lines}
    return day_in(told.pop()) if len(told) == 1 else None


def _after(mark: re.Pattern[str], text: str) -> dt.date | None:
    """The first day behind a mark, in the same sentence."""
    found = mark.search(text)
    return day_in(text[found.end() : found.end() + 30]) if found else None


def _end_of_span(mark: re.Pattern[str], text: str, start: dt.date | None) -> dt.date | None:
    found = mark.search(text)
    if not found or not start:
        return None
    end = _SPAN.search(text[found.end() : found.end() + 50])
    if not end:
        return None
    year = int(end[1]) if end[1] else start.year
    return _date(year, int(end[2]), int(end[3]))


def _days(text: str) -> Iterator[dt.date]:
    for found in _DAY.finditer(plain(text)):
        if day := _date(int(found[1]), int(found[2]), int(found[3])):
            yield day


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """Of a batch: 2, 二, 十, 十二, 二十一."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
