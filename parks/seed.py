"""The plan's units, from the packaged data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from parks.models import Unit

DATA = Path(__file__).parent / "data" / "units.toml"


def seed() -> int:
    """Add the missing units; what the admin has changed stays. How many were added."""
    wanted = _make_units(tomllib.loads(DATA.read_text(encoding="utf-8")))
    # By code: names are edited in the admin, and a renamed unit must not come back beside itself.
    known = set(Unit.objects.values_list("code", flat=True))
    return len(Unit.objects.bulk_create([unit for unit in wanted if unit.code not in known]))


def _make_units(data: dict[str, Any]) -> list[Unit]:
    """The units in the order of the file, which is the order of lists."""
    parks = [
        Unit(kind=Unit.Kind.PARK, order=number, **park)
        for number, park in enumerate(data["park"], 1)
    ]
    towns = [
        Unit(
            kind=Unit.Kind.TOWN,
            code=code,
            name=name,
            short_name=_short_name(name),
            # Rosters name a town in many ways; merged towns are still written by their old names.
            aliases=[*_office_names(name), *data["former_town_names"].get(code, [])],
            order=number,
        )
        for number, (code, name) in enumerate(data["towns"].items(), 1)
    ]
    departments = [
        Unit(kind=Unit.Kind.DEPARTMENT, code=code, name=name, short_name=name, order=number)
        for number, (code, name) in enumerate(data["departments"].items(), 1)
    ]
    return [*parks, *towns, *departments]


def _short_name(town: str) -> str:
    """Without 街道 or 镇, unless that would leave one character."""
    return town.removesuffix("街道").removesuffix("镇") if len(town) > 2 else town


def _office_names(town: str) -> list[str]:
    """A town is often written as the office that runs it."""
    if town.endswith("街道"):
        return [f"{town}办事处", f"{town}办"]
    return [f"{town}人民政府", f"{town}政府"]
