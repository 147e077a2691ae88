"""Any two lives as two records of one firm: merged by any choices, held against the facts, and taken apart again."""

import datetime as dt

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry, PoolEntry
from enterprises.registry import acts, merges
from enterprises.registry.acts.merge_conflicts import conflicts_of
from parks.models import User
from targets.figures import span_check, spans
from tests.effort import examples
from tests.firms import code
from tests.histories import acts_of, lives
from tests.targets.by_hand.test_merging import FACTS, everything
from tests.targets.figures.test_counting import on_the_database, rolled_back

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2022, 1, 1), dt.date(2025, 12, 31)
DAYS = st.lists(st.dates(FIRST, LAST), max_size=3, unique=True).map(sorted)
ROWS: list[dict] = [
    {"revenue": 1},
    {"revenue": 2, "staff": 5},
    {"staff": 5},
    {"rd_staff": 6},
    {"staff": 6, "rd_staff": 6},
]
FIGURES = st.dictionaries(st.sampled_from([2023, 2024]), st.sampled_from(ROWS))


def beside(uscc: str, pool: list[dt.date], figures: dict[int, dict]) -> list[acts.Act]:
    """What a life does not tell: the reserve pool, and figures."""
    stages = ("seed", "cultivation", "application")
    told: list[acts.Act] = [
        acts.EnterPool(uscc=uscc, stage=stage, on=day)
        for day, stage in zip(pool, stages, strict=False)
    ]
    for year, values in figures.items():
        told.append(acts.RecordFigures(uscc=uscc, year=year, values=values))
    return told


@pytest.mark.proof
@pytest.mark.long
@settings(on_the_database, max_examples=examples(36), phases=(Phase.reuse, Phase.generate))
@given(
    st.tuples(lives(FIRST, LAST, applying=True), lives(FIRST, LAST, applying=True)),
    st.tuples(DAYS, DAYS),
    st.tuples(FIGURES, FIGURES),
    st.data(),
)
def test_two_records_become_one_and_two_again(people, pair, pools, figures, data):
    clerk: User = people["小石"]
    here, other = code(8_200_001), code(8_200_002)
    with rolled_back():
        for uscc, life, pool, told in zip((here, other), pair, pools, figures, strict=True):
            registry.apply([*acts_of(life, uscc), *beside(uscc, pool, told)], by=None)
        before = everything()
        facts = registry.foreseen([acts.Amend(uscc=uscc) for uscc in (here, other)])
        keep = {
            one.key: data.draw(st.sampled_from([choice for choice, _ in one.choices]), one.key)
            for one in conflicts_of(facts[here], facts[other])
        }
        act = acts.Merge(uscc=here, other=other, keep=keep, confirmed=True)
        # Each conflict must be chosen.
        for left_out in keep:
            rest = {key: kept for key, kept in keep.items() if key != left_out}
            refused = acts.Merge(uscc=here, other=other, keep=rest, confirmed=True)
            assert registry.preview([refused], by=clerk).errors
        registry.apply([act], by=clerk, reason="同一家企业")
        gone = Enterprise.objects.get(uscc=other)
        assert (gone.is_void, gone.merged_into.uscc) == (True, here)
        assert not any(model.objects.filter(enterprise=gone).exists() for model in FACTS)
        assert PoolEntry.objects.filter(until=None).count() <= 1
        spans.refresh()
        assert span_check.hold_against_facts() == (2, [])
        # As lists meet it later: whatever is told once more of the firm is taken or refused, no more.
        registry.preview(acts_of(pair[0], here), by=None)
        entry = LedgerEntry.objects.filter(enterprise__uscc=here, act="merged").latest("pk")
        merge = merges.merge_of(entry)
        assert merge.blockers() == []
        registry.apply([merge.act], by=clerk, reason="登记错了")
        assert everything() == before
        spans.refresh()
        assert span_check.hold_against_facts() == (2, [])
