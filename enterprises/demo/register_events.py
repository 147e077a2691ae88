"""What the demo's registers tell of events: investments, loans, subsidies, services, meetings with firms."""

from __future__ import annotations

from decimal import Decimal

from enterprises.demo.registers import YEAR_DAYS, RegisterStory

AMOUNTS = {
    "rd": (6, 12.5, 18.6, 25, 33.4, 47),
    "platform": (10, 20, 50),
    "certified": (20, 20, 40),
    "registered": (1, 2),
}
"""Class of a subsidy → what is paid by it, in 万元."""


def add_investments(story: RegisterStory) -> None:
    ventures, places = story.words["ventures"], list(story.units)[:6]
    classes = ("brought", "brought", "raised", "incubated")
    recent = sorted(story.firms, key=lambda firm: firm.entered)[-60:]
    for number, firm in enumerate(story.pick(recent, 32)):
        since = story.this_year(number, 20) if number < 20 else story.between(2 * YEAR_DAYS, 370)
        # Every third firm of a project is not registered yet.
        signed = {} if number % 3 == 2 else firm.told
        unit = story.units[places[number % len(places)]] if number % 3 == 2 else firm.unit
        promised = number % 2 == 0
        story.tell(
            "investment",
            since,
            {"certified": number % 5 == 1, "promised": promised},
            **signed,
            subject=f"{firm.core}{ventures[number % len(ventures)]}项目",
            unit=unit,
            klass=classes[number % len(classes)],
            amount=Decimal(1_800 + number * number % 13 * 1_250),
            since=since,
        )


def add_loans(story: RegisterStory) -> None:
    banks = story.words["banks"]
    for number, firm in enumerate(story.pick(story.settled, 72)):
        since = story.this_year(number, 48) if number < 48 else story.between(720, 370)
        known = {"number": f"演示贷{since.year}-{number + 1:04d}", **firm.told}
        story.tell(
            "loan",
            since,
            **known,
            klass="pledge" if number % 4 == 3 else "credit",
            subject=banks[number % len(banks)],
            amount=Decimal(story.chance.choice((100, 150, 200, 200, 300, 300, 500))),
            since=since,
        )
        if (story.today - since).days > YEAR_DAYS:
            ended = story.back((story.today - since).days - YEAR_DAYS)
            story.tell("loan", ended, **known, until=ended)


def add_subsidies(story: RegisterStory) -> None:
    """Two were reclaimed in part, one in full: a firm left, a condition was not met."""
    policies = story.words["policies"]
    for number, firm in enumerate(story.pick(story.certified, 84)):
        since = story.this_year(number, 56) if number < 56 else story.between(720, 370)
        name, klass, review = policies[number % len(policies)]
        amount = Decimal(str(story.chance.choice(AMOUNTS[klass])))
        known = {"subject": f"演示{name}", "since": since, **firm.told}
        number_told = review.format(year=since.year)
        story.tell("subsidy", since, **known, number=number_told, klass=klass, amount=amount)
        if number % 28 == 27:
            back = story.back(20 + number // 28)
            share = amount if number > 60 else amount / 2
            story.tell("subsidy", back, **known, returned_on=back, returned=share)


def add_services(story: RegisterStory) -> None:
    for name, klass, place, shared, years in story.words["services"]:
        since = story.back(years * YEAR_DAYS + 30)
        extra = {"shared": shared} if shared else {}
        story.tell(
            "service",
            since,
            extra,
            subject=name,
            firm_name=name,
            klass=klass,
            unit=story.units[place],
            since=since,
        )


def add_effects(story: RegisterStory) -> None:
    """Of each agency, quarter by quarter; the last one is not answered yet by all."""
    agencies = [row for row in story.words["services"] if row[1] in ("consulting", "property")]
    for quarters_ago in range(5, 0, -1):
        since = story.back(quarters_ago * 91 - 60)
        for number, (name, *_) in enumerate(agencies):
            served = 24 + 7 * number + 3 * (5 - quarters_ago)
            answered = quarters_ago > 1 or number == 0
            story.tell(
                "effect",
                since,
                {"served": served, "satisfied": served - 1 - number},
                subject=name,
                since=since,
                number=f"演示答复〔{since.year}〕{quarters_ago}-{number + 1}号" if answered else "",
            )


def add_activities(story: RegisterStory) -> None:
    """Of every other one a question is on record, with the day by which it is answered."""
    questions = story.words["asked"]
    for quarters_ago in range(6, -1, -1):
        for number, row in enumerate(story.words["activities"]):
            name, klass, place, firms, people = row
            since = story.back(quarters_ago * 91 + 4 + number * 13)
            share = story.chance.uniform(0.7, 1.15)
            extra: dict[str, object] = {"firms": int(firms * share), "people": int(people * share)}
            if (number + quarters_ago) % 2 == 0:
                extra["asked"] = questions[(number + quarters_ago) % len(questions)]
                extra["answer_by"] = story.back(quarters_ago * 91 - 10 + number * 13).isoformat()
            story.tell(
                "activity",
                since,
                extra,
                subject=f"{name}（演示，{since:%Y年%m月}）",
                klass=klass,
                unit=story.units.get(place),
                since=since,
            )
