"""Which firms another set of rules would put elsewhere on the lists of candidates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from enterprises.eligibility.rule_sets import DatedRules, RuleBook
from enterprises.mining.lists import CandidateList, MinedNow, candidate_lists
from enterprises.mining.population import here_on
from enterprises.mining.sifting import Outcome
from parks.models import User

NOT_LISTED = "不在名单"


def changes_on_lists(
    before: RuleBook, added: DatedRules, *, today: dt.date, user: User
) -> Iterator[str]:
    """A sentence for each list of the kind; for an application today, or on the set's first day."""
    after = before.with_set(added)
    on = max(today, added.since)
    if after.set_on(added.kind, on) is not added:
        # It has been superseded: it judges days gone by alone.
        on = added.since
    for wanted in candidate_lists().values():
        if wanted.kind == added.kind:
            yield _changes(wanted, before, after, on, today, user)


def _changes(
    wanted: CandidateList,
    before: RuleBook,
    after: RuleBook,
    on: dt.date,
    today: dt.date,
    user: User,
) -> str:
    firms = wanted.firms(here_on(today, user), today)
    old, new = (
        {sifted.firm: sifted.outcome for sifted in MinedNow(wanted, firms, on, book).listed()}
        for book in (before, after)
    )
    moves = Counter(
        (old.get(firm), new.get(firm)) for firm in {*old, *new} if old.get(firm) != new.get(firm)
    )
    told = f"名单“{wanted.label}”按{on}申报推算："
    if not moves:
        return f"{told}没有企业的结果改变。"
    parts = [
        f"{_label(was)}→{_label(will)} {firms}家" for (was, will), firms in moves.most_common()
    ]
    return f"{told}{moves.total()}家企业的结果改变：{'，'.join(parts)}。"


def _label(outcome: Outcome | None) -> str:
    return NOT_LISTED if outcome is None else str(outcome.label)
