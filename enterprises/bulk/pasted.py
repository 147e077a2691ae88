"""Names and codes that people paste or send as a file: whose they are, and which a person settles."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from enterprises.announcements.matching import Match, Pile, match_names
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.titles import Field
from enterprises.announcements.safe_reading import MAX_BYTES, read_safely
from enterprises.models import Enterprise, Placement
from enterprises.refusal import Refusal
from enterprises.rosters.definition.problems import FileRefused
from enterprises.uscc import normalise
from parks.models import User

MOST_LINES = 2000
_PARTS = re.compile(r"[\t,，;；|]+|\s{2,}")
_ORDINAL = re.compile(r"^\s*[（(]?\d{1,4}[）).、．]\s*")
_CODE = re.compile(r"[0-9A-Z]{18}")
UNKNOWN_REASON = "没有登记这个名称或代码的企业"


@dataclass
class Pasted:
    """`settled`: codes of firms in their order, each once. `open`: what a person settles."""

    settled: list[str] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    repeated: int = 0


def match_text(text: str, user: User) -> Pasted:
    lines: list[Line] = []
    for number, row in enumerate(text.splitlines(), 1):
        if values := _values_of(row):
            lines.append(Line(len(lines) + 1, 1, f"第{number}行", values))
    return _matched(lines, user)


def match_file(upload: UploadedFile[Any], user: User) -> Pasted:
    """Raises Refusal for a file that cannot be read, or that names no firms."""
    if (upload.size or 0) > MAX_BYTES:
        raise Refusal(f"文件超过{MAX_BYTES // 1_000_000} MB，请拆分。", "invalid")
    name = Path(upload.name or "名单").name
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            contents = read_safely(Path(copy.name), name)
        except FileRefused as refused:
            problem = refused.problem
            raise Refusal(f"{problem.reason}。{problem.fix}", "invalid") from None
    return _matched(contents.lines, user)


def _values_of(row: str) -> dict[Field, str]:
    """A code where one stands in the row, and the longest of the other parts as the name."""
    parts = [part.strip() for part in _PARTS.split(_ORDINAL.sub("", row)) if part.strip()]
    values: dict[Field, str] = {}
    names = []
    for part in parts:
        found = _CODE.search(normalise(part))
        if found and Field.CODE not in values:
            values[Field.CODE] = found[0]
            # Name and code may stand in one part: what is left of it is the name.
            part = re.sub(found[0], "", part, flags=re.IGNORECASE).strip("（）() ")
        if part:
            names.append(part)
    if names:
        values[Field.NAME] = max(names, key=len)
    return values


def _matched(lines: Sequence[Line], user: User) -> Pasted:
    if not lines:
        raise Refusal("没有读到企业名称或信用代码。", "invalid")
    if len(lines) > MOST_LINES:
        raise Refusal(f"有{len(lines)}行，一次最多{MOST_LINES}行，请分几次。", "invalid")
    matches = match_names(lines)
    named = [firm for match in matches for firm in (match.firm, *match.candidates) if firm]
    visible = _visible(named, user)
    pasted = Pasted()
    for match in matches:
        firm = match.firm
        if firm is None or firm.pk not in visible:
            pasted.open.append(_open_line(match, visible))
        elif firm.uscc in pasted.settled:
            pasted.repeated += 1
        else:
            pasted.settled.append(firm.uscc)
    return pasted


def _visible(firms: Sequence[Enterprise], user: User) -> dict[int, str]:
    """Firm → where it stands, for those that the user sees; two queries."""
    keys = [firm.pk for firm in firms]
    seen = Enterprise.objects.visible_to(user).filter(pk__in=keys)
    places = dict.fromkeys(seen.values_list("pk", flat=True), "")
    here = Placement.objects.filter(enterprise__in=places, until=None)
    for placement in here.select_related("park", "town"):
        unit = placement.answering
        places[placement.enterprise_id] = unit.answering_name
    return places


def _open_line(match: Match, visible: dict[int, str]) -> dict[str, Any]:
    line = match.line
    told = " ".join(filter(None, [line.text(Field.NAME), line.text(Field.CODE)]))
    candidates = [firm for firm in match.candidates if firm.pk in visible]
    # A firm of another unit is, to who may not see it, a firm that is not there.
    reason = match.reason if match.pile == Pile.CHOOSE and candidates else UNKNOWN_REASON
    return {
        "place": line.place,
        "text": told,
        "reason": reason,
        "candidates": [
            {"uscc": firm.uscc, "name": firm.name, "unit": visible[firm.pk]} for firm in candidates
        ],
    }
