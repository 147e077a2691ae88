"""Rights item by item in the self-check; random histories against an oracle that goes day by day and shares no code."""

import datetime as dt
import random

import pytest

from enterprises import registry
from enterprises.eligibility.gathering import firm_data_of
from enterprises.eligibility.missing import counted_otherwise
from enterprises.eligibility.rule_sets import rule_book
from enterprises.models import Enterprise, IpItem
from enterprises.registry import acts
from tests.effort import rounds
from tests.enterprises.eligibility.test_gathering import data, record, registered
from tests.firms import code

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def kinds(plan) -> None:
    """The kinds of rights and their classes."""


def own(uscc: str, right: str, number: str, **told) -> None:
    values = {"granted_on": dt.date(2020, 6, 1), "obtained": "own"} | told
    act = acts.RecordIpItem(uscc=uscc, right=right, number=number, **values)
    registry.apply([act], by=None)


def used(uscc: str, right: str, number: str, year: int) -> None:
    on = dt.date(year, 6, 1)
    act = acts.UseIpItem(uscc=uscc, right=right, number=number, year=year, on=on)
    registry.apply([act], by=None)


def test_where_rights_are_known_they_are_counted_and_numbers_of_returns_only_warn():
    uscc = registered()
    record(uscc, y2025={"ip_class1": 0, "ip_class2": 9, "ip_class2_used": 1, "ip_own": 2})
    assert tuple(data(uscc).ip)[:4] == (0, 9, 1, 2)
    assert data(uscc).ip_told is None
    for number in range(3):
        own(uscc, "utility_model", f"U{number}")
    own(uscc, "plant_variety", "P1", obtained="bought")
    own(uscc, "trademark", "T1")
    used(uscc, "utility_model", "U0", 2023)
    told = data(uscc)
    assert tuple(told.ip)[:4] == (1, 3, 1, 3)
    assert counted_otherwise(told) == [
        "Ⅰ类知识产权数逐项为1，年度数据为0",
        "Ⅱ类知识产权数逐项为3，年度数据为9",
        "自主研发的知识产权数逐项为3，年度数据为2",
    ]


def test_a_trademark_alone_says_nothing_of_the_others():
    uscc = registered()
    record(uscc, y2025={"ip_class1": 2})
    own(uscc, "trademark", "T1")
    assert (data(uscc).ip.class1, data(uscc).ip_told) == (2, None)


@pytest.mark.parametrize(
    ("obtained", "number"), [(["", ""], None), (["own", ""], 1), (["bought", "given"], 0)]
)
def test_how_some_were_obtained_may_not_be_known(obtained, number):
    uscc = registered()
    for place, each in enumerate(obtained):
        own(uscc, "invention", f"I{place}", obtained=each)
    assert data(uscc).ip.own == number


@pytest.mark.parametrize(
    ("day", "number"),
    [("2020-05-31", 0), ("2020-06-01", 1), ("2024-12-31", 1), ("2025-01-01", 0)],
)
def test_first_and_last_day_of_protection_count(day, number):
    uscc = registered()
    own(uscc, "invention", "I1", ends_on=dt.date(2024, 12, 31))
    assert data(uscc, dt.date.fromisoformat(day)).ip.class1 == number


def test_a_firm_that_has_sold_all_has_none():
    seller, buyer = registered(1), registered(2)
    record(seller, y2025={"ip_class1": 1})
    own(seller, "invention", "I1")
    own(buyer, "invention", "I1", obtained="bought", since=dt.date(2026, 6, 30))
    assert (data(seller).ip.class1, data(buyer).ip.class1) == (0, 1)
    eve = DAY - dt.timedelta(days=1)
    assert (data(seller, eve).ip.class1, data(buyer, eve).ip.class1) == (1, 0)


# --- random histories ------------------------------------------------------------------------------
CLASSES = {"invention": 1, "ic_layout": 1, "utility_model": 2, "software": 2, "trademark": 0}
FIRST, LAST = dt.date(2019, 1, 1), dt.date(2026, 6, 30)
FIRMS = 4


class Life:
    """What happened to some rights, told to the portal in any order, and kept as a diary by the day."""

    def __init__(self, seed: str) -> None:
        self.pick = random.Random(seed)
        self.usccs = [code(number) for number in range(1, FIRMS + 1)]
        self.diaries: list[dict] = []
        for number in range(7):
            self.diaries.append(self._right(number))

    def _day(self, first: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.pick.randrange(1, 500))

    def _right(self, number: int) -> dict:
        granted = self._day(FIRST)
        days, owners = [granted], [self.pick.choice(self.usccs)]
        while self.pick.random() < 0.5 and days[-1] < LAST - dt.timedelta(days=600):
            days.append(self._day(days[-1]))
            owners.append(self.pick.choice([each for each in self.usccs if each != owners[-1]]))
        gone = self._day(days[-1]) if self.pick.random() < 0.3 else None
        return {
            "right": self.pick.choice(list(CLASSES)),
            "number": f"R{number}",
            "granted": granted,
            "owners": list(zip(days, owners, strict=True)),
            "gone": gone if gone and gone <= LAST else None,
            "protected": self._day(days[-1]) if self.pick.random() < 0.3 else None,
            "first": self.pick.choice(["own", "", "bought"]),
            "uses": [],
        }

    def tell(self) -> None:
        registry.apply(
            [acts.Register(uscc=uscc, name=f"重庆{uscc}公司") for uscc in self.usccs], by=None
        )
        told = [(diary, place) for diary in self.diaries for place in range(len(diary["owners"]))]
        # A later owner may be told before the one from whom it came, an earlier between two not.
        for diary, place in told if self.pick.random() < 0.5 else told[::-1]:
            since, uscc = diary["owners"][place]
            own(
                uscc, diary["right"], diary["number"], granted_on=diary["granted"], since=since,
                obtained="bought" if place else diary["first"], ends_on=diary["protected"],
            )  # fmt: skip
        for diary in self.diaries:
            self._end(diary)
            self._use(diary)

    def _end(self, diary: dict) -> None:
        if diary["gone"]:
            uscc = diary["owners"][-1][1]
            registry.apply(
                [
                    acts.EndIpItem(
                        uscc=uscc, right=diary["right"], number=diary["number"],
                        on=diary["gone"], how=self.pick.choice(["lapsed", "transferred"]),
                    )
                ],
                by=None,
            )  # fmt: skip

    def _use(self, diary: dict) -> None:
        if not CLASSES[diary["right"]]:
            return
        for _ in range(self.pick.randrange(3)):
            on = self._day(diary["granted"])
            uscc = owner_on(diary, on)
            if uscc:
                year = on.year
                act = acts.UseIpItem(
                    uscc=uscc, right=diary["right"], number=diary["number"], year=year, on=on
                )
                registry.apply([act], by=None)
                diary["uses"].append(year)


def owner_on(diary: dict, day: dt.date) -> str | None:
    """As the diary of the right says, which goes through all days from the grant on."""
    if "pages" not in diary:
        diary["pages"], owner, today = {}, None, diary["granted"]
        while today <= LAST:
            for since, uscc in diary["owners"]:
                if since == today:
                    owner = uscc
            if diary["gone"] == today:
                owner = None
            lasts = diary["protected"] is None or today <= diary["protected"]
            diary["pages"][today] = owner if lasts else None
            today += dt.timedelta(days=1)
    return diary["pages"].get(day)


def obtained_by(diary: dict, day: dt.date) -> str:
    changes = [place for place, (since, _) in enumerate(diary["owners"]) if since <= day]
    return "bought" if changes[-1] else diary["first"]


def expected(life: Life, uscc: str, day: dt.date) -> tuple | None:
    known = [
        diary
        for diary in life.diaries
        if CLASSES[diary["right"]] and any(owner == uscc for _, owner in diary["owners"])
    ]
    if not known:
        return None
    held = [diary for diary in known if owner_on(diary, day) == uscc]
    second = [diary for diary in held if CLASSES[diary["right"]] == 2]
    gone = [diary for diary in second if any(year < day.year for year in diary["uses"])]
    how = [obtained_by(diary, day) for diary in held]
    own_research = how.count("own")
    if not own_research and "" in how:
        own_research = None
    return len(held) - len(second), len(second), len(gone), own_research


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(rounds(12, 120)))
def test_random_histories_are_counted_as_one_counts_day_by_day(seed):
    life = Life(f"rights {seed}")
    life.tell()
    firms = list(Enterprise.objects.order_by("uscc"))
    days = [LAST, dt.date(2020, 1, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1)]
    for diary in life.diaries:
        edges = [since for since, _ in diary["owners"]]
        edges += [day for day in (diary["gone"], diary["protected"]) if day]
        days += [day + dt.timedelta(days=step) for day in edges for step in (-1, 0, 1)]
    for day in sorted({day for day in days if day <= LAST}):
        told = firm_data_of(firms, day, rule_book())
        for firm in firms:
            wanted = expected(life, firm.uscc, day)
            found = told[firm.pk]
            if wanted is None:
                assert found.ip_told is None, (firm, day)
            else:
                assert tuple(found.ip)[:4] == wanted, (firm, day)
    for item in IpItem.objects.all():
        assert item.until is None or item.since < item.until
