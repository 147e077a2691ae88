"""Invented firms for the demo: codes with right check digits, marked names, places, trades."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enterprises.uscc import ALPHABET, check_character

DATA = Path(__file__).parent / "demo.toml"
OUTSIDE = ""
OUTSIDE_WEIGHT = 49
FIRST_NUMBER = 10_001


@dataclass
class Draft:
    """A firm while its history is being made up.

    `entered`: placed, and in the register of technology firms, since this day. `gone`: struck off
    or moved away. `classes`: years of its certificates; `number` and `valid_until` belong to the
    last of them. `awaiting`: a certificate comes after the history's end.
    """

    uscc: str
    name: str
    park: str
    town: str
    entered: dt.date
    registered_on: dt.date
    tech_field: str
    industry_code: str
    contact_name: str
    contact_phone: str
    gone: dt.date = dt.date.max
    arrived: bool = False
    classes: list[int] = field(default_factory=list)
    number: str = ""
    valid_until: dt.date = dt.date.min
    awaiting: bool = False

    @property
    def last_class(self) -> int | None:
        """The year of the last certificate; None without any."""
        return self.classes[-1] if self.classes else None


class Drafter:
    """Makes up firms, the same ones for the same random generator."""

    def __init__(self, chance: random.Random, towns: Sequence[str]) -> None:
        self.chance, self.towns = chance, list(towns)
        self.data: Mapping[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
        self._names: set[str] = set()
        self._codes: set[str] = set()
        self._certificates: dict[int, int] = {}

    def draft(self, entered: dt.date) -> Draft:
        tech_field = self._pick(self.data["field_weights"])
        trade, industry_code = self.chance.choice(self.data["trades"][tech_field])
        # A firm enters the register one to eleven years after its foundation.
        registered_on = entered - dt.timedelta(days=self.chance.randint(370, 4200))
        park, town = self.pick_place()
        return Draft(
            uscc=self._make_code(registered_on),
            name=self.make_name(trade),
            park=park,
            town=town,
            entered=entered,
            registered_on=registered_on,
            tech_field=tech_field,
            industry_code=industry_code,
            contact_name=self.chance.choice(self.data["surnames"])
            + self.chance.choice(self.data["given"]),
            contact_phone=f"1380000{self.chance.randrange(10_000):04d}",
        )

    def pick_place(self, other_than: str | None = None) -> tuple[str, str]:
        """A park, or none, and a town. With `other_than` always a park, and not that one."""
        weights = {park: place["weight"] for park, place in self.data["places"].items()}
        if other_than is None:
            weights[OUTSIDE] = OUTSIDE_WEIGHT
        else:
            weights.pop(other_than, None)
        park = self._pick(weights)
        if park == OUTSIDE:
            return park, self.chance.choice(self.towns)
        return park, self._pick(self.data["places"][park]["towns"])

    def make_name(self, trade: str) -> str:
        """A name that no firm bears yet. It contains 演示, so that nobody takes it for real."""
        while True:
            parts = [self.chance.choice(self.data[part]) for part in ("first", "second")]
            ending = self.chance.choice(["有限公司", "有限公司", "有限责任公司", "股份有限公司"])
            town = self.chance.choice(["重庆", "重庆", "重庆", "重庆市江津区"])
            name = f"{town}演示{''.join(parts)}{trade}{ending}"
            if name not in self._names:
                self._names.add(name)
                return name

    def next_certificate_number(self, year: int) -> str:
        last = self._certificates.get(year, FIRST_NUMBER)
        self._certificates[year] = last + self.chance.randint(1, 7)
        return f"GR{year}511{self._certificates[year]:05d}"

    def _make_code(self, registered_on: dt.date) -> str:
        """A code that no firm carries yet.

        Old firms kept their nine-digit organisation code in it. Firms registered since October
        2015 got one that begins with MA.
        """
        if registered_on >= dt.date(2015, 10, 1):
            prefix, characters, length = "MA", ALPHABET, 7
        else:
            prefix, characters, length = "", ALPHABET[:10], 9
        while True:
            tail = "".join(self.chance.choices(characters, k=length))
            # 9: registered by the market regulator; 1: a company; 500116: the district (GB 32100).
            body = f"91500116{prefix}{tail}"
            if body not in self._codes:
                self._codes.add(body)
                return body + check_character(body)

    def _pick(self, weights: Mapping[str, int]) -> str:
        return self.chance.choices(list(weights), weights=list(weights.values()))[0]
