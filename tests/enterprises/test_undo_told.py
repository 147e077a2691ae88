"""What was taken back is told as such on the firm's timeline."""

import pytest

from enterprises.models import LedgerEntry
from enterprises.reporting import applying
from enterprises.timeline import Teller
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import firm, lines, xlsx

pytestmark = pytest.mark.django_db


def test_a_fact_that_is_gone_is_told_with_what_it_was(people, tmp_path):
    rows = lines(firm(1))
    rows[0] = ["填报单位：德感工业园发展中心　数据截至：2026-09-30"]
    content = xlsx(tmp_path / "名册.xlsx", rows).read_bytes()
    version = clerk.send(clerk.third_quarter(people["小石"]), Unit.objects.get(code="degan"), content, people["德感"])
    clerk.hand_in(version, people["德感"], {})
    clerk.approve(version, people["小石"])
    applying.undo(version, by=people["小石"], reason="误批")
    entry = LedgerEntry.objects.get(act="undone", fact="placement")
    [told] = Teller().tell([entry], contacts=True)
    altered = {one.label: (one.before, one.after) for one in told.altered}
    assert altered["园区平台"] == ("德感工业园发展中心", "（撤销）")
    assert told.title == "撤销入账"
