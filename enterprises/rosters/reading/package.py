"""The parts of an .xlsx package: its sheets in their order, and where their XML lies."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.marks import OWN_SHEETS

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_RELATION_ID = "}id"
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: str
    visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Package:
    """`sheets`: worksheets only, in the order of their tabs."""

    sheets: tuple[SheetPart, ...]
    epoch: int

    def roster_sheet(self, filename: str) -> SheetPart:
        """The first visible sheet that is not the portal's own; raises FileRefused without one."""
        reason = "只有填表说明等，没有名册" if self.sheets else "文件中没有工作表"
        for sheet in self.sheets:
            if sheet.name in OWN_SHEETS:
                continue
            if sheet.visible:
                return sheet
            reason = "工作表全部处于隐藏状态"
        raise catalogue.NO_SHEET.refuse(filename, reason)


def package_of(archive: zipfile.ZipFile) -> Package:
    """Raises KeyError, ValueError or ParseError when something is missing that workbooks have."""
    # A sheet names its part by the identity of a relation; the relations give the path.
    relations = ElementTree.fromstring(archive.read(_RELATIONS))
    targets = {entry.get("Id", ""): entry for entry in relations}
    book = ElementTree.fromstring(archive.read(_BOOK))
    sheets = []
    for sheet in _elements_named(book, "sheet"):
        # The prefix of the attribute's name space differs between programs.
        identity = next(
            value for name, value in sheet.attrib.items() if name.endswith(_RELATION_ID)
        )
        entry, name = targets[identity], sheet.attrib["name"]
        # The name is part of the address of every cell.
        if len(name) > LONGEST_NAME:
            raise ValueError("name of a sheet too long")
        if entry.attrib["Type"].endswith("/worksheet"):
            part = posixpath.normpath(posixpath.join("/xl", entry.attrib["Target"])).lstrip("/")
            visible = sheet.get("state", "visible") == "visible"
            sheets.append(SheetPart(name, visible, part))
            # Raises KeyError for a sheet whose part is missing.
            archive.getinfo(part)
    properties = next(_elements_named(book, "workbookPr"), None)
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return Package(tuple(sheets), 1904 if since_1904 else 1900)


def _elements_named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """All elements of this name, whatever their name space."""
    for element in root.iter():
        if element.tag.rpartition("}")[2] == name:
            yield element
