"""What was taken back is told as such on the firm's timeline."""

import pytest

from enterprises.firms.timeline import Teller
from enterprises.models import LedgerEntry
from enterprises.reporting import applying
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import firm, roster

pytestmark = pytest.mark.django_db


def test_a_fact_that_is_gone_is_told_with_what_it_was(people, quarter):
    version = clerk.send(quarter, Unit.objects.get(code="degan"), roster(firm(1)), people["德感"])
    clerk.hand_in(version, people["德感"], {})
    clerk.approve(version, people["小石"])
    applying.undo_roster(version, by=people["小石"], reason="误批")
    entry = LedgerEntry.objects.get(act="undone", fact="placement")
    [told] = Teller().tell([entry], contacts=True)
    altered = {one.label: (one.before, one.after) for one in told.altered}
    assert altered["园区平台"] == ("德感工业园发展中心", "（撤销）")
    assert told.title == "撤销入账"
