"""A certificate number has one holder at a time, within one call of acts too."""

import pytest

from enterprises import registry
from enterprises.models import LedgerHead, Qualification
from enterprises.registry import Batch, undoing
from enterprises.registry.acts import CorrectNumber, Grant
from tests.enterprises.registered import FIRM, HISTORY, NUMBER, OTHER, day

pytestmark = pytest.mark.django_db
CORRECTED = "GR202351100011"
FIRST_CORRECTION = CorrectNumber(uscc=FIRM, kind="hnte", number=NUMBER, corrected=CORRECTED)


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def granted(uscc: str, number: str = NUMBER, on: str = "2023-11-01") -> Grant:
    return Grant(uscc=uscc, kind="hnte", number=number, valid_from=day(on))


def holders() -> dict[str, str]:
    held = Qualification.objects.filter(kind__code="hnte")
    return dict(held.values_list("number", "enterprise__uscc"))


def written_by(*acts) -> tuple[int, int]:
    before = LedgerHead.objects.get(pk=1).last_entry
    registry.apply(acts, by=None)
    return before + 1, LedgerHead.objects.get(pk=1).last_entry


def test_a_corrected_number_is_free_for_another_firm_at_once(history):
    registry.apply([FIRST_CORRECTION, granted(OTHER)], by=None)
    assert holders() == {CORRECTED: FIRM, NUMBER: OTHER}


def test_a_number_taken_back_is_free_for_another_firm_at_once(history):
    new, on = "GR202451100020", "2024-11-01"
    written = written_by(granted(FIRM, new, on))
    taken_back = undoing.plan_undoing([written]).acts
    registry.apply_all([Batch(taken_back), Batch([granted(OTHER, new, on)])], by=None)
    assert holders() == {NUMBER: FIRM, new: OTHER}


def test_an_undone_correction_does_not_take_the_number_from_its_new_holder(history):
    written = written_by(FIRST_CORRECTION)
    registry.apply([granted(OTHER)], by=None)
    with pytest.raises(registry.ActsRefused, match=f"编号{NUMBER}已登记在另一企业"):
        registry.apply(undoing.plan_undoing([written]).acts, by=None)
    assert holders() == {CORRECTED: FIRM, NUMBER: OTHER}


def test_the_number_of_another_firm_stays_refused(history):
    with pytest.raises(registry.ActsRefused, match=f"编号{NUMBER}已登记在另一企业"):
        registry.apply([granted(OTHER)], by=None)
