"""Lists as plain text: pasted from a chat or a page, or saved as .txt."""

from __future__ import annotations

from pathlib import Path

from enterprises.announcements.reading.document import Block, Paragraph, PrintedTable, Row
from enterprises.rosters.reading.csv_file import decoded_text


def is_table(text: str) -> bool:
    """Its columns are parted by commas; a comma in a sentence parts none."""
    lines = [line for line in text.splitlines() if line.strip()]
    return 2 * sum("," in line for line in lines) > len(lines)


def text_of(path: Path, filename: str) -> str:
    """Raises FileRefused for an encoding nobody knows."""
    return decoded_text(path.read_bytes(), filename).removeprefix("\ufeff")


def blocks_of_text(text: str) -> list[Block]:
    lines = [line for line in text.splitlines() if line.strip()]
    if any("\t" in line.strip() for line in lines):
        rows = (Row(f"第{at}行", tuple(line.split("\t"))) for at, line in enumerate(lines, 1))
        return [PrintedTable(tuple(rows))]
    return [Paragraph(f"第{at}行", line) for at, line in enumerate(lines, 1)]
