"""What a list tells the room: which acts can be done to many of its firms, and by whom.

A list that wants it makes a `BulkDesk`, includes `urls.paths(desk, …)` and puts `bar.bar(desk, …)`
on its page (templates/enterprises/bulk/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms

from enterprises.models import Enterprise
from enterprises.refusal import Refusal
from enterprises.registry.acts import Act
from parks.filters import StrictForm, problems, styled
from parks.models import User

MOST_FIRMS = 2000
"""Of one run: what is more is asked to be parted."""


class BulkForm(forms.Form):
    """The fields of an act; `user` is who acts, for fields that offer what is theirs."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        styled(self)


class BulkAct:
    """One act that can be done to many firms."""

    code = ""
    label = ""
    form: type[BulkForm] = BulkForm
    asks_reason = False
    """A reason is asked for, whether anything is doubtful or not."""

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        """Code of a firm → what is to be done, or why it is left out.

        `values` are the form's cleaned ones. A constant number of queries.
        """
        raise NotImplementedError


ListFilter = TypeVar("ListFilter", bound=StrictForm)


def understood(form: ListFilter) -> ListFilter:
    """The valid form of a list's filter; Refusal tells what of it makes no sense."""
    if not form.is_valid():
        raise Refusal(" ".join(problems(form)), "invalid")
    return form


@dataclass(frozen=True)
class BulkDesk:
    """`filtered`: the codes of all firms of the list that a query string asks for.

    `may_write`: who sees the bar at all; each for the firms whose contacts they may see.
    `day_label`: what the day of an act is, before its field.
    """

    code: str
    title: str
    home: str
    acts: Sequence[BulkAct]
    filtered: Callable[[str, User], Sequence[str]]
    may_write: Callable[[User], bool]
    refusal: str = "您不能在这里批量登记。"
    day_label: str = "自"

    @property
    def route(self) -> str:
        return f"{self.code}_bulk"

    @property
    def run_route(self) -> str:
        return f"{self.code}_bulk_run"

    @property
    def undo_route(self) -> str:
        return f"{self.code}_bulk_undo"

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(act.code, act.label) for act in self.acts]

    def act(self, code: str) -> BulkAct:
        return next(act for act in self.acts if act.code == code)
