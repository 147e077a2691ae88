"""Rosters that units have handed in, made on the spot and brought there the way units do."""

import datetime as dt
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises import registry
from enterprises.models import (
    Enterprise,
    Quarter,
    RosterFirm,
    RosterVersion,
    Settled,
    SourceFile,
)
from enterprises.registry import acts
from enterprises.reporting import answers
from enterprises.reporting.answers import Answer
from parks.models import Unit, User
from tests import clerk
from tests.enterprises.workbooks import code, firm, roster

PLACES = {
    "degan": {"park": "德感工业园发展中心", "town": "德感街道"},
    "baisha": {"park": "白沙工业园发展中心", "town": "白沙镇"},
}
LEFT_ON, MOVED_ON, RENAMED_ON = dt.date(2026, 8, 2), dt.date(2026, 8, 20), dt.date(2026, 7, 7)
PAGE = "/rosters/2026Q3/degan/"


def registered(number: int = 1, *, park: str = "degan", town: str = "500116002") -> Enterprise:
    uscc = code(number)
    name = f"重庆测试{number}号机械有限公司"
    done: list[acts.Act] = [
        acts.Register(uscc=uscc, name=name, registered_on=dt.date(2015, 3, 2)),
        acts.Place(uscc=uscc, park=park, town=town, since=dt.date(2020, 5, 6)),
    ]
    registry.apply(done, by=None)
    return Enterprise.objects.get(uscc=uscc)


def listed(
    number: int = 1, *, park: str = "degan", town: str = "500116002", **details: object
) -> Enterprise:
    """A firm that has stood in a park for long, as the list of June told it, with figures of 2025."""
    uscc = code(number)
    done: list[acts.Act] = [
        acts.Register(
            uscc=uscc, name=f"重庆测试{number}号机械有限公司", registered_on=dt.date(2015, 3, 2)
        ),
        acts.Place(uscc=uscc, park=park, town=town, since=dt.date(2020, 5, 6)),
        acts.Grant(uscc=uscc, kind="tech", valid_from=dt.date(2020, 5, 6)),
    ]
    if details:
        done.append(acts.RecordFigures(uscc=uscc, year=2025, values=details))
    listing = acts.Listing("六月名册", dt.date(2026, 6, 30))
    source, _ = SourceFile.objects.get_or_create(
        sha256="0" * 64,
        defaults={"kind": "roster", "name": listing.name, "size": 1, "as_of": listing.as_of},
    )
    registry.apply([replace(act, listing=listing) for act in done], by=None, source=source)
    return Enterprise.objects.get(uscc=uscc)


def reporter(unit: str) -> User:
    found = User.objects.filter(unit__code=unit).first()
    return found or User.objects.create_user(
        f"填报{unit}", role="unit_staff", unit=Unit.objects.get(code=unit)
    )


def checked(quarter: Quarter, unit: str, *numbers: int, **details: object) -> RosterVersion:
    """A roster of the unit that lists these firms, uploaded and checked."""
    reporting = Unit.objects.get(code=unit)
    place = PLACES.get(unit) or {"park": None, "town": reporting.name}
    firms = [firm(number, **{**place, **details}) for number in numbers]
    content = roster(*firms, unit=reporting.name)
    return clerk.send(quarter, reporting, content, reporter(unit))


def handed_in(
    quarter: Quarter,
    unit: str,
    *numbers: int,
    said: dict[str, Answer] | None = None,
    **details: object,
) -> RosterVersion:
    """As `checked`, then handed in with these words about firms."""
    version = checked(quarter, unit, *numbers, **details)
    answers.store_answers(version, said or {})
    clerk.submit(version, reporter(unit))
    version.refresh_from_db()
    return version


def moved(number: int, day: str, to: str) -> dict[str, Answer]:
    """The old unit says that the firm has gone there."""
    there = Unit.objects.get(code=to)
    return {code(number): Answer(word="moved", day=dt.date.fromisoformat(day), to_unit=there)}


def arrived(number: int, day: str) -> dict[str, Answer]:
    return {code(number): Answer(day=dt.date.fromisoformat(day))}


def answer_all(version: RosterVersion, said: dict[str, Answer]) -> None:
    """Give these answers, and the usual one to whatever else is asked."""
    # Twice: once it is said that a row is another firm, the one of its name is asked about.
    for _ in range(2):
        _answer_what_is_asked(version, said)
    version.refresh_from_db()
    clerk.give_reasons(version)


def _answer_what_is_asked(version: RosterVersion, said: dict[str, Answer]) -> None:
    given = {}
    for one in answers.firms_without_answer(version):
        if one.kind == "missing" and one.uscc in said:
            given[one.uscc] = said[one.uscc]
            continue
        usual = {"day": LEFT_ON, "word": "left"} if one.kind == "missing" else {"day": MOVED_ON}
        given[one.uscc] = Answer(
            renamed_on=RENAMED_ON if one.registered_name else None,
            settlements=settle_all(one),
            **usual,
        )
    answers.store_answers(version, given)


def settle_all(one: RosterFirm) -> dict[str, Settled]:
    """Some answer to each contradiction, another one for another firm."""
    settled = {}
    for point in one.contradicted:
        choice = point.offered[int(one.uscc[-3], 36) % len(point.offered)]
        settled[point.kind] = Settled(choice, LEFT_ON, "按名册说明")
    return settled


# --- by the pages ---------------------------------------------------------------------------------------------------
def upload(client, content: bytes, *, name: str = "名册.xlsx", page: str = PAGE, **sent: str):
    return client.post(page, {"roster": SimpleUploadedFile(name, content), **sent})


def sent_in(client, content: bytes, **sent: str) -> RosterVersion:
    """Uploaded through the page, and checked."""
    answer = upload(client, content, **sent)
    version = RosterVersion.objects.latest("pk")
    assert answer.headers.get("Location") == reverse("roster_version", args=[version.pk]), (
        answer.content.decode()
    )
    return clerk.checked(version)


def to(client, version: RosterVersion, name: str, follow: bool = True, **sent: str):
    return client.post(reverse(f"roster_{name}", args=[version.pk]), sent, follow=follow)


def shown(client, version: RosterVersion, **query: str) -> str:
    return client.get(reverse("roster_version", args=[version.pk]), query).content.decode()


def state(version: RosterVersion) -> str:
    return RosterVersion.objects.get(pk=version.pk).state


def said(
    number: int, word: str = "", day: str = "", to_unit: str = "", note: str = ""
) -> dict[str, str]:
    """What the form sends about one firm that is not listed."""
    values = {"word": word, "day": day, "to_unit": to_unit, "note": note}
    return {f"{code(number)}-{name}": value for name, value in values.items()}
