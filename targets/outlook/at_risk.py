"""Firms that lapse soon or have lapsed and may still renew: whom to call, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from enterprises.models import Enterprise
from enterprises.models.validity import DAY
from parks.models import User
from targets.outlook.form import OutlookQuestion
from targets.outlook.model import cohorts
from targets.outlook.model.scenario import Scenario
from targets.renewals import rules as renewal_rules
from targets.renewals.page import lines_of
from targets.renewals.rules import URGENCY, RenewalRow, RenewalStanding


@dataclass(frozen=True)
class AtRisk:
    """A firm whose certificate ends within DAYS_SOON days, or ended and may still be renewed.

    `contact` is None where the viewer may not see it. `stage` of the reserve pool; "" outside it.
    `share`: the probability to count at the year's end; None without a forecast.
    """

    row: RenewalRow
    contact: str | None
    stage: str
    share: float | None

    @property
    def firm(self) -> Enterprise:
        """Read with the certificate, not once more for each span."""
        return self.row.certificate.enterprise

    @property
    def renewal(self) -> RenewalStanding:
        return self.row.standing


def list_firms(now: Scenario, question: OutlookQuestion, user: User) -> list[AtRisk]:
    """Those of the scope that a viewer may see, the most urgent first.

    From the spans as they are stored; the number of queries does not depend on the firms.
    """
    rows = renewal_rules.rows(
        question.kind,
        renewal_rules.usual_since(question.on),
        question.on + (cohorts.DAYS_SOON + 1) * DAY,
        on=question.on,
        scope=question.scope,
        user=user,
        stored=True,
    )
    still_open = [row for row in rows if row.is_open]
    still_open.sort(key=lambda row: (URGENCY[row.standing.state], row.last_day))
    firms = [row.span.enterprise_id for row in still_open]
    stages = cohorts.pool_stages(firms, question.on)
    shares: dict[int, float] = {}
    if not now.lacking:
        expected = now.on(now.year_end)
        shares = {placing.firm: expected.share(placing) for placing in expected.placings}
    found = []
    for line in lines_of(still_open, user):
        firm = line.row.certificate.enterprise_id
        found.append(AtRisk(line.row, line.contact, stages.get(firm, ""), shares.get(firm)))
    return found
