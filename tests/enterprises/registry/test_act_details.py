"""What single acts write, to the last value: next steps, third names, corrected days, merged certificates."""

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry, Qualification
from enterprises.registry import acts
from enterprises.registry.acts.merge_conflicts import conflicts_of
from enterprises.registry.merges import merge_of
from tests.enterprises.registered import (
    FIRM,
    HISTORY,
    NUMBER,
    OTHER,
    application,
    day,
    entries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def held(number: str) -> Qualification:
    return Qualification.objects.get(number=number)


def test_a_next_step_is_told_today(people):
    registry.apply([application()], by=None)
    step = acts.NextStep(uscc=FIRM, kind="hnte", next_action="报送材料", next_on=day("2026-05-01"))
    [(act, on, _, after)] = entries_of(step)
    assert (act, on) == ("planned", timezone.localdate())
    assert (after["next_action"], after["next_on"]) == ("报送材料", "2026-05-01")


def test_of_three_names_the_last_change_is_the_one_that_counts():
    renamed = [
        acts.Rename(uscc=FIRM, name=f"甲{number}公司", on=day(on))
        for number, on in enumerate(("2025-01-01", "2025-06-01", "2026-01-01"))
    ]
    registry.apply(renamed, by=None)
    with pytest.raises(registry.ActsRefused, match="上次更名（2026-01-01）"):
        registry.apply([acts.Rename(uscc=FIRM, name="甲乙公司", on=day("2025-12-31"))], by=None)


@pytest.mark.parametrize(
    ("class_year", "expected"), [(None, 2022), (2021, 2021)], ids=["follows", "stays"]
)
def test_a_class_year_follows_the_day_of_issue_it_came_from(class_year, expected):
    told = {} if class_year is None else {"class_year": class_year}
    registry.apply(
        [acts.Grant(uscc=OTHER, kind="srdi", number="S1", valid_from=day("2023-03-01"), **told)],
        by=None,
    )
    corrected = acts.CorrectCertificate(
        uscc=OTHER, kind="srdi", number="S1", issued_on=day("2022-12-01")
    )
    registry.apply([corrected], by=None)
    assert (held("S1").valid_from, held("S1").class_year) == (day("2022-12-01"), expected)


def test_a_certificate_without_a_day_gets_day_and_year_together():
    registry.apply([acts.Grant(uscc=OTHER, kind="srdi", number="S2", class_year=2020)], by=None)
    corrected = acts.CorrectCertificate(
        uscc=OTHER, kind="srdi", number="S2", issued_on=day("2022-12-01")
    )
    registry.apply([corrected], by=None)
    assert (held("S2").valid_from, held("S2").class_year) == (day("2022-12-01"), 2022)


def test_a_stage_of_a_roster_knows_its_own_entry_and_no_other():
    told = acts.ReportedStage(
        uscc=FIRM, kind="hnte", year=2026, stage="preparing", on=day("2026-03-31"), note="材料"
    )
    registry.apply([told], by=None)
    entry = LedgerEntry.objects.latest("pk")
    values = {"uscc": FIRM, "kind": "hnte", "year": 2026, "stage": "preparing", "note": "材料"}
    assert acts.ReportedStage(on=day("2026-03-31"), **values).has_written(entry) is True
    for other in (
        {"on": day("2026-04-01")},
        {"on": day("2026-03-31"), "note": ""},
        {"on": day("2026-03-31"), "stage": "filed"},
    ):
        assert acts.ReportedStage(**values | other).has_written(entry) is False
    registry.apply([acts.RecordFigures(uscc=FIRM, year=2024, values={"staff": 3})], by=None)
    assert told.has_written(LedgerEntry.objects.latest("pk")) is False


def merge_facts() -> tuple:
    facts = registry.foreseen([acts.Amend(uscc=uscc) for uscc in (FIRM, OTHER)])
    return facts[FIRM], facts[OTHER]


def test_contradicting_certificates_are_told_with_number_days_and_withdrawal():
    issued = day("2023-11-01")
    registry.apply(
        [
            acts.Grant(uscc=OTHER, kind="hnte", number="GR202351100009", valid_from=issued),
            acts.Revoke(uscc=OTHER, kind="hnte", number="GR202351100009", on=day("2024-02-01")),
        ],
        by=None,
    )
    ours, theirs = merge_facts()
    (conflict,) = [one for one in conflicts_of(ours, theirs) if one.key.startswith("certificate-")]
    words = [told for _, told in conflict.choices]
    assert any(f"{NUMBER}，2023-11-01起至2026-11-01" in str(told) for told in words)
    assert any(
        "GR202351100009，2023-11-01起至2026-11-01，2024-02-01取消" in str(told) for told in words
    )
    assert not any("XX" in str(told) or "None" in str(told) for told in words)


def test_of_their_certificates_those_left_out_do_not_keep_back_the_others():
    """A membership without a number is left out, the same certificate is one, and the third goes over."""
    registry.apply(
        [
            acts.Grant(uscc=OTHER, kind="tech", valid_from=day("2021-01-01")),
            acts.Grant(uscc=OTHER, kind="srdi", number="S3", valid_from=day("2022-05-01")),
        ],
        by=None,
    )
    ours, theirs = merge_facts()
    keep = {one.key: "here" for one in conflicts_of(ours, theirs)}
    assert any(key.startswith("certificate-") for key in keep)
    registry.apply([acts.Merge(uscc=FIRM, other=OTHER, keep=keep, confirmed=True)], by=None)
    firm = Enterprise.objects.get(uscc=FIRM)
    told = sorted(firm.qualifications.values_list("kind__code", "valid_from"))
    assert told == [
        ("hnte", day("2023-11-01")), ("srdi", day("2022-05-01")), ("tech", day("2020-01-01")),
    ]  # fmt: skip
    assert not Qualification.objects.filter(enterprise__uscc=OTHER).exists()


def test_a_certificate_number_that_comes_again_after_a_merge_is_the_others():
    """Taken apart again: both have what they had, and the number is free for nobody else."""
    issued = day("2024-01-01")
    registry.apply([acts.Grant(uscc=OTHER, kind="srdi", number="S4", valid_from=issued)], by=None)
    ours, theirs = merge_facts()
    keep = {one.key: "here" for one in conflicts_of(ours, theirs)}
    registry.apply([acts.Merge(uscc=FIRM, other=OTHER, keep=keep, confirmed=True)], by=None)
    assert held("S4").enterprise.uscc == FIRM
    merged = LedgerEntry.objects.filter(act="merged").latest("pk")
    registry.apply([merge_of(merged).act], by=None)
    assert (held("S4").enterprise.uscc, held("S4").valid_from) == (OTHER, issued)
    taken = acts.Grant(uscc=FIRM, kind="srdi", number="S4", valid_from=issued)
    with pytest.raises(registry.ActsRefused, match=OTHER):
        registry.apply([taken], by=None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("2015-01-01", "2015-01-05"), ("2015-02-01", "2015-02-01")],
    ids=["the month that is known", "another month"],
)
def test_a_month_says_nothing_new_of_a_day_in_it(told, expected):
    act = acts.Amend(uscc=FIRM, registered_on=day(told), month_only=True)
    registry.apply([act], by=None)
    assert str(Enterprise.objects.get(uscc=FIRM).registered_on) == expected
