"""Acts as data, one JSON object a line (NDJSON): the way in for another system's history.

    {"act": "grant", "uscc": "91500116…", "kind": "hnte", "valid_from": "2023-11-01"}

`act` is one of SPOKEN; the other keys are that act's own fields: days as "2026-09-30", amounts in
万元, units, kinds and technology fields by their codes. A `register` may say, too, where the firm
stands (`park`, `town`, `since`) and since when it is a technology firm (`tech_entered_on`). Remarks
for people (`note`, `was`) are passed over.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from django.db.models import Model

from enterprises.loading.act_values import value_of
from enterprises.models import (
    Application,
    Closure,
    DutyDone,
    Enterprise,
    FirmOwner,
    Incident,
    IpItem,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry import acts
from enterprises.registry.acts import Act
from enterprises.registry.notebook import RegistryError
from enterprises.rosters.definition.columns import REGISTERED_KIND

REGISTER = "register"
SPOKEN: dict[str, tuple[type[acts.Act], type[Model]]] = {
    REGISTER: (acts.Register, Enterprise),
    "amend": (acts.Amend, Enterprise),
    "rename": (acts.Rename, Enterprise),
    "place": (acts.Place, Placement),
    "move": (acts.Move, Placement),
    "leave": (acts.Leave, Placement),
    "close": (acts.Close, Closure),
    "reopen": (acts.Reopen, Closure),
    "grant": (acts.Grant, Qualification),
    "extend": (acts.Extend, Qualification),
    "revoke": (acts.Revoke, Qualification),
    "apply": (acts.Apply, Application),
    "next_step": (acts.NextStep, Application),
    "figures": (acts.RecordFigures, YearlyFigures),
    "enter_pool": (acts.EnterPool, PoolEntry),
    "leave_pool": (acts.LeavePool, PoolEntry),
    "duty": (acts.RecordDuty, DutyDone),
    "ip_item": (acts.RecordIpItem, IpItem),
    "end_ip_item": (acts.EndIpItem, IpItem),
    "use_ip_item": (acts.UseIpItem, IpItem),
    "incident": (acts.RecordIncident, Incident),
    "assign_owner": (acts.AssignOwner, FirmOwner),
}
"""Name of an act in a file → the act, and the fact whose columns say what its values may be."""
NOT_SPOKEN = {"cells", "listing", "confirmed"}
"""Fields of acts that say where they come from and who has looked at them."""
ALONG_WITH_REGISTER: dict[str, type] = {
    "park": str,
    "town": str,
    "since": dt.date,
    "tech_entered_on": dt.date,
}
NEEDED_BESIDES = {"figures": ["values"]}
"""Fields without which an act of the line would do nothing."""
REMARKS = {"note", "was"}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with a line (from 1), in Chinese; `key` is empty where all of it is meant."""

    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"第{self.line}行{f' {self.key}' if self.key else ''}：{self.reason.rstrip('。')}"


@dataclass
class ActsFile:
    """The acts of the sound lines in their order, and every fault of the others.

    `remarks`: how many lines bear which key that is passed over.
    """

    acts: list[Act] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    faulty_firms: set[str] = field(default_factory=set)

    @property
    def acts_of_sound_firms(self) -> list[Act]:
        """Acts on firms all of whose lines could be read: those of others lack what comes before."""
        return [act for act in self.acts if act.uscc not in self.faulty_firms]


class _Unfit(Exception):
    """Objections to one line: (key, reason)."""

    def __init__(self, objections: Iterable[tuple[str, str]]) -> None:
        self.objections = list(objections)


def read_acts(lines: Iterable[bytes]) -> ActsFile:
    """Read the lines of a file; blank ones are passed over."""
    found = ActsFile()
    for number, raw in enumerate(lines, 1):
        if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
            continue
        found.lines += 1
        told: dict[str, Any] = {}
        try:
            told = _object_of(raw)
            found.acts += _acts_of(told, number)
        except _Unfit as unfit:
            found.faults += [Fault(number, *objection) for objection in unfit.objections]
            found.faulty_firms.add(str(told.get("uscc")))
        else:
            found.remarks.update(REMARKS & told.keys() - _fields_of(told["act"]).keys())
    return found


def fault_of(error: RegistryError) -> Fault:
    """A refusal of the registry, at the line whose act it refused."""
    line = re.search(r"\d+", error.cell)
    firm = f"（{error.uscc}）" if error.uscc and error.uscc not in error.message else ""
    return Fault(int(line[0]) if line else 0, error.field, f"{error.message}{firm}")


# --- one line ---
def _object_of(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _Unfit([("", "不是 UTF-8 编码")]) from None
    except (ValueError, RecursionError):
        raise _Unfit([("", "不是一行完整的 JSON")]) from None
    if not isinstance(told, dict):
        raise _Unfit([("", "应为一个 JSON 对象")])
    return told


def _no_number(word: str) -> Decimal:
    raise ValueError(word)


def _acts_of(told: Mapping[str, Any], line: int) -> list[acts.Act]:
    name = told.get("act")
    if not isinstance(name, str) or name not in SPOKEN:
        raise _Unfit([("act", f"“{name}”不是登记事项，应为{'、'.join(SPOKEN)}之一")])
    fact = SPOKEN[name][1]
    expected = _fields_of(name)
    more = ALONG_WITH_REGISTER if name == REGISTER else {}
    objections = [
        (key, "没有这一项")
        for key in told
        if key not in {"act", *expected, *more} and key not in REMARKS
    ]
    values: dict[str, Any] = {}
    for key, hint in (expected | more).items():
        # null says nothing, as a missing key does.
        if told.get(key) is None:
            continue
        try:
            values[key] = value_of(told[key], hint, fact, key)
        except ValueError as error:
            objections.append((key, str(error)))
    needed = [*_required(name), *NEEDED_BESIDES.get(name, []), *_needed_for_place(told, more)]
    objections += [(key, "必填") for key in needed if told.get(key) is None]
    if objections:
        raise _Unfit(objections)
    return _made(name, values, {key: f"第{line}行" for key in values})


def _needed_for_place(told: Mapping[str, Any], more: Mapping[str, type]) -> list[str]:
    """A place needs its town and its first day."""
    named = [key for key in ("park", "town", "since") if key in more and told.get(key) is not None]
    return ["town", "since"] if named else []


def _made(name: str, values: Mapping[str, Any], cells: Mapping[str, str]) -> list[acts.Act]:
    own = {key: value for key, value in values.items() if key in _fields_of(name)}
    made = [SPOKEN[name][0](**own, cells=cells)]
    if name != REGISTER:
        return made
    uscc = values["uscc"]
    if "town" in values:
        place = {key: values[key] for key in ("park", "town", "since") if key in values}
        made.append(acts.Place(uscc=uscc, **place, cells=cells))
    if entered := values.get("tech_entered_on"):
        made.append(acts.Grant(uscc=uscc, kind=REGISTERED_KIND, valid_from=entered, cells=cells))
    return made


# --- the fields of an act ---
@cache
def _fields_of(name: str) -> dict[str, Any]:
    """Field → type, of what a line may say of the act of this name."""
    act = SPOKEN[name][0]
    hints = get_type_hints(act)
    fields = [each.name for each in dataclasses.fields(act) if each.name not in NOT_SPOKEN]
    return {each: _without_none(hints[each]) for each in fields}


def _without_none(hint: Any) -> Any:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 else hint


@cache
def _required(name: str) -> list[str]:
    missing, act = dataclasses.MISSING, SPOKEN[name][0]
    return [
        each.name
        for each in dataclasses.fields(act)
        if each.default is missing and each.default_factory is missing
    ]
