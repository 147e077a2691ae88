"""The applications list as a place of bulk changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

from enterprises.applications.many import ACTS
from enterprises.applications.page import ApplicationsPage
from enterprises.applications.question import ApplicationsForm
from enterprises.bulk.desk import BulkDesk, understood
from parks.models import User

REFUSAL = "只有科技局和园区、镇街的人员可以登记申报状态。"


def may_write(user: User) -> bool:
    """The bureau, and whoever reports for a park or town: each for the firms that are theirs."""
    return user.in_bureau or user.reporting_unit is not None


def filtered(query: str, user: User) -> Sequence[str]:
    form = understood(ApplicationsForm(QueryDict(query), user=user))
    return [course.firm.uscc for course in ApplicationsPage(form.question()).listed]


DESK = BulkDesk(
    code="applications",
    title="申报",
    home="applications",
    acts=ACTS,
    filtered=filtered,
    may_write=may_write,
    refusal=REFUSAL,
)
