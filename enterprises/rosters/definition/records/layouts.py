"""The columns of a register whose kind is data: made from what the administrators entered."""

from __future__ import annotations

from collections.abc import Sequence

from enterprises import uscc
from enterprises.rosters.definition import cells
from enterprises.rosters.definition.catalogue import UNKNOWN_VALUE, Unreadable
from enterprises.rosters.definition.cell_source import CellSource, Parsed, Parser, as_text
from enterprises.rosters.definition.column import DAY, MONEY, TEXT, WHOLE, Column, Look
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.records.spec import FieldSpec, KindSpec
from enterprises.rosters.definition.records.told import Told
from enterprises.rosters.definition.registers import LAYOUTS

LONGEST_TEXT = 200
NUMBER_FIELD = "row_number"
WIDTHS = {"text": 24, "choice": 12, "day": 12, "money": 14, "whole": 10, "yes_no": 8, "code": 22}
FORMATS = {"day": DAY, "money": MONEY, "whole": WHOLE}


def layouts_for(told: Told) -> Sequence[Layout]:
    """The kinds of list that a file may be: a register of one kind, else a roster or a usual list."""
    if told.register is not None:
        return (layout_of(told.register),)
    return [layout for layout in LAYOUTS if told.kind in ("", layout.name)]


def layout_of(spec: KindSpec) -> Layout:
    number = Column(NUMBER_FIELD, "序号", cells.text(20), ("编号（序号）", "行号"), look=Look(6))
    columns = (number, *(_column(field) for field in spec.fields))
    key = next(field.code for field in spec.fields if field.identifies)
    return Layout(
        f"record:{spec.code}", spec.name, columns, key=key, identifying=key, of_records=True
    )


def _column(field: FieldSpec) -> Column:
    is_text = field.type == "text"
    return Column(
        field.code,
        field.title,
        _parser(field),
        field.aliases,
        present=field.is_required,
        filled=field.is_required,
        identifies=field.identifies,
        blank="" if is_text else None,
        look=Look(WIDTHS.get(field.type, 16), FORMATS.get(field.type, TEXT), wraps=is_text),
    )


def _parser(field: FieldSpec) -> Parser:
    if field.type == "day":
        return cells.date
    if field.type == "money":
        return cells.amount(field.unit or "万元")
    if field.type == "whole":
        return cells.whole(field.unit)
    if field.type == "yes_no":
        return cells.yes_no
    if field.type == "code":
        return cells.code
    if field.type == "place":
        return place
    if field.type == "choice":
        return _choice(field)
    return cells.text(LONGEST_TEXT)


def _choice(field: FieldSpec) -> Parser:
    """The code of one of the kind's own words."""
    codes = {uscc.normalise(word): code for word, code in field.words}

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = as_text(raw)
        code = codes.get(uscc.normalise(seen))
        if code is None:
            named = "、".join(field.names)
            reason = f"“{seen.strip()[:30]}”不是“{field.title}”的选项，应填{named}之一"
            raise Unreadable(UNKNOWN_VALUE, reason)
        return code, seen not in field.names

    return parse


def place(raw: object, source: CellSource) -> Parsed:
    """The code of a park or a town."""
    seen = as_text(raw)
    for kind in ("parks", "towns"):
        term = source.vocabulary.find(kind, seen)
        if term is not None:
            return term.code, seen != term.name
    near = [*source.vocabulary.nearest("parks", seen), *source.vocabulary.nearest("towns", seen)]
    hint = f"，相近的有{'、'.join(f'“{name}”' for name in near[:3])}" if near else ""
    raise Unreadable(UNKNOWN_VALUE, f"“{seen.strip()[:30]}”不是本区登记的园区平台或镇街{hint}")
