"""What the demo's registers tell, kind by kind: beginnings, promotions, reviews, ends, what was reclaimed."""

from __future__ import annotations

from decimal import Decimal

from enterprises.demo import register_events
from enterprises.demo.registers import YEAR_DAYS, RegisterStory, write
from enterprises.models import SourceFile
from parks.models import User

PLATFORMS = {
    "technology": "企业技术中心",
    "engineering": "工程研究中心",
    "sme": "中小企业技术研发中心",
    "laboratory": "重点实验室",
}
REVIEW_DAYS = 3 * YEAR_DAYS - 60


def add(story: RegisterStory, source: SourceFile | None, by: User) -> int:
    """All kinds; how many records are new."""
    for add_kind in KINDS:
        add_kind(story)
    return write(story, source, by)


def _platforms(story: RegisterStory) -> None:
    """Some rise a level, some were reviewed in time, a few wait for their review, two were ended."""
    offices, kinds = story.words["offices"], list(PLATFORMS)
    for number, firm in enumerate(story.pick(story.certified, 46)):
        klass = kinds[number % len(kinds)]
        known = {"subject": f"{firm.core}{PLATFORMS[klass]}", **firm.told}
        since = story.between(5 * YEAR_DAYS, 90)
        city = number % 3 == 1
        story.tell(
            "platform",
            since,
            {"authority": offices.get(klass, offices["other"])},
            **known,
            klass=klass,
            level="city" if city else "district",
            since=since,
            number=f"演示科发〔{since.year}〕{number % 40 + 3}号",
        )
        age = (story.today - since).days
        # Of those that are due one in six still waits.
        if age > REVIEW_DAYS and number % 6:
            reviewed = story.back(age - REVIEW_DAYS)
            story.tell("platform", reviewed, **known, reviewed_on=reviewed)
        if age > YEAR_DAYS and number % 7 == 0:
            _rise(story, "platform", known, "city", age // 3)
        elif age > YEAR_DAYS and city and number % 11 == 1:
            _rise(story, "platform", known, "state", age // 4)
        elif age > 2 * YEAR_DAYS and number % 19 == 5:
            ended = story.back(120)
            story.tell("platform", ended, **known, until=ended)


def _rise(story: RegisterStory, kind: str, known: dict[str, object], level: str, days: int) -> None:
    since = story.back(days)
    story.tell(kind, since, **known, level=level, since=since)


def _carriers(story: RegisterStory) -> None:
    rows = story.words["carriers"]
    for number, row in enumerate(rows):
        name, klass, level, place, area, years, then, later = row
        since = story.back(years * YEAR_DAYS - 40 * number)
        story.tell(
            "carrier",
            since,
            {"area": area},
            subject=name,
            firm_name=f"{name}运营有限公司",
            unit=story.units[place],
            klass=klass,
            level=level,
            since=since,
            number=f"演示科发〔{since.year}〕{number + 11}号",
        )
        if then:
            _rise(story, "carrier", {"subject": name}, then, later * YEAR_DAYS)
        elif years > 3 and number % 2 == 0:
            reviewed = story.back(years * YEAR_DAYS - REVIEW_DAYS)
            story.tell("carrier", reviewed, subject=name, reviewed_on=reviewed)
    if rows:
        ended = story.back(story.words["struck_off"] * YEAR_DAYS)
        story.tell("carrier", ended, subject=rows[-1][0], until=ended)


def _tenants(story: RegisterStory) -> None:
    """One in six has left its carrier since."""
    carriers = [row for row in story.words["carriers"] if row[5] > 1][:-1]
    founders = ("teachers", "researchers", "chain", "other", "other")
    for number, firm in enumerate(story.pick(story.young, 64)):
        carrier = carriers[number % len(carriers)]
        most = min((carrier[5] - 1) * YEAR_DAYS, (story.today - firm.registered_on).days)
        since = story.between(max(most, 40), 30)
        known = {"subject": carrier[0], **firm.told}
        told = {"founders": founders[number % len(founders)]}
        story.tell("tenant", since, told, **known, since=since)
        stayed = (story.today - since).days
        if number % 6 == 0 and stayed > 200:
            left = story.back(stayed // 4)
            story.tell("tenant", left, **known, until=left)


def _projects(story: RegisterStory) -> None:
    classes = ("district", "application", "chain", "key")
    topics = story.words["topics"]
    for number, firm in enumerate(story.pick(story.certified, 64)):
        is_own = number % 2 == 0
        since = story.this_year(number, 64) if is_own else story.between(3 * YEAR_DAYS, 40)
        klass = "district" if is_own else classes[1 + number // 2 % 3]
        level = "district" if is_own else "city"
        if number in (21, 43):
            level, klass = "state", "key"
        amount = {"district": 20, "city": 80, "state": 600}[level] + number % 5 * 10
        code = f"演示{level[:1].upper()}{since.year}-{number + 101}"
        known = {"number": code, **firm.told}
        story.tell(
            "project",
            since,
            **known,
            subject=f"{firm.core.removeprefix('演示')}{topics[number % len(topics)]}",
            level=level,
            klass=klass,
            amount=Decimal(amount),
            since=since,
        )
        if (story.today - since).days > 2 * YEAR_DAYS:
            ended = story.back(number * 4)
            story.tell("project", ended, **known, until=ended)


def _listings(story: RegisterStory) -> None:
    """Each has gone some of the steps, from the reserve on."""
    steps = ("reserve", "reform", "tutoring", "filed", "listed")
    gone = (1, 1, 1, 2, 1, 3, 2, 4, 5, 1, 2, 5)
    markets = story.words["markets"]
    for number, firm in enumerate(story.pick(story.certified, len(gone))):
        for step in range(gone[number]):
            since = story.back(1_300 - number * 20 - step * 230)
            extra = {"market": markets[number % len(markets)]} if step == 0 else {}
            story.tell("listing", since, extra, **firm.told, level=steps[step], since=since)
        if number == 9:
            ended = story.back(75)
            story.tell("listing", ended, **firm.told, until=ended)


def _members(story: RegisterStory) -> None:
    firms = story.pick(story.settled, 118)
    for number, firm in enumerate(firms):
        klass = "member"
        if number < 18:
            klass = "head" if number < 3 else "council"
        since = story.this_year(number, 60) if number % 5 == 4 else story.between(1_500, 400)
        told = {**firm.told, "number": f"演示会员{number + 1:03d}"}
        story.tell("member", since, **told, klass=klass, since=since)
        if number % 37 == 36:
            left = story.back(45)
            story.tell("member", left, **firm.told, until=left)


def _cooperations(story: RegisterStory) -> None:
    universities, contents = story.words["universities"], story.words["contents"]
    classes = ("entrusted", "joint", "transfer", "alliance", "people")
    for number, firm in enumerate(story.pick(story.certified, 34)):
        since = story.this_year(number, 18) if number < 18 else story.between(1_000, 370)
        subject = universities[number % len(universities)]
        known = {**firm.told, "subject": subject, "since": since}
        story.tell(
            "cooperation",
            since,
            {"content": contents[number % len(contents)]},
            **known,
            klass=classes[number % len(classes)],
            number=f"演示合同{since.year}-{number + 1:02d}",
            amount=Decimal(30 + number % 7 * 15),
        )
        if (story.today - since).days > 2 * YEAR_DAYS:
            ended = story.back(100)
            story.tell("cooperation", ended, **known, until=ended)


def _chains(story: RegisterStory) -> None:
    names = story.words["chains"]
    for number, firm in enumerate(story.pick(story.certified, 9)):
        klass = "platform" if number % 3 == 2 else "leader"
        since = story.back(1_100 - number * 90)
        story.tell(
            "chain",
            since,
            {"chain": names[number % len(names)]},
            **firm.told,
            klass=klass,
            since=since,
            number=f"演示经信发〔{since.year}〕{number + 21}号",
        )


KINDS = (
    _platforms,
    _carriers,
    _tenants,
    _projects,
    _listings,
    register_events.add_investments,
    register_events.add_loans,
    register_events.add_subsidies,
    register_events.add_services,
    register_events.add_effects,
    _members,
    _cooperations,
    _chains,
    register_events.add_activities,
)
"""In an order that stays: all draw from one generator."""
