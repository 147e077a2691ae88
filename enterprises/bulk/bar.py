"""The bar under a list: what is chosen, what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from enterprises.bulk.desk import BulkDesk
from parks.models import User


@dataclass(frozen=True)
class BulkBar:
    """`total`: firms of the list as filtered; `query`: the filter; `back`: where to return to.

    `hidden`: values of the act that the list itself says, such as the kind.
    """

    desk: BulkDesk
    total: int
    query: str
    back: str
    today: str
    hidden: Mapping[str, str]

    @property
    def url(self) -> str:
        return reverse(self.desk.route)


def bar(
    desk: BulkDesk,
    user: User,
    *,
    total: int,
    query: str,
    back: str,
    hidden: Mapping[str, str] | None = None,
) -> BulkBar | None:
    """None for whoever may only read."""
    if not desk.may_write(user):
        return None
    today = timezone.localdate().isoformat()
    return BulkBar(desk, total, query, back, today, hidden or {})
