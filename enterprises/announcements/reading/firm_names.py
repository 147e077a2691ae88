"""Names of firms by their form, and those that stand in running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from enterprises.announcements.reading.document import Paragraph, without_spaces
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.titles import Field, plain

_ENDS = (
    r"(?:公司|集团|厂|合作社|联合社|研究院|研究所|设计院|中心|事务所|合伙[)）]|医院|学院|有限合伙)"
)
_WHOLE_NAME = re.compile(rf"{_ENDS}(?:[（(][^（）()]*[)）])?$")
# No longer than a name, or a page of text would be tried from each of its signs to its end.
_SIGNS = r"[一-鿿A-Za-z0-9·]"
_NAME = rf"{_SIGNS}{{1,60}}(?:[（(][一-鿿A-Za-z]{{2,10}}[)）]{_SIGNS}{{0,60}}){{0,3}}?{_ENDS}"
_NUMBERED = re.compile(rf"^[（(]?(\d{{1,4}})[）)．.、]?\s*({_NAME})(.*)$")
_WITH_NUMBER = re.compile(
    rf"({_NAME})\s*[（(](?:证书|入库登记|登记)?编号[:：]?\s*([A-Za-z0-9]{{8,24}})[)）]"
)


def is_whole_name(text: str) -> bool:
    return bool(_WHOLE_NAME.search(plain(text)))


def names_in(paragraphs: Iterable[Paragraph]) -> Iterator[Line]:
    """Numbered paragraphs that are names; names with their numbers in a sentence; names alone."""
    for paragraph in paragraphs:
        for values in _names_of(paragraph.text.strip()):
            yield Line(0, 1, paragraph.place, values)


def _names_of(text: str) -> Iterator[dict[Field, str]]:
    squeezed = without_spaces(text)
    if numbered := _NUMBERED.match(text):
        values = {Field.NUMBER_IN_LIST: numbered[1], Field.NAME: numbered[2]}
        if with_number := _WITH_NUMBER.search(squeezed):
            values[Field.NUMBER] = with_number[2]
        yield values
        return
    found = False
    for each in _WITH_NUMBER.finditer(squeezed):
        found = True
        yield {Field.NAME: each[1], Field.NUMBER: each[2]}
    if not found and re.fullmatch(_NAME, squeezed):
        yield {Field.NAME: text}
