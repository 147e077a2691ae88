"""The lists of a document: which rows are firms, and what the columns say of them.

Lists of one, two or three firms side by side, headers of one or two rows that come again on each
page, rows that go on in the next one, names in running text: offices differ in all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from enterprises.announcements.reading.columns import (
    Groups,
    groups_by_values,
    header_of,
)
from enterprises.announcements.reading.document import (
    MOST_LINES,
    Block,
    Paragraph,
    PrintedTable,
    Row,
    TooMuch,
    Unread,
    printed,
)
from enterprises.announcements.reading.firm_names import bare, is_whole_name, names_in
from enterprises.announcements.reading.lists import DocumentLists, FirmList, Ignored, Line
from enterprises.announcements.reading.titles import (
    DEEPEST_HEADER,
    SIGNATURE,
    Field,
    is_header,
    is_no_firm,
    is_page_number,
)

MOST_TEXT = 2_000_000
"""Signs outside of lists."""
REPEATED = "重复表头"


def contents_of(blocks: Iterable[Block]) -> DocumentLists:
    """The lists of the document; without any table, the names in its text."""
    reader = _Reader()
    for block in blocks:
        if isinstance(block, Paragraph):
            reader.read_text(block)
        elif isinstance(block, Unread):
            reader.contents.ignored.append(Ignored(block.place, block.what))
        else:
            reader.read_table(block)
    if not reader.contents.lines:
        reader.read_names()
    _count(reader.contents)
    return reader.contents


class _Reader:
    def __init__(self) -> None:
        self.contents = DocumentLists()
        self._paragraphs: list[Paragraph] = []
        self._heading: list[str] = []
        self._groups: Groups = ()
        self._district = ""
        self._signs = self._read = 0
        self._last: dict[int, Line] = {}
        """Of firms side by side, the last line of each place."""

    def read_text(self, paragraph: Paragraph) -> None:
        paragraph = Paragraph(paragraph.place, printed(paragraph.text))
        if is_page_number(paragraph.text):
            return
        self._signs += len(paragraph.text)
        if self._signs > MOST_TEXT:
            raise TooMuch("名单以外的文字过多")
        self.contents.texts.append(paragraph.text)
        self._heading.append(paragraph.text)
        self._paragraphs.append(paragraph)

    def read_table(self, table: PrintedTable) -> None:
        rows = [Row(row.place, tuple(map(printed, row.cells))) for row in table.rows]
        table = PrintedTable(tuple(rows), printed(table.title))
        start = next(
            (at for at, row in enumerate(rows[:DEEPEST_HEADER]) if is_header(row.cells)), None
        )
        if start is None:
            self._read_without_header(table)
            return
        self._read_as_text(rows[:start])
        groups, depth = header_of(rows, start)
        if not self._goes_on(table, groups):
            self._begin(table.title, groups)
        at = start + depth
        while at < len(rows):
            at += self._read_header(table, rows, at) or self._read_row(rows[at])

    def _read_header(self, table: PrintedTable, rows: Sequence[Row], at: int) -> int:
        """How many rows the header takes that stands here; another header begins another list."""
        if not is_header(rows[at].cells):
            return 0
        groups, depth = header_of(rows, at)
        if list(groups) == list(self._groups):
            self.contents.ignored.append(Ignored(rows[at].place, REPEATED))
        else:
            self._begin(table.title, groups)
        return depth

    def read_names(self) -> None:
        """The names in the text, where no table names a firm."""
        self._begin("", ())
        for line in names_in(self._paragraphs, self.contents.ignored):
            self.contents.listings[-1].lines.append(line)
            self._count_line()

    def _count_line(self) -> None:
        self._read += 1
        if self._read > MOST_LINES:
            raise TooMuch(f"名单超过{MOST_LINES}行")

    # --- tables ---
    def _begin(self, title: str, groups: Groups) -> None:
        number = len(self.contents.listings) + 1
        self.contents.listings.append(FirmList(number, self._heading, title))
        self._heading, self._groups, self._district, self._last = [], groups, "", {}

    def _goes_on(self, table: PrintedTable, groups: Groups) -> bool:
        """The table continues the list before it: on the next page, with nothing but its number between."""
        if not self.contents.listings or self._heading:
            return False
        before = self.contents.listings[-1]
        return before.title == table.title and list(self._groups) == list(groups)

    def _read_without_header(self, table: PrintedTable) -> None:
        """The rest of a list whose header stands on the page before; else columns told by their values."""
        widths = {len(row.cells) for row in table.rows}
        known = max((max(group) for group in self._groups if group), default=-1)
        goes_on = self._groups and not self._heading and max(widths, default=0) > known
        if not goes_on:
            groups = groups_by_values(table.rows)
            if not groups:
                self._read_as_text(table.rows)
                return
            self._begin(table.title, groups)
        at = 0
        while at < len(table.rows):
            at += self._read_header(table, table.rows, at) or self._read_row(table.rows[at])

    def _read_as_text(self, rows: Iterable[Row]) -> None:
        """Rows that are no list: what stands above its header, or in a table of other things."""
        for row in rows:
            if told := " ".join(filter(None, (cell.strip() for cell in row.cells))):
                self.read_text(Paragraph(row.place, told))

    def _read_row(self, row: Row) -> int:
        """One row is read."""
        self._count_line()
        if not self._names_a_firm(row) and (what := is_no_firm(row.cells)):
            self.contents.ignored.append(Ignored(row.place, what))
            if what == SIGNATURE:
                self.contents.texts.append("".join(row.cells).strip())
            return 1
        shared = ""
        for at_row, group in enumerate(self._groups):
            values = {
                name: row.cells[at].strip()
                for at, name in group.items()
                if at < len(row.cells) and row.cells[at].strip()
            }
            shared = values.get(Field.DISTRICT, shared)
            self._district = shared or self._district
            self._read_firm(row.place, at_row, values)
        return 1

    def _names_a_firm(self, row: Row) -> bool:
        """What stands in the column of names ends as names of firms do."""
        columns = (at for group in self._groups for at, name in group.items() if name == Field.NAME)
        return any(is_whole_name(row.cells[at]) for at in columns if at < len(row.cells))

    def _read_firm(self, place: str, at_row: int, values: dict[Field, str]) -> None:
        """`at_row`: which of the firms side by side."""
        group, above = self._groups[at_row], self._last.get(at_row)
        if not values.keys() - {Field.DISTRICT}:
            return
        if above and _goes_on_with(above, values, group):
            for name, text in values.items():
                above.values[name] = above.text(name) + text
            return
        if Field.NAME not in values:
            if values.keys() - {Field.NUMBER_IN_LIST}:
                self.contents.ignored.append(Ignored(place, "没有企业名称"))
            return
        # In a list that numbers its firms, a text without number that is no name: who signed, and when.
        if _lacks_number(values, group) and not is_whole_name(values[Field.NAME]):
            self.contents.ignored.append(Ignored(place, "不是企业"))
            self.contents.texts.append(values[Field.NAME])
            return
        # A district that stands once for several firms was merged over their rows.
        if self._district:
            values.setdefault(Field.DISTRICT, self._district)
        line = Line(0, self.contents.listings[-1].number, place, values)
        self.contents.listings[-1].lines.append(line)
        self._last[at_row] = line


def _goes_on_with(line: Line, values: Mapping[Field, str], group: Mapping[int, Field]) -> bool:
    """The row is the rest of the one above: it has no number of its own, and the name above is broken off."""
    if not _lacks_number(values, group):
        return False
    return Field.NAME not in values or not is_whole_name(line.text(Field.NAME))


def _lacks_number(values: Mapping[Field, str], group: Mapping[int, Field]) -> bool:
    return Field.NUMBER_IN_LIST in group.values() and Field.NUMBER_IN_LIST not in values


def _count(contents: DocumentLists) -> None:
    """Firms side by side are counted in the order of their numbers, not in that of the rows."""
    contents.listings = [listing for listing in contents.listings if listing.lines]
    for number, listing in enumerate(contents.listings, 1):
        listing.number = number
        numbers = [line.no for line in listing.lines]
        if None not in numbers and len(set(numbers)) == len(numbers):
            listing.lines.sort(key=lambda line: line.no or 0)
    for n, line in enumerate(_lines(contents), 1):
        line.n, line.values = n, bare(line.values)


def _lines(contents: DocumentLists) -> Iterator[Line]:
    for listing in contents.listings:
        for line in listing.lines:
            line.table = listing.number
            yield line
