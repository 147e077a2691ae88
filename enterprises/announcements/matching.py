"""Which registered firm a line of a list is about: by code, by number, by present or former name.

Nothing is guessed. A code that is right and unknown ends the search. Whatever speaks for two firms,
or for one firm and against it, is a person's choice, with what speaks for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from enterprises.announcements.meaning import OWN, Meaning
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.titles import Field
from enterprises.loading.namesakes import bearers, former_bearers
from enterprises.models import Enterprise, Qualification
from enterprises.models.chunks import chunks
from enterprises.uscc import normalise, problem
from parks.district import DISTRICT


class Pile(StrEnum):
    MATCHED = "matched"
    CHOOSE = "choose"
    UNKNOWN = "unknown"


class By(StrEnum):
    CODE = "code"
    NUMBER = "number"
    NAME = "name"
    FORMER_NAME = "former_name"
    PERSON = "person"
    REMEMBERED = "remembered"


@dataclass(slots=True)
class Match:
    """`firm` where it is matched; `candidates` where a person chooses, with the reason in Chinese.

    `is_local`: the line itself says that the firm is of the district. `asks_about_name`: no code or
    number tells whose name it is. `is_settled_by_person`: a person has said it, here or on an
    earlier list.
    """

    line: Line
    pile: Pile
    by: By | None = None
    firm: Enterprise | None = None
    candidates: list[Enterprise] = field(default_factory=list)
    reason: str = ""
    is_local: bool = False
    asks_about_name: bool = False
    is_settled_by_person: bool = False


class KnownFirms:
    """What the registry knows of the codes, numbers and names of these lines; four queries a portion."""

    def __init__(self, lines: Iterable[Line], kind: str) -> None:
        lines = list(lines)
        names = {
            normalise(line.text(name)) for line in lines for name in (Field.NAME, Field.NEW_NAME)
        }
        names.discard("")
        self.by_code = _by_code({_key(line, Field.CODE) for line in lines})
        self.by_number = _by_number({_key(line, Field.NUMBER) for line in lines}, kind)
        self.by_name = bearers(names)
        self.by_former_name = former_bearers(names)

    def bears(self, firm: Enterprise, name: str) -> bool:
        """The firm bears the name, or once bore it."""
        return firm.name_key == name or firm in self.by_former_name.get(name, [])


def match_lines(lines: Sequence[Line], meaning: Meaning) -> list[Match]:
    """A match per line, in their order."""
    known = KnownFirms(lines, meaning.kind)
    return [_match(line, known, meaning) for line in lines]


def match_names(lines: Sequence[Line]) -> list[Match]:
    """A match per line of a list that is nobody's document: codes and names as people paste them."""
    known = KnownFirms(lines, "")
    return [_by_ladder(line, known) for line in lines]


def named_by(matches: Iterable[Match]) -> set[int]:
    """Ids of the firms that the lines are about, and of those whom a person may still choose."""
    return {firm.pk for match in matches for firm in (match.firm, *match.candidates) if firm}


def _match(line: Line, known: KnownFirms, meaning: Meaning) -> Match:
    match = _by_ladder(line, known)
    match.is_local = meaning.scope == OWN or any(
        DISTRICT.name in line.text(where)
        for where in (Field.DISTRICT, Field.TO_PLACE, Field.FROM_PLACE, Field.NAME)
    )
    district = line.text(Field.DISTRICT)
    by_name = match.by in (By.NAME, By.FORMER_NAME)
    if by_name and match.firm and district and DISTRICT.short_name not in district:
        reason = f"名称与本区企业相同，名单写的是{district}"
        return Match(
            line, Pile.CHOOSE, candidates=[match.firm], reason=reason, asks_about_name=True
        )
    return match


def _by_ladder(line: Line, known: KnownFirms) -> Match:
    name = normalise(line.text(Field.NAME))
    code, number = _key(line, Field.CODE), _key(line, Field.NUMBER)
    if code:
        return _by_code_told(line, known, code, name)
    if number and (firm := known.by_number.get(number)):
        if known.bears(firm, name) or known.bears(firm, normalise(line.text(Field.NEW_NAME))):
            return Match(line, Pile.MATCHED, By.NUMBER, firm)
        candidates = [firm, *(other for other in known.by_name.get(name, []) if other != firm)]
        return _choice(line, candidates, f"编号是“{firm.name}”的，名称不是")
    return _by_name_told(line, known, name)


def _by_code_told(line: Line, known: KnownFirms, code: str, name: str) -> Match:
    if firm := known.by_code.get(code):
        new_name = normalise(line.text(Field.NEW_NAME))
        names = [each for each in (name, new_name) if each]
        # Without any name nothing speaks against the code.
        if not names or any(known.bears(firm, each) for each in names):
            return Match(line, Pile.MATCHED, By.CODE, firm)
        return _choice(line, [firm], f"信用代码是“{firm.name}”的，名称不是：是更名还是写错")
    # A right code that nobody here bears is another firm's, whatever its name.
    if problem(code) is None:
        return Match(line, Pile.UNKNOWN)
    candidates = _bearers(known, name)
    if candidates:
        return _choice(line, candidates, "信用代码有误，名称是本区企业的")
    return Match(line, Pile.UNKNOWN)


def _by_name_told(line: Line, known: KnownFirms, name: str) -> Match:
    present = known.by_name.get(name, [])
    former = [firm for firm in known.by_former_name.get(name, []) if firm not in present]
    if len(present) + len(former) > 1:
        reason = "两家以上企业使用这个名称" if len(present) > 1 else "一家的现名是另一家的曾用名"
        candidates = [*present, *former]
        return Match(line, Pile.CHOOSE, candidates=candidates, reason=reason, asks_about_name=True)
    if present:
        return Match(line, Pile.MATCHED, By.NAME, present[0])
    if former:
        return Match(line, Pile.MATCHED, By.FORMER_NAME, former[0])
    return Match(line, Pile.UNKNOWN, asks_about_name=True)


def _bearers(known: KnownFirms, name: str) -> list[Enterprise]:
    found = [*known.by_name.get(name, []), *known.by_former_name.get(name, [])]
    return list(dict.fromkeys(found))


def _choice(line: Line, candidates: list[Enterprise], reason: str) -> Match:
    return Match(line, Pile.CHOOSE, candidates=candidates, reason=reason)


# --- what the registry knows ---
def _key(line: Line, name: Field) -> str:
    return normalise(line.text(name))


def _by_code(codes: Iterable[str]) -> dict[str, Enterprise]:
    found = {}
    for portion in chunks(filter(None, codes)):
        for row in Enterprise.objects.registered_or_merged().filter(uscc__in=portion):
            found[row.uscc] = row.current
    return found


def _by_number(numbers: Iterable[str], kind: str) -> dict[str, Enterprise]:
    found = {}
    held = Qualification.objects.filter(kind__code=kind, enterprise__voided_at=None)
    for portion in chunks(filter(None, numbers)):
        for one in held.filter(number__in=portion).select_related("enterprise"):
            found[one.number] = one.enterprise
    return found
