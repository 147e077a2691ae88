"""The parts of an .xlsx package: its sheets in their order, and where their XML lies.

Programs differ in how they name and place the parts; the relations say where they are, and names
are compared without regard to case and kind of slash.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

_ROOT_RELATIONS = "_rels/.rels"
_USUAL_BOOK = "xl/workbook.xml"
_USUAL_PLACES = {"styles": "xl/styles.xml", "sharedStrings": "xl/sharedStrings.xml"}
"""Where other readers look for these parts, whatever the relations say."""
_STRICT = b"http://purl.oclc.org/ooxml/"
_HIDDEN = ("hidden", "veryHidden")
_RELATION_ID = "}id"
LONGEST_NAME = 255


def plain_name(name: str) -> str:
    """The name of a part as it is compared: "/" between folders, lower case."""
    return name.replace("\\", "/").lstrip("/").lower()


class Parts:
    """The parts of a zip package under their compared names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {plain_name(entry.filename): entry for entry in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return plain_name(name) in self._entries

    def entry(self, name: str) -> zipfile.ZipInfo:
        """Its `filename` is the name as written. Raises KeyError without such a part."""
        return self._entries[plain_name(name)]

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._entries[plain_name(name)])

    def read(self, name: str) -> bytes:
        return self._archive.read(self._entries[plain_name(name)])


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: str
    visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Package:
    """`sheets`: worksheets only, in the order of their tabs.

    `others`: kind of relation, such as "styles", → the part it leads to.
    `usual`: laid out as Excel lays it out, so that any reader finds its way.
    """

    sheets: tuple[SheetPart, ...]
    epoch: int
    book: str = _USUAL_BOOK
    others: Mapping[str, str] = field(default_factory=dict)
    usual: bool = True


def package_of(parts: Parts) -> Package:
    """Raises KeyError, ValueError or ParseError when something is missing that workbooks have."""
    book_part = _book_part(parts)
    # A sheet names its part by the identity of a relation; the relations give the path.
    folder, name = posixpath.split(book_part)
    relations = ElementTree.fromstring(parts.read(f"{folder}/_rels/{name}.rels"))
    targets = {entry.get("Id", ""): entry for entry in relations}
    data = parts.read(book_part)
    book = ElementTree.fromstring(data)
    sheets = []
    for sheet in _elements_named(book, "sheet"):
        # The prefix of the attribute's name space differs between programs.
        identity = next(
            (value for name, value in sheet.attrib.items() if name.endswith(_RELATION_ID)), ""
        )
        # A tab without a part has nothing on it.
        if not identity:
            continue
        entry, name = targets[identity], sheet.attrib["name"]
        # The name is part of the address of every cell.
        if len(name) > LONGEST_NAME:
            raise ValueError("name of a sheet too long")
        if entry.attrib["Type"].endswith("/worksheet"):
            visible = sheet.get("state") not in _HIDDEN
            part = _target(folder, entry.attrib["Target"])
            # Raises KeyError for a sheet whose part is missing.
            parts.entry(part)
            sheets.append(SheetPart(name, visible, part))
    others = {}
    for entry in relations:
        kind = entry.get("Type", "").rpartition("/")[2]
        part = _target(folder, entry.get("Target", ""))
        if kind in _USUAL_PLACES and part in parts:
            others[kind] = part
    # Some programs forget the relation; readers find the part all the same.
    for kind, place in _USUAL_PLACES.items():
        if kind not in others and (part := f"{folder}/{posixpath.basename(place)}") in parts:
            others[kind] = part
    properties = next(_elements_named(book, "workbookPr"), None)
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    usual = _STRICT not in data and _is_usual(parts, book_part, sheets, others)
    return Package(tuple(sheets), 1904 if since_1904 else 1900, book_part, others, usual)


def _book_part(parts: Parts) -> str:
    """The part that the package's own relations call its document."""
    if _ROOT_RELATIONS in parts:
        for entry in ElementTree.fromstring(parts.read(_ROOT_RELATIONS)):
            if entry.get("Type", "").endswith("/officeDocument"):
                part = _target("", entry.get("Target", ""))
                if part in parts:
                    return part
    return _USUAL_BOOK


def _target(folder: str, target: str) -> str:
    """The path of a relation's target, which counts from the folder or from the root."""
    path = posixpath.join(f"/{folder}", target.replace("\\", "/"))
    return posixpath.normpath(path).lstrip("/")


def _is_usual(
    parts: Parts, book_part: str, sheets: list[SheetPart], others: Mapping[str, str]
) -> bool:
    if book_part != _USUAL_BOOK:
        return False
    if any(others.get(kind, place) != place for kind, place in _USUAL_PLACES.items()):
        return False
    used = [book_part, *(sheet.part for sheet in sheets), *others.values()]
    return all(parts.entry(part).filename == part for part in used)


def _elements_named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """All elements of this name, whatever their name space."""
    for element in root.iter():
        if element.tag.rpartition("}")[2] == name:
            yield element
