"""What is asked of the firm list: filters, order, page size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from enterprises.firms.records import FIRM_SORTS
from enterprises.models import Enterprise
from parks.api.pagination import Order, UnknownSort
from parks.filters import problems
from parks.models import User
from targets.firm_list.figure import LeftOut
from targets.firm_list.filters import FirmFilter

PAGE_SIZES = (20, 50, 100)
BESIDE = ("page", "page_size", "sort")
DEFAULT_SORT = "uscc"
DEFAULTS = {"sort": DEFAULT_SORT, "page_size": str(PAGE_SIZES[0])}


@dataclass(frozen=True)
class Asking:
    """All that the filters read of a request."""

    user: User


class FirmListQuestion:
    """What the query string asks for: the filters, the order and the page size.

    `wrong` lists what cannot be understood.
    """

    def __init__(self, query: QueryDict, user: User) -> None:
        self.query, self.user = query, user
        self.filters = FirmFilter(
            query,
            Enterprise.objects.registered().visible_to(user),
            request=Asking(user),
            beside=BESIDE,
        )
        self.wrong = [] if self.filters.is_valid() else problems(self.filters.form)
        self.sort = query.get("sort") or DEFAULT_SORT
        try:
            self.order = Order.parse_sort(self.sort, FIRM_SORTS)
        except UnknownSort as error:
            self.wrong.append(str(error))
        size = query.get("page_size") or str(PAGE_SIZES[0])
        if size not in map(str, PAGE_SIZES):
            self.wrong.append(f"每页条数只能是{'、'.join(map(str, PAGE_SIZES))}。")
        self.page_size = int(size) if not self.wrong else PAGE_SIZES[0]

    def firms(self) -> Any:
        """The firms in order; none when anything is wrong."""
        if self.wrong:
            return self.filters.queryset.none()
        return self.order.sort_rows(self.filters.qs)

    def left_out(self) -> list[LeftOut]:
        """Whom the list leaves out, each with the address that lists them."""
        found = [] if self.wrong else self.filters.left_out()
        return [replace(one, link=self.link(counted=str(one.reason))) for one in found]

    def link(self, **changes: str | None) -> str:
        """This list with parameters set, or (None) left out; back on its first page.

        Defaults are left out.
        """
        told: dict[str, str | None] = {}
        for name in self.query:
            value = self.query[name]
            if value and name != "page":
                told[name] = str(value)
        told |= changes
        needed = {}
        for name, changed in told.items():
            if changed not in (None, DEFAULTS.get(name)):
                needed[name] = changed
        return "?" + urlencode(needed)

    def address(self, page: int) -> str:
        """This list at a page."""
        return reverse("firm_list") + self.link(page=str(page) if page > 1 else None)
