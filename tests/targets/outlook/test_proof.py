"""The forecast against invented districts: a few drawn by a seed each time, two hundred forecasts a day in the long proof.

`make forecast` runs the long one and prints its table; docs/forecast.md keeps it.
"""

import pytest

from tests.effort import THOROUGH, drawn
from tests.targets.outlook.proof import STARTS, prove, table

pytestmark = pytest.mark.django_db
JUNE, SEPTEMBER = STARTS
LONG = range(1001, 1045)


@pytest.mark.skipif(THOROUGH, reason="the long proof below tries more")
def test_a_few_invented_districts_are_counted_right_and_foretold_sensibly(plan):
    """Few forecasts prove no calibration; a wrong unit, year or sign they find."""
    scores = prove(drawn(2, range(1, 1001)), largest=250)
    for start in STARTS:
        for ahead in (0, 1):
            score = scores["model", start, ahead]
            assert len(score.forecasts) >= 6
            for number, actual, stock in score.forecasts:
                assert sum(number.masses) == pytest.approx(1, abs=1e-9)
                assert abs(number.mean - actual) < 10 + 0.6 * max(stock, actual), table(scores)
                assert number.mean < 3 * stock + 20


@pytest.mark.skipif(not THOROUGH, reason="a few minutes: make forecast")
def test_the_forecast_holds_what_docs_forecast_md_promises(plan):
    scores = prove(LONG)
    print("\n" + table(scores))
    for start in STARTS:
        model, line = scores["model", start, 0], scores["line", start, 0]
        assert len(model.forecasts) >= 200
        assert abs(model.inside - model.due) <= 0.06
        assert abs(model.bias) < 0.01 * model.stock
        assert model.crps < 0.6 * line.crps
    assert scores["model", SEPTEMBER, 0].crps < scores["model", JUNE, 0].crps
