"""What a clerk sees otherwise than it is stored: merged cells, hidden rows and columns, filters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from enterprises.rosters.definition.letters import letter_of, ranges
from enterprises.rosters.definition.table import Area, RawTable, is_blank
from enterprises.rosters.reading.header import Header

SHOWN_RANGES = 12


def structure_notes(table: RawTable, header: Header) -> Iterator[str]:
    """A sentence for each kind of oddity in the rows and columns read, with its places."""
    last_column = max((len(values) for _, values in table.rows), default=0)
    read_rows = {number for number, _ in table.rows}
    if hidden := [number for number in table.hidden_rows if number in read_rows]:
        yield f"含隐藏行{len(hidden)}行（第{_ranges(hidden, str)}行），已一并读取"
    elif 0 in table.hidden_rows:
        # A hidden row without a number of its own: there are some, but nobody knows which.
        yield "含隐藏行，已一并读取"
    if columns := [at for at in table.hidden_columns if at < last_column]:
        letters = _ranges(columns, lambda at: letter_of(at + 1))
        yield f"含隐藏列{len(columns)}列（{letters}列），已一并读取"
    if table.filtered:
        area = f"（{table.filter_area}）" if table.filter_area else ""
        yield f"设有筛选{area}，筛掉的行已一并读取"
    if merged := _merged_in_data(table, header):
        areas = _first_dozen([str(area) for area in merged])
        yield f"数据区有合并单元格{len(merged)}处（{areas}），值只算在左上角一格"


class Merges:
    """Finds the merged area whose first cell holds the value that another cell seems to show."""

    def __init__(self, table: RawTable, header: Header) -> None:
        areas = _merged_in_data(table, header)
        tops = {area.top for area in areas}
        rows = {number: values for number, values in table.rows if number in tops}
        self._by_column: dict[int, list[Area]] = {}
        for area in areas:
            first_row = rows.get(area.top, ())
            # An area without a value shows nothing, so it misleads nobody.
            if area.left >= len(first_row) or is_blank(first_row[area.left]):
                continue
            for column in range(area.left, min(area.right + 1, header.width)):
                self._by_column.setdefault(column, []).append(area)

    def covering(self, row: int, column: int) -> Area | None:
        """The area that covers the cell; None for no area, and for the area's own first cell."""
        areas = self._by_column.get(column)
        if not areas:
            return None
        # Areas do not overlap, so only the last one that begins at or above the row can cover it.
        at = bisect_right(areas, row, key=lambda area: area.top) - 1
        if at < 0:
            return None
        area = areas[at]
        if row > area.bottom or (row, column) == (area.top, area.left):
            return None
        return area


def _merged_in_data(table: RawTable, header: Header) -> list[Area]:
    """Merged areas that begin below the header, on a row and in a column that were read."""
    last_row = table.rows[-1][0] if table.rows else 0
    areas = []
    for area in table.merged:
        if header.last_row < area.top <= last_row and area.left < header.width:
            areas.append(area)
    return sorted(areas)


def _ranges(numbers: Iterable[int], name_of: Callable[[int], str]) -> str:
    """3, 4, 5, 9 → "3–5、9", the first dozen of them."""
    return _first_dozen(ranges(numbers, name_of))


def _first_dozen(names: list[str]) -> str:
    joined = "、".join(names[:SHOWN_RANGES])
    return f"{joined}等" if len(names) > SHOWN_RANGES else joined
