"""Invented districts with a known truth: ten years of firms, applications, certificates and ends.

Years differ at random, in zeal and in strictness, and now and then one is strict beyond the others.
Some districts began to record applications late, or never did. The same seed makes the same
district.
"""

import datetime as dt
import itertools
import math
import random
from dataclasses import dataclass, field

from enterprises.registry import acts
from enterprises.uscc import check_character
from tests.oracle import default_last_day

FIRST, LAST = 2016, 2025
KIND = "hnte"
TERM = 3
SMALLEST, LARGEST = 60, 3000
"""Firms of a district when its story begins."""
PLACES = [
    ("degan", "500116002"), ("shuangfu", "500116004"), ("baisha", "500116108"),
    ("luohuang", "500116117"), ("", "500116002"), ("", "500116001"),
]  # fmt: skip
DAY = dt.timedelta(days=1)


@dataclass
class Batch:
    """When firms may file, when its list is shown, and the day of its certificates."""

    opens: dt.date
    closes: dt.date
    publicity: dt.date
    certificates: dt.date


@dataclass
class Life:
    """What happens to one firm. `held`: (first day, last day); `stages`: (year, stage, day)."""

    code: str
    since: dt.date
    place: tuple[str, str]
    held: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    stages: list[tuple[int, str, dt.date]] = field(default_factory=list)
    moves: list[tuple[dt.date, tuple[str, str]]] = field(default_factory=list)
    left: dt.date | None = None
    closed: dt.date | None = None
    revoked: dt.date | None = None
    refused: bool = False
    seasoned: float = 0.0

    @property
    def gone(self) -> dt.date:
        return min(self.left or dt.date.max, self.closed or dt.date.max)

    @property
    def end(self) -> dt.date | None:
        """The last day of the last certificate; None without one or where it was withdrawn."""
        return self.held[-1][1] if self.held and not self.revoked else None


@dataclass
class District:
    """`batches`: year → its batches. `records_from`: the year from which stages are on record."""

    seed: int
    records_from: int | None
    late_by: int
    lives: list[Life]
    batches: dict[int, list[Batch]]

    def acts(self) -> list[acts.Act]:
        """All of it as the registry hears it, each firm by itself and in order of days."""
        told: list[acts.Act] = []
        for life in self.lives:
            told += _acts_of(
                life, self.records_from, self.late_by, random.Random(f"{self.seed} {life.code}")
            )
        return told


def day_of(act: acts.Act) -> dt.date:
    """The day of which an act tells."""
    told = vars(act)
    names = ("on", "since", "valid_from", "registered_on")
    return next(told[name] for name in names if told.get(name))


def invent(seed: int, largest: int = LARGEST) -> District:
    chance = random.Random(seed)
    size = math.exp(chance.uniform(math.log(SMALLEST), math.log(largest)))
    share = chance.uniform(0.06, 0.2)
    district = District(
        seed,
        chance.choices([FIRST, FIRST + 3, FIRST + 6, None], [7, 1, 1, 1])[0],
        chance.choice([0, 0, 0, 45]),
        [],
        {},
    )
    numbers = itertools.count(5_000_000)
    for _ in range(round(size)):
        district.lives.append(_founded(chance, next(numbers), dt.date(FIRST - 6, 3, 1)))
    _with_first_certificates(chance, district.lives, round(size * share))
    growth = chance.uniform(0.02, 0.2)
    for year in range(FIRST, LAST + 1):
        for _ in range(round(size * 0.05)):
            day = dt.date(year, chance.randint(1, 12), chance.randint(1, 28))
            district.lives.append(_founded(chance, next(numbers), day))
        district.batches[year] = _batches(chance, year)
        counted = sum(1 for life in district.lives if counts_on(life, dt.date(year, 1, 1)))
        _live_through(chance, district, year, max(counted * (0.12 + growth), 2.0))
    return district


def _founded(chance: random.Random, number: int, day: dt.date) -> Life:
    start = f"91500116MA{number:07d}"
    place = chance.choices(PLACES, [8, 6, 3, 3, 2, 2])[0]
    return Life(start + check_character(start), day, place, seasoned=chance.gauss(0, 1))


def _with_first_certificates(chance: random.Random, lives: list[Life], number: int) -> None:
    for life in chance.sample(lives, number):
        year = FIRST - chance.randint(1, TERM)
        issued = dt.date(year, chance.choice([10, 11, 12]), chance.randint(1, 28))
        life.held.append((issued, default_last_day(issued, TERM)))


def _batches(chance: random.Random, year: int) -> list[Batch]:
    """Three of them, with days that move a little from year to year."""
    shift = dt.timedelta(days=chance.randint(-8, 8))
    rows = [((3, 20), (4, 30), (9, 10), (10, 16)), ((5, 20), (6, 30), (10, 20), (11, 12)),
            ((7, 20), (8, 31), (11, 10), (12, 6))]  # fmt: skip
    return [
        Batch(*(dt.date(year, *month_and_day) + shift for month_and_day in row)) for row in rows
    ]


def counts_on(life: Life, day: dt.date) -> bool:
    if day < life.since or life.gone <= day or (life.revoked and life.revoked <= day):
        return False
    return any(first <= day <= last for first, last in life.held)


def _odds(share: float, shock: float) -> float:
    return 1 / (1 + (1 - share) / share * math.exp(-shock))


def _live_through(chance: random.Random, district: District, year: int, wanted: float) -> None:
    zeal = chance.gauss(0, 0.3)
    strictness = chance.gauss(0, 0.34) - (0.9 if chance.random() < 0.125 else 0.0)
    first_day = dt.date(year, 1, 1)
    _other_ends(chance, district.lives, year)
    fresh: list[Life] = []
    for life in district.lives:
        if life.gone <= first_day or life.since > dt.date(year, 4, 1):
            continue
        if life.end and life.end.year == year:
            if chance.random() < _odds(0.86, zeal):
                _apply(chance, district, life, year, 0.87, strictness)
        elif life.end is None or life.end.year < year:
            fresh.append(life)
    number = min(round(chance.gauss(1, 0.15) * wanted * math.exp(zeal)), len(fresh))
    for life in sorted(fresh, key=lambda one: (-one.seasoned - chance.gauss(0, 1), one.code))[
        : max(number, 0)
    ]:
        _apply(chance, district, life, year, 0.68, strictness)


def _other_ends(chance: random.Random, lives: list[Life], year: int) -> None:
    for life in lives:
        if life.gone.year <= year or life.since.year >= year:
            continue
        day, fate = dt.date(year, 1, 2) + chance.randint(0, 360) * DAY, chance.random()
        if fate < 0.006:
            life.closed = day
        elif fate < 0.010:
            life.left = day
        elif fate < 0.025:
            where = chance.choice(PLACES)
            if where != (life.moves[-1][1] if life.moves else life.place):
                life.moves.append((day, where))
        elif fate < 0.028 and life.end and life.end > day > life.held[-1][0] and not life.revoked:
            life.revoked = day


def _apply(
    chance: random.Random, district: District, life: Life, year: int, passing: float, strict: float
) -> None:
    """Prepares, files with one of the batches, is refused or shown, and gets its certificate."""
    batch = chance.choices(district.batches[year], [1, 2, 3])[0]
    filed = batch.closes - chance.randint(0, (batch.closes - batch.opens).days) * DAY
    steps = [("preparing", filed - chance.randint(20, 90) * DAY)]
    if chance.random() < _odds(0.06, -strict):
        steps.append(("given_up", filed + chance.randint(-10, 20) * DAY))
    else:
        steps.append(("filed", filed))
        if chance.random() < _odds(passing, strict + 0.25 * life.seasoned):
            steps.append(("publicity", batch.publicity))
            if life.gone > batch.certificates and chance.random() < 0.985:
                issued = batch.certificates
                life.held.append((issued, default_last_day(issued, TERM)))
                life.revoked = None
        else:
            steps.append(("rejected", batch.publicity - chance.randint(5, 60) * DAY))
    for stage, day in steps:
        if life.since < day < life.gone and day.year == year:
            life.stages.append((year, stage, day))


def _acts_of(
    life: Life, records_from: int | None, late_by: int, chance: random.Random
) -> list[acts.Act]:
    code, (park, town) = life.code, life.place
    dated: list[tuple[dt.date, acts.Act]] = []
    for day, (new_park, new_town) in life.moves:
        if day < life.gone:
            dated.append((day, acts.Move(uscc=code, park=new_park, town=new_town, on=day)))
    numbers: dict[dt.date, str] = {}
    for number, (first, last) in enumerate(life.held):
        name = numbers[first] = f"GR{first.year}51{code[10:17]}{number}"
        grant = acts.Grant(uscc=code, kind=KIND, number=name, valid_from=first, valid_until=last)
        dated.append((first, grant))
    if life.revoked:
        last = max(first for first, _ in life.held if first <= life.revoked)
        revoked = acts.Revoke(
            uscc=code, kind=KIND, number=numbers[last], on=life.revoked, confirmed=True
        )
        dated.append((life.revoked, revoked))
    told_until = dt.date.min
    for year, stage, day in life.stages:
        if records_from is None or year < records_from:
            continue
        # Late entries keep their order: the next stage never comes before the last one.
        told = max(day + chance.randint(0, late_by) * DAY, told_until + DAY)
        if told >= life.gone or told.year != year:
            continue
        told_until = told
        note = "条件不足" if stage == "given_up" else ""
        apply = acts.Apply(uscc=code, kind=KIND, year=year, stage=stage, on=told, note=note)
        dated.append((told, apply))
    if life.closed and life.closed == life.gone:
        dated.append((life.closed, acts.Close(uscc=code, on=life.closed)))
    elif life.left:
        dated.append((life.left, acts.Leave(uscc=code, on=life.left)))
    begin: list[acts.Act] = [
        acts.Register(uscc=code, name=f"江津{code[9:17]}制造有限公司", registered_on=life.since),
        acts.Place(uscc=code, park=park, town=town, since=life.since),
    ]
    return [*begin, *(act for _, act in sorted(dated, key=lambda pair: pair[0]))]
