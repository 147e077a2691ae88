"""Rosters that units have handed in, made on the spot and brought there the way units do."""

import datetime as dt
from pathlib import Path

from enterprises import acts, registry
from enterprises.models import Enterprise, Quarter, RosterVersion
from enterprises.reporting import answers, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit, User
from tests import clerk
from tests.enterprises.workbooks import code, firm, lines, xlsx

PLACES = {
    "degan": {"park": "德感工业园发展中心", "town": "德感街道"},
    "baisha": {"park": "白沙工业园发展中心", "town": "白沙镇"},
}


def registered(number: int = 1, *, park: str = "degan", town: str = "500116002") -> Enterprise:
    uscc = code(number)
    name = f"重庆测试{number}号机械有限公司"
    done: list[acts.Act] = [
        acts.Register(uscc=uscc, name=name, registered_on=dt.date(2015, 3, 2)),
        acts.Place(uscc=uscc, park=park, town=town, since=dt.date(2020, 5, 6)),
    ]
    registry.apply(done, by=None)
    return Enterprise.objects.get(uscc=uscc)


def reporter(unit: str) -> User:
    found = User.objects.filter(unit__code=unit).first()
    return found or User.objects.create_user(f"填报{unit}", role="unit_staff", unit=Unit.objects.get(code=unit))


def checked(quarter: Quarter, folder: Path, unit: str, *numbers: int, **details: object) -> RosterVersion:
    """A roster of the unit that lists these firms, uploaded and checked."""
    reporting = Unit.objects.get(code=unit)
    place = PLACES.get(unit) or {"park": None, "town": reporting.name}
    rows = lines(*(firm(number, **{**place, **details}) for number in numbers))
    rows[0] = [f"填报单位：{reporting.name}　数据截至：2026-09-30"]
    content = xlsx(folder / "名册.xlsx", rows).read_bytes()
    return clerk.send(quarter, reporting, content, reporter(unit))


def handed_in(
    quarter: Quarter, folder: Path, unit: str, *numbers: int, said: dict[str, Answer] | None = None, **details: object
) -> RosterVersion:
    """As `checked`, then handed in with these words about firms."""
    version = checked(quarter, folder, unit, *numbers, **details)
    answers.answer(version, said or {})
    answers.explain(version, {answers.key_of(group): "已核实" for group in answers.unexplained(version)})
    submission.hand_in(version, by=reporter(unit))
    version.refresh_from_db()
    return version


def moved(number: int, day: str, to: str) -> dict[str, Answer]:
    """The old unit says that the firm has gone there."""
    there = Unit.objects.get(code=to)
    return {code(number): Answer(word="moved", day=dt.date.fromisoformat(day), to_unit=there)}


def arrived(number: int, day: str) -> dict[str, Answer]:
    return {code(number): Answer(day=dt.date.fromisoformat(day))}
