"""What a column of a list is: all that the reader, the template, the plan and the pages need of it.

A column is described in one place, its `Column` object (see `columns`). Everything else asks that
object.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from enterprises.rosters.definition.cells import Parser

# Marks and remarks that units add to the titles of their own files.
_MARKS = re.compile(r"[\s*★#:]")
_REMARKS = re.compile(r"[(\[【](?:必填|选填|必填项|可选|文本格式|18位|单位[^)]*)[)\]】]")

# A year as people write it into a title: 2024, 2024年度, 24年, (2024年), 2024年末.
_YEAR = re.compile(
    r"(?<![0-9])(?:(20[0-9]{2})(?:年度?|年?(?=末|底))?|([0-9]{2})年度?)(?![0-9])[末底]?"
)
_CENTURY = 2000
# The unit of a column of money, in brackets or at the end of its title.
_MONEY_UNIT = re.compile(
    r"(?:人民币|金额)?(?:单位)?(?:人民币)?(亿元|百万元|万元|千元|元)(?=[)\]】]|$)"
)
_LEFT_OVER = re.compile(
    r"[(\[【][,，、/]*[)\]】]|^[_\-,，、/.]+|[_\-,，、/.(]+$|[,，、/](?=[)\]】])"
)
OF_YEAR = "@"
"""Between a figure's field and the year that a column's title names: revenue@2024."""

TEXT, DAY, MONEY, WHOLE, PLAIN_WHOLE = "@", "yyyy-mm-dd", "#,##0.00", "#,##0", "0"
"""Number formats of a spreadsheet. TEXT keeps every digit of codes and phone numbers."""


def title_key(title: object) -> str:
    """What two spellings of one title have in common.

    NFKC, upper case, no spaces, line breaks, * or (必填); Ⅰ and I become alike.
    """
    return _REMARKS.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", str(title)))).upper()


class TitleParts(NamedTuple):
    """What a title says beside the name of its column. `unit`: of money, empty where none is said."""

    key: str
    year: int | None
    unit: str


@lru_cache(maxsize=2_000)
def parts_of(title: str) -> TitleParts:
    """“24年营业收入（元）” is 营业收入 of 2024, in 元. A title of two years has none."""
    key = _MARKS.sub("", unicodedata.normalize("NFKC", title)).upper()
    units = [match[1] for match in _MONEY_UNIT.finditer(key)]
    key = _REMARKS.sub("", _MONEY_UNIT.sub("", key))
    years = [int(match[1] or _CENTURY + int(match[2])) for match in _YEAR.finditer(key)]
    if len(years) == 1:
        key = _YEAR.sub("", key)
    for _ in range(2):
        # Emptied brackets first; then what parted them from the rest.
        key = _LEFT_OVER.sub("", key)
    return TitleParts(key, years[0] if len(years) == 1 else None, units[-1] if units else "")


def field_of_year(name: str, year: int | None) -> str:
    """The field of a figure of that year; without a year the figure's own."""
    return name if year is None else f"{name}{OF_YEAR}{year}"


def figure_and_year(name: str) -> tuple[str, int | None]:
    """The other way round: what of a field is the figure's own, and the year if it has one."""
    figure, _, year = name.partition(OF_YEAR)
    return figure, int(year) if year else None


class Fact(StrEnum):
    """Which fact of a firm a column tells about.

    FIRM and FIGURES are filled as a whole: the column's field is the name of the model's field.
    The acts for all others are put together by hand in `loading.planning`.
    """

    IDENTITY = "identity"
    FIRM = "firm"
    PLACE = "place"
    FIGURES = "figures"
    TECH_ENTRY = "tech_entry"
    CERTIFICATE = "certificate"
    OTHER_QUALIFICATIONS = "other_qualifications"
    POOL = "pool"
    APPLICATION = "application"
    CLOSURE = "closure"
    IP_ITEM = "ip_item"


class ChoiceSource(StrEnum):
    """Where the words of a dropdown come from; `reporting.prefilled` looks them up."""

    PARKS = "parks"
    TOWNS = "towns"
    TECH_FIELDS = "tech_fields"
    YES_NO = "yes_no"
    OTHER_KINDS = "other_kinds"
    POOL_STAGES = "pool_stages"
    APPLICATION_STAGES = "application_stages"
    COMING_YEARS = "coming_years"


@dataclass(frozen=True, slots=True)
class Dropdown:
    """The list that a cell of the template offers.

    `is_binding`: no other value is accepted by the spreadsheet program.
    `several`: a cell may name several. A real dropdown would forbid that, so its words stand in the
    help.
    """

    source: ChoiceSource
    is_binding: bool = True
    several: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How the template shows a column. `width`: characters. `wraps`: long text takes more lines."""

    width: float = 12
    number_format: str = TEXT
    centred: bool = False
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class FirmPageCell:
    """How the firm's page shows a yearly figure. `term`: code of the term that explains it."""

    heading: str
    unit: str = ""
    is_number: bool = True
    term: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    For the reader:
    `field`: its name in a row. `title` and `aliases`: how files call it. `parse`: from cell to
    value.
    `present`: the file must have the column. `filled`: every firm needs a value in it.
    `identifies`: its value says that the row is a firm. `blank`: what an empty cell means.
    `telling`: hardly any other column has such values, so they show what an unknown title means.
    `past`: its day has come already, and not before the firm was registered.

    For the template:
    `guidance`: what belongs into it. `example`: a value that `parse` takes. `look`, `dropdown`.

    For what follows: `fact`, None for a column that says nothing of a firm; `firm_page`, for yearly
    figures; `edition` of the columns (`stamps.EDITION`) since which it is there; `asked_years`, for
    how many whole years a roster may be asked for the figure; `year`, of a column that names one.
    """

    field: str
    title: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    present: bool = False
    filled: bool = False
    identifies: bool = False
    blank: object = None
    telling: bool = False
    past: bool = False
    guidance: str = ""
    example: str = ""
    look: Look = Look()
    dropdown: Dropdown | None = None
    fact: Fact | None = None
    firm_page: FirmPageCell | None = None
    edition: int = 1
    asked_years: int = 0
    year: int | None = None

    def of_year(self, year: int) -> Self:
        """The column of the same figure whose title names the year."""
        return replace(
            self,
            field=field_of_year(self.field, year),
            title=f"{year}年{self.title}",
            aliases=(),
            guidance=f"{year}年全年或年末的数，{self.guidance or '没有数据的留空'}",
            example="",
            year=year,
        )

    @property
    def figure(self) -> str:
        """The field of the figure, whatever its year."""
        return figure_and_year(self.field)[0]

    @property
    def all_titles(self) -> tuple[str, ...]:
        return (self.title, *self.aliases)

    @property
    def help(self) -> str:
        """The guidance with its example, for the person who fills the column in."""
        return f"{self.guidance}。例：{self.example}" if self.example else self.guidance
