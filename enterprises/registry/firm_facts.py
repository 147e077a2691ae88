"""One firm in the working copy: its facts, the changes acts make to them, notices to the clerk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Model
from django.utils import timezone

from enterprises.models import (
    Application,
    Closure,
    DeclinedAdvice,
    DutyDone,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    IpItem,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry.notebook import Change, Doubt, Notebook, RegistryError
from enterprises.uscc import normalise

LONG_AGO = relativedelta(years=1)
"""Further back lie days of which figures have long been published."""


@dataclass
class FirmFacts:
    """Everything the registry holds of one firm, oldest first; changes are noted as they happen."""

    uscc: str
    notebook: Notebook
    enterprise: Enterprise | None = None
    facts: dict[type[Model], list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def placements(self) -> list[Placement]:
        return self.facts[Placement]

    @property
    def closures(self) -> list[Closure]:
        return self.facts[Closure]

    @property
    def former_names(self) -> list[FormerName]:
        return self.facts[FormerName]

    @property
    def pool(self) -> list[PoolEntry]:
        return self.facts[PoolEntry]

    @property
    def incidents(self) -> list[Incident]:
        return self.facts[Incident]

    @property
    def declined(self) -> list[DeclinedAdvice]:
        return self.facts[DeclinedAdvice]

    def owners(self, level: str) -> list[FirmOwner]:
        return [row for row in self.facts[FirmOwner] if row.level == level]

    @property
    def duties_done(self) -> list[DutyDone]:
        return self.facts[DutyDone]

    @property
    def ip_items(self) -> list[IpItem]:
        return self.facts[IpItem]

    def held(self, kind_id: int) -> list[Qualification]:
        return [held for held in self.facts[Qualification] if held.kind_id == kind_id]

    def applications(self, kind_id: int) -> list[Application]:
        return [row for row in self.facts[Application] if row.kind_id == kind_id]

    def figures_of(self, year: int) -> YearlyFigures | None:
        return next((row for row in self.facts[YearlyFigures] if row.year == year), None)

    @property
    def row(self) -> Enterprise:
        """The firm, its registration undone or not; RegistryError for an unknown code."""
        if self.enterprise is None:
            raise self.refusal("该企业尚未登记", "uscc")
        return self.enterprise

    @property
    def known(self) -> Enterprise:
        """The registered firm; RegistryError for a code that is not registered, or no longer."""
        self.refuse_merged()
        if self.row.is_void:
            raise self.refusal("该企业的登记已撤销，请先重新登记", "uscc")
        return self.row

    def refuse_merged(self, cells: Mapping[str, str] | None = None) -> None:
        """RegistryError for the code of a record that went into another."""
        stays = self.row.merged_into
        if stays is not None:
            message = f"该登记已并入“{stays.name}”，请用它的信用代码{stays.uscc}"
            raise self.refusal(message, "uscc", cells)

    def refuse_other_name(self, name: str, cells: Mapping[str, str]) -> None:
        """RegistryError for a name that the firm neither bears nor has borne."""
        known_keys = {self.row.name_key, *(former.name_key for former in self.former_names)}
        if normalise(name) not in known_keys:
            message = f"名称“{name}”与登记不一致，如已更名，请先在企业页“登记变更”中办理更名"
            raise self.refusal(message, "name", cells)

    @property
    def is_bare(self) -> bool:
        """Registered, but everything it ever held was taken back."""
        return self.enterprise is not None and not any(self.facts.values())

    def refusal(
        self, message: str, on_field: str = "", cells: Mapping[str, str] | None = None
    ) -> RegistryError:
        name = f"{self.enterprise.name}（{self.uscc}）" if self.enterprise else self.uscc
        return RegistryError(
            f"{name}：{message}。",
            point=f"{message}。",
            uscc=self.uscc,
            field=on_field,
            cell=(cells or {}).get(on_field, ""),
        )

    def doubt(self, message: str, on_field: str = "") -> None:
        """Ask a person to look once more. Nobody is asked about what a list or a file tells."""
        if self.notebook.by_hand:
            whole = self.refusal(message).message
            doubt = Doubt(whole, point=f"{message}。", uscc=self.uscc, field=on_field)
            self.notebook.doubts.append(doubt)

    def doubt_long_past(self, day: dt.date, what: str, on_field: str = "") -> None:
        """Doubt a day from which on figures of long ago would change."""
        if day < timezone.localdate() - LONG_AGO:
            self.doubt(f"{what}{day}距今已一年以上，该日以来各期的数会随之改变", on_field)

    def claim_number(
        self, kind_id: int, number: str, on_field: str, cells: Mapping[str, str]
    ) -> None:
        """The number is this firm's, or RegistryError: a number has one holder."""
        # Also against acts before this one in the same call: they have claimed their numbers.
        owner = self.notebook.number_owner.setdefault((kind_id, number), self.uscc)
        if owner != self.uscc:
            raise self.refusal(f"编号{number}已登记在另一企业（{owner}）名下", on_field, cells)

    def release_number(self, fact: Model) -> None:
        """The fact loses its number: from here on another firm may claim it."""
        if isinstance(fact, Qualification) and fact.number:
            key = (fact.kind_id, fact.number)
            if self.notebook.number_owner.get(key) == self.uscc:
                del self.notebook.number_owner[key]

    def add_notice(self, message: str, on_field: str, cells: Mapping[str, str]) -> None:
        """Tell the clerk of something that does not stop the act."""
        notice = self.refusal(message, on_field, cells)
        notice.cell = notice.cell or next(iter(cells.values()), "")
        self.notebook.notices.append(notice)

    def notice_kept(
        self, fact: Model, attribute: str, given: object, cells: Mapping[str, str], place: str = ""
    ) -> None:
        """A list says something else than is registered. What is registered stays.

        It may be a correction of that very list. `place` names where it comes from.
        """
        registered = getattr(fact, attribute)
        label, kept, listed = self.notebook.in_words(fact, attribute, registered, given)
        source = f"（{place}）" if place else ""
        who = "所填" if self.notebook.by_hand else "本名单"
        message = f"{label}登记为{kept}{source}，{who}为{listed}，以登记为准"
        self.add_notice(message, attribute.removesuffix("_id"), cells)

    def add_fact(
        self, fact: Model, *, act: str, on: dt.date | None, cells: Mapping[str, str]
    ) -> None:
        """Note a new fact."""
        # The firm itself is a fact as well: the first one of its code.
        if isinstance(fact, Enterprise):
            self.enterprise = fact
        else:
            fact.enterprise = self.known  # type: ignore[attr-defined]
            self.facts[type(fact)].append(fact)
        values = self.notebook.ledger_values(fact)
        after = {name: value for name, value in values.items() if value not in (None, "")}
        self.notebook.note_change(
            Change(act, self.known, fact, on, {}, after, _cells_of(after, cells))
        )

    def store_quietly(self, fact: Model) -> None:
        """Store a fact that another change already tells of, such as the name before a renaming."""
        fact.enterprise = self.known  # type: ignore[attr-defined]
        self.facts[type(fact)].append(fact)
        self.notebook.mark_touched(fact)

    def alter_quietly(self, fact: Model, **values: Any) -> None:
        """Set attributes that another change already tells of, such as the end of the old place."""
        for name, value in values.items():
            setattr(fact, name, value)
        self.notebook.mark_touched(fact)

    def replace_fact(
        self,
        old: Model,
        new: Model,
        *,
        act: str,
        on: dt.date,
        cells: Mapping[str, str],
        showing: tuple[str, ...],
    ) -> None:
        """Note a new fact that takes the place of an old one, as one change of values."""
        self.store_quietly(new)
        old_values, new_values = self.notebook.ledger_values(old), self.notebook.ledger_values(new)
        before = {name: old_values[name] for name in showing}
        after = {name: new_values[name] for name in showing}
        self.notebook.note_change(
            Change(act, self.known, new, on, before, after, _cells_of(after, cells))
        )

    def drop_fact(self, fact: Model) -> None:
        """Take a fact out of the registry; what tells of it is noted by the caller."""
        self.facts[type(fact)].remove(fact)
        self.release_number(fact)
        self.notebook.mark_dropped(fact)

    def alter_fact(
        self, fact: Model, *, act: str, on: dt.date | None, cells: Mapping[str, str], **values: Any
    ) -> None:
        """Set attributes of a fact and note what changed; nothing when nothing differs."""
        differing = {name: value for name, value in values.items() if getattr(fact, name) != value}
        if not differing:
            return
        old = self.notebook.ledger_values(fact)
        for name, value in differing.items():
            setattr(fact, name, value)
        new = self.notebook.ledger_values(fact)
        changed = [name for name in new if new[name] != old[name]]
        before = {name: old[name] for name in changed}
        after = {name: new[name] for name in changed}
        self.notebook.note_change(
            Change(act, self.known, fact, on, before, after, _cells_of(after, cells))
        )


def _cells_of(after: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of the changed fields or, where none of them has a cell, the act's first one."""
    return {name: cells[name] for name in after if cells.get(name)} or dict(list(cells.items())[:1])
