"""What a column of a list is: all that the reader, the template, the plan and the pages need of it.

A column is described in one place, its `Column` object (see `columns`). Everything else asks that
object.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from enterprises.rosters.definition.cells import Parser

# Marks and remarks that units add to the titles of their own files.
_MARKS = re.compile(r"[\s*★#:]")
_REMARKS = re.compile(r"[(\[【](?:必填|选填|必填项|可选|文本格式|18位|单位[^)]*)[)\]】]")

TEXT, DAY, MONEY, WHOLE, PLAIN_WHOLE = "@", "yyyy-mm-dd", "#,##0.00", "#,##0", "0"
"""Number formats of a spreadsheet. TEXT keeps every digit of codes and phone numbers."""


def title_key(title: object) -> str:
    """What two spellings of one title have in common.

    NFKC, upper case, no spaces, line breaks, * or (必填); Ⅰ and I become alike.
    """
    return _REMARKS.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", str(title)))).upper()


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
    figures; `edition` of the columns (`stamps.EDITION`) since which it is there.
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

    @property
    def all_titles(self) -> tuple[str, ...]:
        return (self.title, *self.aliases)

    @property
    def help(self) -> str:
        """The guidance with its example, for the person who fills the column in."""
        return f"{self.guidance}。例：{self.example}" if self.example else self.guidance
