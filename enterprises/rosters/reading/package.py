"""The parts of an .xlsx package: which sheets there are, in which order, and where their XML lies."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from enterprises.rosters.definition import catalogue as c
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

    def roster(self, filename: str) -> SheetPart:
        """The first visible sheet that is not one of the portal's own; raises Refused without one."""
        foreign = [sheet for sheet in self.sheets if sheet.name not in OWN_SHEETS]
        visible = [sheet for sheet in foreign if sheet.visible]
        if not visible:
            only_ours = "只有填表说明等，没有名册" if self.sheets else "文件中没有工作表"
            raise c.NO_SHEET.refuse(filename, "工作表全部处于隐藏状态" if foreign else only_ours)
        return visible[0]


def package_of(archive: zipfile.ZipFile) -> Package:
    """Raises KeyError or ParseError for a package that has not what every workbook has."""
    relations = ElementTree.fromstring(archive.read(_RELATIONS))
    targets = {entry.get("Id", ""): entry for entry in relations}
    book = ElementTree.fromstring(archive.read(_BOOK))
    found = []
    for sheet in _all(book, "sheet"):
        identity = next(
            value for name, value in sheet.attrib.items() if name.endswith(_RELATION_ID)
        )
        entry = targets[identity]
        if len(sheet.attrib["name"]) > LONGEST_NAME:  # it would stand in every address
            raise ValueError("name of a sheet too long")
        if entry.attrib["Type"].endswith("/worksheet"):
            part = posixpath.normpath(posixpath.join("/xl", entry.attrib["Target"])).lstrip("/")
            found.append(
                SheetPart(sheet.attrib["name"], sheet.get("state", "visible") == "visible", part)
            )
            archive.getinfo(part)
    properties = next(_all(book, "workbookPr"), None)
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return Package(tuple(found), 1904 if since_1904 else 1900)


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)
