"""Names of firms by their form, in cells, in lists of lines as people paste them, and in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import normalize

from enterprises.announcements.reading.document import Paragraph, without_spaces
from enterprises.announcements.reading.lists import Ignored, Line
from enterprises.announcements.reading.titles import Field, plain

UNRECOGNISED = "没有认出企业名称"
MOST_WORDS, MOST_WORDS_OF_NUMBERED = 6, 16
"""Chinese signs behind a name in a list of lines: who reported it, what the number is. More is a sentence."""
Values = dict[Field, str]

_ENDS = (
    r"(?:公司|集团|厂|合作社|联合社|研究院|研究所|设计院|中心|事务所|合伙[)）]|医院|学院|有限合伙)"
)
_WHOLE_NAME = re.compile(rf"{_ENDS}(?:[（(][^（）()]*[)）])?$")
_SIGN = r"[一-鿿\U00020000-\U0003ffff\ufffdA-Za-z0-9·&]"
_BRACKETS = r"[（(][一-鿿A-Za-z]{2,10}[)）]"
# The end of a name, but not that of the first of its words that might be one: 集团有限公司.
_END = (
    rf"(?:公司(?!{_SIGN}{{0,12}}分公司)|合伙[)）]|(?:集团|厂|合作社|联合社|研究院|研究所|设计院|中心|"
    rf"事务所|医院|学院|有限合伙)(?!{_SIGN}{{0,20}}公司))"
)
_PARTNERSHIP = r"[（(](?:普通|有限|特殊普通)合伙[)）]"
# No longer than a name, or a page of text would be tried from each of its signs to its end.
_NAME = (
    rf"(?:{_SIGN}{{2,60}}?{_PARTNERSHIP}"
    rf"|{_SIGN}{{1,60}}?(?:{_BRACKETS}{_SIGN}{{0,60}}?){{0,3}}?{_END}(?:{_PARTNERSHIP})?)"
)
_NAMES, _ANY_END = re.compile(_NAME), re.compile(_ENDS)
_MARKS = re.compile(r"^(?:@\S{1,20}\s+)?[^\w（(【\[@]*")
_NUMBER = re.compile(
    r"^(?:No\.?)?[（(【\[]?(\d{1,4})(?:[\ufe0f\u20e3]+|[）)】\]]?[．.、:：,，\-]*)(?=[^\d])", re.I
)
_WITH_NUMBER = re.compile(
    rf"({_NAME})\s*[（(](?:证书|入库登记|登记)?编号[:：]?\s*([A-Za-z0-9]{{8,24}})[)）]"
)
_RENAMED = re.compile(
    rf"^({_NAME})(?:现)?(?:(?:名称)?(?:更名|变更|改名)(?:为|成|至)?[:：]?|[→⇒➜]|[-—=]+[>＞])({_NAME})"
)
_BETWEEN = re.compile(r"^[、，,;；/|和及与以]*$")
_JOINED = re.compile(r"^(?:以及|和|及|与)")
_INTRODUCED = re.compile(r"^.*(?:取消|撤销|关于|核查|审核|研究|决定|同意|其中|现将|公示)(?=.{4})")
_TITLE = re.compile(r"(?:公告|公示|通知|决定|名单|通告|函)(?:[（(][^（）()]*[)）])?$")
_OTHERS = re.compile(r"^(?:等\d*[家户]?|[:：]$)")
"""What follows a name in a sentence, and in the first line of a letter to a firm."""
_WORDS = re.compile(r"[一-鿿]")
_TOLD_COUNT = re.compile(r"(\d{1,4})[家户]")
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_CERTIFICATE = re.compile(r"(?<![0-9A-Z])G[RF]\d{9,13}(?!\d)")
_FIRM_IN_SENTENCE = re.compile(r"有限(?:责任)?公司|股份公司|合伙企业")
# What people put around a name in its cell.
_AROUND = "“”\"'《》*＊★☆√✓✔☑✅；;，,。、"
_FORMER = re.compile(
    r"[（(【\[](?:曾用名|原名称?|原|更名|已更名|现更名|现名|名称变更|变更)[^（）()【】\[\]]*[)）】\]]$"
)
_PLACED = re.compile(r"(?<=公司)[（(]([一-鿿]{2,8}(?:区|县|镇|街道))[)）]$")


def is_whole_name(text: str) -> bool:
    return bool(_WHOLE_NAME.search(plain(text)))


def bare(values: Values) -> Values:
    """Without what people write around a name: a tick, a former name, the district."""
    told = values.get(Field.NAME, "")
    name = _FORMER.sub("", told.strip().strip(_AROUND).strip()).strip(_AROUND)
    if placed := _PLACED.search(name):
        values.setdefault(Field.DISTRICT, placed[1])
        name = name[: placed.start()]
    # Nothing is taken off a text that is no name without it.
    return values | {Field.NAME: name} if name != told and is_whole_name(name) else values


def names_in(paragraphs: Sequence[Paragraph], ignored: list[Ignored]) -> Iterator[Line]:
    """Of a list of lines its names, however they are numbered, ticked and remarked upon.

    Where no line begins with a name, those of sentences that count them. A line with a firm of which no name was
    read goes to `ignored`.
    """
    # Looking for names takes time; most texts have no word with which one ends.
    texts = [each.text if _ANY_END.search(without_spaces(each.text)) else "" for each in paragraphs]
    found = [_lines_of(text) for text in texts]
    if not any(found):
        found = [_of_sentence(text) for text in texts]
    for paragraph, lines in zip(paragraphs, found, strict=True):
        for values in lines:
            yield Line(0, 1, paragraph.place, values)
        if not lines and _FIRM_IN_SENTENCE.search(paragraph.text) and not _is_title(paragraph.text):
            ignored.append(Ignored(paragraph.place, UNRECOGNISED))


def _lines_of(text: str) -> list[Values]:
    """The firms of a line that begins with one, or that bear their numbers."""
    # Circled numbers become digits; brackets and the signs of names stay as they are printed.
    signs = (normalize("NFKC", s) if "①" <= s <= "⒛" or "㉑" <= s <= "㊿" else s for s in text)
    line = "".join(signs).strip()
    marks = _MARKS.match(line)
    told = without_spaces(line[marks.end() :] if marks else line)
    numbered = _NUMBER.match(told)
    rest = told[numbered.end() :] if numbered else told
    own: Values = {Field.NUMBER_IN_LIST: numbered[1]} if numbered else {}
    if renamed := _RENAMED.match(rest):
        return [own | {Field.NAME: renamed[1], Field.NEW_NAME: renamed[2]}]
    is_marked = told != without_spaces(line) or numbered
    names = _names_from_start(rest, MOST_WORDS_OF_NUMBERED if is_marked else MOST_WORDS)
    if not names:
        return [
            {Field.NAME: _last_of(each[1]), Field.NUMBER: each[2]}
            for each in _WITH_NUMBER.finditer(told)
        ]
    if len(names) > 1:
        return [{Field.NAME: name} for name in names]
    return [own | {Field.NAME: names[0]} | _numbers_in(text)]


def _names_from_start(text: str, most_words: int) -> list[str]:
    """Names with nothing but a separator between them; none where a sentence follows."""
    names: list[str] = []
    at = 0
    for found in _NAMES.finditer(text):
        if not _BETWEEN.match(text[at : found.start()]):
            return []
        names.append(_JOINED.sub("", found[0]) if names else found[0])
        at = found.end()
    behind = text[at:]
    is_sentence = (
        len(_WORDS.findall(behind)) > most_words or _OTHERS.match(behind) or _TITLE.search(text)
    )
    return [] if is_sentence or (names and _INTRODUCED.match(names[0])) else names


def _of_sentence(text: str) -> list[Values]:
    """The firms of a sentence that counts them; one that is mentioned by the way is on no list."""
    told = without_spaces(text)
    count = _TOLD_COUNT.search(told)
    found = [_JOINED.sub("", _last_of(each[0])) for each in _NAMES.finditer(told)]
    names = [name for name in found if _FIRM_IN_SENTENCE.search(name)]
    if _is_title(text) or count is None or int(count[1]) != len(names):
        return []
    return [{Field.NAME: name} for name in names]


def _last_of(name: str) -> str:
    """Without the words that lead to a name: 决定取消重庆甲有限公司."""
    return _INTRODUCED.sub("", name)


def _is_title(text: str) -> bool:
    return bool(_TITLE.search(without_spaces(text)))


def _numbers_in(text: str) -> Values:
    told: Iterable[tuple[Field, re.Match[str] | None]] = (
        (Field.CODE, _CODE.search(text)),
        (Field.NUMBER, _CERTIFICATE.search(text)),
    )
    values = {name: found[0] for name, found in told if found}
    if with_number := re.search(r"编号[:：]?([A-Za-z0-9]{8,24})", text):
        values.setdefault(Field.NUMBER, with_number[1])
    return values
