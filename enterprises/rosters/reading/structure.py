"""What a clerk cannot see, or sees otherwise than it is stored: merged cells, hidden rows and columns, filters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from enterprises.rosters.definition.table import Area, RawTable, is_blank, letter_of, ranges
from enterprises.rosters.reading.header import Header

SHOWN_RANGES = 12


def notes(table: RawTable, header: Header) -> Iterator[str]:
    """One sentence for each kind of oddity among the rows and columns that were read, with the places."""
    last_column = max((len(values) for _, values in table.rows), default=0)
    read_rows = {number for number, _ in table.rows}
    if hidden := [number for number in table.hidden_rows if number in read_rows]:
        yield f"含隐藏行{len(hidden)}行（第{_ranges(hidden, str)}行），已一并读取"
    elif table.hidden_rows and 0 in table.hidden_rows:
        yield "含隐藏行，已一并读取"
    if columns := [at for at in table.hidden_columns if at < last_column]:
        yield f"含隐藏列{len(columns)}列（{_ranges(columns, lambda at: letter_of(at + 1))}列），已一并读取"
    if table.filtered:
        area = f"（{table.filter_area}）" if table.filter_area else ""
        yield f"设有筛选{area}，筛掉的行已一并读取"
    if merged := _in_data(table, header):
        named = "、".join(map(str, merged[:SHOWN_RANGES])) + (
            "等" if len(merged) > SHOWN_RANGES else ""
        )
        yield f"数据区有合并单元格{len(merged)}处（{named}），值只算在左上角一格"


class Merges:
    """Finds the merged area whose first cell holds the value that another cell seems to show."""

    def __init__(self, table: RawTable, header: Header) -> None:
        areas = _in_data(table, header)
        tops = {area.top for area in areas}
        rows = {number: values for number, values in table.rows if number in tops}
        filled = [area for area in areas if _holds_value(rows.get(area.top, ()), area.left)]
        self._by_column: dict[int, list[Area]] = {}
        for area in filled:
            for column in range(area.left, min(area.right + 1, header.width)):
                self._by_column.setdefault(column, []).append(area)

    def covering(self, row: int, column: int) -> Area | None:
        """The area, unless the cell is itself its first one."""
        areas = self._by_column.get(column)
        if not areas:
            return None
        at = bisect_right(areas, row, key=lambda area: area.top) - 1
        area = areas[at] if at >= 0 else None
        return (
            area if area and row <= area.bottom and (row, column) != (area.top, area.left) else None
        )


def _holds_value(values: Sequence[object], at: int) -> bool:
    return at < len(values) and not is_blank(values[at])


def _in_data(table: RawTable, header: Header) -> list[Area]:
    """Merged areas that begin below the header, on a row and in a column that were read."""
    last_row = table.rows[-1][0] if table.rows else 0
    areas = (
        area
        for area in table.merged
        if header.last_row < area.top <= last_row and area.left < header.width
    )
    return sorted(areas)


def _ranges(numbers: Iterable[int], said: Callable[[int], str]) -> str:
    """3, 4, 5, 9 → "3–5、9", the first dozen of them."""
    named = ranges(numbers, said)
    return "、".join(named[:SHOWN_RANGES]) + ("等" if len(named) > SHOWN_RANGES else "")
