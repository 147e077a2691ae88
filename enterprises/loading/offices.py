"""Lists of other offices: whose they are, what their titles mean there, and what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from enterprises.loading import title_memory
from enterprises.models import Office
from enterprises.rosters.definition.column import parts_of
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.registers import RETURNS
from parks.models import User

FIELDS = RETURNS.fields - {"number", "remark"}
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})年度?")


@dataclass(frozen=True)
class OfficeList:
    """How the lists of an office are read. `mapping`: key of a title → field, "" for none."""

    code: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    told: Told = NOTHING_TOLD


OF_NO_OFFICE = OfficeList()


@dataclass(frozen=True)
class TitleQuestion:
    """A column of a list. `field`: what it was read as, or what it probably is.

    `known_as`: the title that was remembered for it; empty for one that nobody has explained.
    `doubtful`: of such a name the office usually means another figure than we do.
    """

    title: str
    field: str
    where: str = ""
    samples: tuple[str, ...] = ()
    known_as: str = ""
    doubtful: bool = False


def list_of(code: str, year: int | None) -> OfficeList:
    """Two queries. An office that is gone since explains nothing."""
    office = Office.objects.filter(code=code).first() if code else None
    if office is None:
        return OF_NO_OFFICE
    mapping = dict(office.column_mappings.values_list("key", "field"))
    told = Told(year=year, doubted=frozenset(office.own_words), kind=RETURNS.name)
    return OfficeList(office.code, mapping, told)


def questions_of(office: Office, files: Iterable[Mapping[str, Any]]) -> list[TitleQuestion]:
    """What the files of a receipt ask, each title once; then what the office has explained before."""
    asked: dict[str, TitleQuestion] = {}
    for file in files:
        for entry in file["questions"]:
            proposed = office.own_words.get(entry["suggestion"], entry["suggestion"])
            asked.setdefault(
                parts_of(entry["title"]).key,
                TitleQuestion(
                    entry["title"],
                    proposed,
                    f"{file['name']} {entry['address']}",
                    tuple(entry["samples"]),
                    doubtful=entry["suggestion"] in office.own_words,
                ),
            )
    return [*asked.values(), *_explained(office)]


def _explained(office: Office) -> Iterator[TitleQuestion]:
    for row in office.column_mappings.order_by("key"):
        yield TitleQuestion(row.title, row.field, known_as=row.key)


def store_titles(office: Office, fields: Mapping[TitleQuestion, str], *, by: User) -> None:
    """Remember what the office's titles mean. Raises Refusal."""
    title_memory.refuse_unknown(fields.values(), FIELDS)
    with transaction.atomic():
        for question, name in fields.items():
            if not question.known_as or name != question.field:
                title_memory.remember(office, question.title, name, by=by, key=question.known_as)


def year_in_name(names: Iterable[str]) -> int | None:
    """The one year that the names of the files tell."""
    years = {int(match[1]) for name in names for match in _YEAR.finditer(name)}
    return years.pop() if len(years) == 1 else None


def column_choices() -> list[tuple[str, str]]:
    columns = [(each.field, each.title) for each in RETURNS.columns if each.field in FIELDS]
    return [("", "不读取这一列"), *columns]
