"""The same as the properties, by hand: single numbers that anybody can add up. No database."""

import pytest

from enterprises.models import Application
from targets.outlook.model.cells import Cell, Lot
from targets.outlook.model.distribution import of_masses
from targets.outlook.model.forecast import CellRate


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        # 2 or 3, as likely: what lies beyond is that far from the nearer one, and half of it more.
        (0, 2.25),
        (1, 1.25),
        (2, 0.25),
        (3, 0.25),
        (4, 1.25),
        (6, 3.25),
    ],
)
def test_the_mean_error_of_two_numbers(actual, expected):
    found = of_masses(2, [0.5, 0.5], 0.0, 1)
    assert found.miss(actual) == pytest.approx(expected)


@pytest.mark.parametrize(("actual", "expected"), [(0, 5), (4, 1), (5, 0), (6, 1), (9, 4)])
def test_the_mean_error_of_one_sure_number_is_its_distance(actual, expected):
    assert of_masses(5, [1.0], 0.0, 1).miss(actual) == pytest.approx(expected)


def test_a_rate_moves_when_two_shocks_differ():
    assert not CellRate(hits=1, misses=1, shares=(0.5, 0.5, 0.5)).moves
    assert CellRate(hits=1, misses=1, shares=(0.5, 0.5, 0.6)).moves
    assert CellRate(hits=1, misses=1, shares=(0.4, 0.5, 0.6)).moves


def test_a_cell_is_named_by_certificate_and_stage():
    stage = Application.Stage.FILED
    plain, staged = Cell(Lot.AGAIN).name, Cell(Lot.AGAIN, stage=stage).name
    assert plain == str(Lot.AGAIN.label)
    assert staged.startswith(f"{plain}，")
    assert len(staged) > len(plain) + 1
