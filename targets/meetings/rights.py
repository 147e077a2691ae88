"""Who may do what about a decision: its lead reports and asks, the office settles."""

from __future__ import annotations

from enterprises.reporting.rights import reports_for
from parks.models import User
from targets.models import Decision, DecisionState, DecisionStep

Kind = DecisionStep.Kind
OF_LEAD = (Kind.PROGRESS, Kind.ASKED)
OF_OFFICE = (Kind.CLOSED, Kind.SENT_BACK, Kind.REASSIGNED, Kind.DUE_MOVED)
FORBIDDEN = "牵头单位的人员报进度、申请办结，配合单位的可以报进度，其余由科技局办理。"


def may_take(user: User, decision: Decision, kind: str) -> bool:
    if kind in OF_OFFICE:
        return user.in_bureau
    if kind not in OF_LEAD:
        return False
    if reports_for(user, decision.last.lead):
        return True
    supports = any(reports_for(user, unit) for unit in decision.supporting.all())
    return kind == Kind.PROGRESS and supports


def steps_open_to(user: User, decision: Decision) -> list[str]:
    """The steps that the person may take as the decision stands."""
    fitting = {
        DecisionState.OPEN: (*OF_LEAD, Kind.REASSIGNED, Kind.DUE_MOVED),
        DecisionState.ASKED: OF_OFFICE,
        DecisionState.CLOSED: (),
    }
    state = DecisionState(decision.last.state)
    return [str(kind) for kind in fitting[state] if may_take(user, decision, kind)]


def may_take_any(user: User, decision: Decision) -> bool:
    return any(may_take(user, decision, kind) for kind in (*OF_LEAD, *OF_OFFICE))
