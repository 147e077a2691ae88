"""Rows about owners and the contact book that the database must refuse, by the constraint that refuses them."""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from enterprises.models import FirmOwner, FollowUpRule, Talk, TalkKind, UnitContact

DAY = dt.date(2026, 1, 1)


def owner(w: SimpleNamespace, **values: object) -> FirmOwner:
    told = {"enterprise": w.firm, "level": "unit", "account": "小石", "since": DAY}
    return FirmOwner.objects.create(**told | values)


def talk(w: SimpleNamespace, **values: object) -> Talk:
    told = {"enterprise": w.firm, "on": DAY, "kind": TalkKind.objects.first(), "said": "谈"}
    return Talk.objects.create(**told | {"by": w.official} | values)


def question(w: SimpleNamespace, **values: object) -> Talk:
    return talk(w, **{"asked": "问", "answerer": w.official, "answer_by": DAY} | values)


def rule(**values: object) -> FollowUpRule:
    told = {"since": DAY, "quiet_days": 90, "ending_days": 365, "source": "试"}
    return FollowUpRule.objects.create(**told | values)


def now(w: SimpleNamespace) -> dict[str, object]:
    return {"answered_by": w.official, "answered_at": timezone.now()}


OF_FOLLOW_UP = {
    "owner_level_known": lambda w: owner(w, level="town"),
    "owner_has_account": lambda w: owner(w, account=""),
    "owner_dates_in_order": lambda w: owner(w, until=DAY),
    "owner_one_open": lambda w: (owner(w), owner(w, since=dt.date(2026, 2, 1))),
    "owner_once_per_day": lambda w: (owner(w, until=dt.date(2026, 2, 1)), owner(w)),
    "talk_says_something": lambda w: talk(w, said=""),
    "talk_question_has_answerer": lambda w: question(w, answer_by=None),
    "talk_answer_is_whole": lambda w: talk(w, answer="答", **now(w)),
    "talk_withdrawal_is_whole": lambda w: talk(w, withdrawn_for="错"),
    "followup_rule_once_per_day": lambda w: (rule(), rule()),
    "followup_rule_days_positive": lambda w: rule(quiet_days=0),
    "followup_rule_has_source": lambda w: rule(source=""),
    "unit_contact_is_whole": lambda w: UnitContact.objects.create(unit=w.park, name="李静"),
}
