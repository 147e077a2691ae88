"""Rows about the joint meeting that the database must refuse, by the constraint that refuses them."""

import datetime as dt
import itertools
from types import SimpleNamespace

from targets.models import ChasingRung, Decision, DecisionReminder, DecisionStep, Meeting, StepFile

DAY = dt.date(2026, 1, 1)
_numbers = itertools.count(1)


def meeting(w: SimpleNamespace, **values: object) -> Meeting:
    told = {"number": next(_numbers), "day": DAY, "made_by": w.official}
    return Meeting.objects.create(**told | values)


def item(one: Meeting, **values: object):
    return one.items.create(**{"order": 1, "title": "甲"} | values)


def decision(w: SimpleNamespace, **values: object) -> Decision:
    told = {"number": 1, "words": "甲"}
    return Decision.objects.create(**{"meeting": meeting(w)} | told | values)


def step(w: SimpleNamespace, of: Decision | None = None, **values: object) -> DecisionStep:
    told = {"number": 1, "kind": "progress", "text": "甲", "state": "open", "due": DAY}
    known = {"decision": of or decision(w), "lead": w.park, "by": w.official}
    return DecisionStep.objects.create(**known | told | values)


def rung(**values: object) -> ChasingRung:
    return ChasingRung.objects.create(**{"days": 3, "since": DAY, "source": "惯例"} | values)


def two_decisions(w: SimpleNamespace) -> None:
    one = meeting(w)
    decision(w, meeting=one)
    decision(w, meeting=one)


def two_steps(w: SimpleNamespace) -> None:
    of = decision(w)
    step(w, of)
    step(w, of)


def two_reminders(w: SimpleNamespace) -> None:
    of = decision(w)
    for _ in range(2):
        DecisionReminder.objects.create(decision=of, due=DAY, rung=7)


def two_items(w: SimpleNamespace) -> None:
    one = meeting(w)
    item(one, key="renewals")
    item(one, key="renewals")


OF_MEETINGS = {
    "meeting_state_known": lambda w: meeting(w, state="lost"),
    "meeting_number_from_1": lambda w: meeting(w, number=0),
    "agenda_item_proposed_once": two_items,
    "agenda_item_has_title": lambda w: item(meeting(w), title=""),
    "decision_number_once": two_decisions,
    "decision_says_something": lambda w: decision(w, words=""),
    "decision_measure_whole": lambda w: decision(w, quantity="stock"),
    "decision_step_once": two_steps,
    "decision_step_state_known": lambda w: step(w, state="lost"),
    "decision_step_says_something": lambda w: step(w, text=""),
    "step_file_sha256_shape": lambda w: StepFile.objects.create(
        step=step(w), name="a.pdf", sha256="A" * 64, size=1
    ),
    "chasing_rung_once": lambda w: (rung(), rung()),
    "chasing_rung_repeats_after": lambda w: rung(days=-3, repeats=True),
    "chasing_rung_has_source": lambda w: rung(source=""),
    "chasing_rung_dates_in_order": lambda w: rung(until=DAY - dt.timedelta(days=1)),
    "decision_reminder_once": two_reminders,
}
