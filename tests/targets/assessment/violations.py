"""Rows about assessment that the database must refuse, by the constraint that refuses them."""

import itertools
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from parks.models import User
from targets.models import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentEvent,
    AssessmentFile,
    AssessmentItem,
    AssessmentObjection,
    AssessmentScheme,
    AssessmentScore,
)

_years = itertools.count(2050)


def scheme(**values: object) -> AssessmentScheme:
    told = {"year": next(_years), "kind": "park", "title": "甲", "basis": "乙"}
    return AssessmentScheme.objects.create(**told | values)


def item(of: AssessmentScheme | None = None, **values: object) -> AssessmentItem:
    told = {"scheme": of or scheme(), "order": 1, "title": "甲", "weight": 5, "cap": 5}
    return AssessmentItem.objects.create(**told | values)


def entry(w: SimpleNamespace, of: AssessmentItem | None = None, **values: object):
    told = {"item": of or item(), "unit": w.park, "number": 1, "points": 1, "reason": "甲"}
    return AssessmentEntry.objects.create(**told | {"by": w.official} | values)


def objection(w: SimpleNamespace, **values: object) -> AssessmentObjection:
    told = {"scheme": scheme(), "unit": w.park, "words": "甲", "by": w.official}
    return AssessmentObjection.objects.create(**told | values)


def answer(w: SimpleNamespace, **values: object) -> AssessmentAnswer:
    told = {"objection": objection(w), "outcome": "upheld", "words": "甲", "by": w.official}
    return AssessmentAnswer.objects.create(**told | values)


def file(w: SimpleNamespace, **values: object) -> AssessmentFile:
    told = {"entry": entry(w), "name": "a.pdf", "sha256": "0" * 64, "size": 1}
    return AssessmentFile.objects.create(**told | values)


def event(w: SimpleNamespace, **values: object) -> AssessmentEvent:
    told = {"number": 1, "kind": "proposed", "by": w.official}
    return AssessmentEvent.objects.create(**{"scheme": scheme()} | told | values)


def score(w: SimpleNamespace, of: AssessmentScheme, **values: object) -> AssessmentScore:
    return AssessmentScore.objects.create(**{"scheme": of, "unit": w.park, "points": 1} | values)


def kept_score(w: SimpleNamespace) -> AssessmentScore:
    return score(w, scheme())


def in_force(w: SimpleNamespace, state: str, **values: object) -> AssessmentScheme:
    other = User.objects.create_user(f"另{next(_years)}", role="bureau_staff")
    now = timezone.now()
    told = {"proposed_by": w.official, "proposed_at": now, "decreed_by": other, "decreed_at": now}
    return scheme(state=state, document="甲", **told | values)


def frozen(w: SimpleNamespace) -> AssessmentScheme:
    return in_force(w, "frozen", frozen_by=w.official, frozen_at=timezone.now())


def item_of_decreed(w: SimpleNamespace) -> AssessmentItem:
    made = item()
    other = in_force(w, "decreed")
    persons = {"proposed_by": other.proposed_by, "decreed_by": other.decreed_by}
    days = {"proposed_at": other.proposed_at, "decreed_at": other.decreed_at}
    AssessmentScheme.objects.filter(pk=made.scheme_id).update(
        state="decreed", document="甲", **persons, **days
    )
    return made


def decreed_by_the_same(w: SimpleNamespace) -> AssessmentScheme:
    persons = {"proposed_by": w.official, "decreed_by": w.official}
    days = {"proposed_at": timezone.now(), "decreed_at": timezone.now()}
    return scheme(state="decreed", document="甲", **persons, **days)


def frozen_by_the_same(w: SimpleNamespace) -> AssessmentScheme:
    asked = {"freeze_asked_by": w.official, "freeze_asked_at": timezone.now()}
    return in_force(w, "frozen", frozen_by=w.official, frozen_at=timezone.now(), **asked)


def two_schemes(w: SimpleNamespace) -> None:
    one = scheme()
    scheme(year=one.year)


def two_items(w: SimpleNamespace) -> None:
    of = scheme()
    item(of)
    item(of)


def two_entries(w: SimpleNamespace) -> None:
    of = item()
    entry(w, of)
    entry(w, of)


def two_events(w: SimpleNamespace) -> None:
    of = scheme()
    event(w, scheme=of)
    event(w, scheme=of)


def two_scores(w: SimpleNamespace) -> None:
    of = item()
    score(w, of.scheme, item=of)
    score(w, of.scheme, item=of)


def two_totals(w: SimpleNamespace) -> None:
    of = scheme()
    score(w, of)
    score(w, of)


OF_ASSESSMENT = {
    "assessment_once": two_schemes,
    "assessment_of_parks_or_towns": lambda w: scheme(kind="department"),
    "assessment_total_positive": lambda w: scheme(total=0),
    "assessment_says_its_basis": lambda w: scheme(basis=""),
    "assessment_state_whole": lambda w: scheme(state="decreed"),
    "assessment_two_persons": decreed_by_the_same,
    "assessment_frozen_by_two": frozen_by_the_same,
    "assessment_freeze_asked_whole": lambda w: scheme(freeze_asked_at=timezone.now()),
    "assessment_item_once": two_items,
    "assessment_item_has_title": lambda w: item(title=""),
    "assessment_item_cap_from_weight": lambda w: item(cap=Decimal("4.99")),
    "assessment_item_floor_below_full": lambda w: item(floor=100),
    "assessment_item_asks_whole": lambda w: item(source="goal"),
    "assessment_item_no_case_known": lambda w: item(no_case="zero"),
    "assessment_event_once": two_events,
    "assessment_event_reopened_with_reason": lambda w: event(w, kind="reopened"),
    "assessment_entry_once": two_entries,
    "assessment_entry_not_negative": lambda w: entry(w, points=-1),
    "assessment_entry_has_reason": lambda w: entry(w, reason=""),
    "assessment_objection_says_something": lambda w: objection(w, words=""),
    "assessment_answer_says_something": lambda w: answer(w, words=""),
    "assessment_file_of_one": lambda w: file(w, objection=objection(w)),
    "assessment_file_sha256_shape": lambda w: file(w, sha256="A" * 64),
    "assessment_score_once": two_scores,
    "assessment_total_once": two_totals,
    "assessment_score_not_negative": lambda w: score(w, scheme(), points=-1),
}

KEPT_OF_ASSESSMENT = [
    (entry, {"points": 2}, "assessment_is_kept"),
    (objection, {"words": "改"}, "assessment_is_kept"),
    (answer, {"outcome": "refused"}, "assessment_is_kept"),
    (file, {"name": "b.pdf"}, "assessment_is_kept"),
    (event, {"text": "改"}, "assessment_is_kept"),
    (kept_score, {"points": 2}, "assessment_is_kept"),
    (frozen, {"title": "改"}, "assessment_is_frozen"),
    (item_of_decreed, {"weight": 1}, "assessment_items_stand"),
]
"""What writes a row, a change of it, and the guard that refuses that."""
