"""The acts by hand as the page of a firm offers them: by what they concern, those with a case first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from enterprises.firms.acts_by_hand import ACTS, Concern
from enterprises.firms.cases import FirmCases
from enterprises.models import Enterprise


@dataclass(frozen=True)
class ActLink:
    title: str
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class ActGroup:
    """Acts about one concern."""

    label: str
    links: Sequence[ActLink]


@dataclass(frozen=True)
class ActMenu:
    """`folded`: acts for which the firm as it stands gives no occasion."""

    offered: Sequence[ActGroup]
    folded: Sequence[ActGroup]

    @property
    def is_unfolded(self) -> bool:
        """The chosen act is one of those without a case."""
        return any(link.is_chosen for group in self.folded for link in group.links)


def menu_of(firm: Enterprise, chosen: str) -> ActMenu:
    cases = FirmCases(firm)
    offered: dict[Concern, list[ActLink]] = defaultdict(list)
    folded: dict[Concern, list[ActLink]] = defaultdict(list)
    for code, act in ACTS.items():
        among = offered if act.has_case(cases) else folded
        among[act.concern].append(ActLink(act.form.title, f"?act={code}", code == chosen))
    # An application has a page of its own, where its whole course is told.
    course = ActLink("申报状态", reverse("firm_application", args=[firm.uscc]))
    offered[Concern.APPLICATION].append(course)
    return ActMenu(_groups(offered), _groups(folded))


def _groups(links: Mapping[Concern, Sequence[ActLink]]) -> list[ActGroup]:
    return [ActGroup(str(concern.label), links[concern]) for concern in Concern if concern in links]
