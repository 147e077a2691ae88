"""Registering where a firm's application stands: who may, on which state, and how to undo it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from enterprises import registry
from enterprises.firms import contacts
from enterprises.firms.owners.standing import IN_BUREAU
from enterprises.models import (
    Application,
    Enterprise,
    LedgerEntry,
    Qualification,
    QualificationKind,
)
from enterprises.refusal import Refusal
from enterprises.registry import acts, undoing
from parks.models import User

FACT = "application"
NOT_THEIRS = "只有科技局和企业现在所在单位的人员可以登记申报状态。"
NO_SUCH_KIND = "没有这一资质类别。"


@dataclass(frozen=True)
class ApplicationStanding:
    """A firm's applications for a kind, oldest first.

    `entry` is the last ledger entry about any application of the firm; None before the first.
    """

    told: list[Application]
    entry: LedgerEntry | None

    @property
    def last(self) -> Application | None:
        return self.told[-1] if self.told else None

    @property
    def seen(self) -> int:
        """What a form carries, to tell whether anything was written since."""
        return self.entry.pk if self.entry else 0


def current_standing(firm: Enterprise, kind: QualificationKind) -> ApplicationStanding:
    rows = firm.applications.filter(kind=kind).select_related("kind", "rejected_for")
    rows = rows.order_by("since")
    return ApplicationStanding(list(rows), _last_entry(firm))


def _last_entry(firm: Enterprise) -> LedgerEntry | None:
    entries = LedgerEntry.objects.filter(enterprise=firm, fact=FACT)
    return entries.select_related("by").order_by("-pk").first()


def resulting_certificates(
    kind: QualificationKind, year: int, firm_ids: Collection[int]
) -> dict[int, Qualification]:
    """Firm → its certificate of an application's year or of a later one, the latest; one query."""
    # A certificate that was withdrawn does not keep the firm from applying for the year again.
    rows = Qualification.objects.filter(
        enterprise__in=firm_ids, kind=kind, revoked_on=None, class_year__gte=year
    )
    return {row.enterprise_id: row for row in rows.select_related("kind").order_by("class_year")}


def owners_for(user: User) -> list[User]:
    """Who may answer for an application: the bureau's people, and those of the unit or of all."""
    people = User.objects.filter(is_active=True).select_related("unit")
    of_units = Q(unit__isnull=False) if user.sees_whole_district else Q(unit=user.unit_id)
    return list(people.filter(IN_BUREAU | of_units).order_by("unit__order", "username"))


def may_tell(user: User, firm: Enterprise) -> bool:
    """Those who may see the firm's contacts: the bureau, and the unit in which it stands today."""
    return bool(contacts.shown_to(user, [firm.pk]))


def register_stage(
    firm: Enterprise, told: Sequence[acts.Act], *, seen: int, by: User, reason: str = ""
) -> bool:
    """Write the acts on the state that was `seen`; whether anything changed.

    Refusal where somebody else wrote since; registry.ActsRefused, which `asks` where an act is
    doubtful and was not confirmed with a reason.
    """
    with transaction.atomic():
        # Locked before the comparison: nobody can write between it and the act.
        registry.lock_ledger()
        _refuse_unseen(firm, seen)
        return bool(registry.apply(told, by=by, reason=reason).changes)


def take_back(firm: Enterprise, kind: QualificationKind, *, seen: int, by: User) -> None:
    """Undo what was last registered of the firm's applications for the kind."""
    with transaction.atomic():
        registry.lock_ledger()
        _refuse_unseen(firm, seen)
        entry = last_told(firm, kind)
        if entry is None:
            raise Refusal("没有可撤回的申报状态。", "invalid")
        going = [entry.pk, *_uses_told_with(entry)]
        plan = undoing.plan_undoing([(pk, pk) for pk in going])
        # Of a firm's applications only the last entry can be taken back, whatever its kind.
        if plan.blockers:
            raise Refusal(
                "该企业此后又登记了其他资质的申报状态或知识产权的变更，请先撤回后者。", "blocked"
            )
        registry.apply(plan.acts, by=by, reason="撤回申报状态")


def last_told(firm: Enterprise, kind: QualificationKind) -> LedgerEntry | None:
    """The last entry in force about the firm's applications for the kind, made by a person."""
    facts = firm.applications.filter(kind=kind).values("pk")
    by_hand = LedgerEntry.objects.filter(enterprise=firm, fact=FACT, fact_id__in=facts, source=None)
    return by_hand.in_force().order_by("-pk").first()


def _uses_told_with(entry: LedgerEntry) -> list[int]:
    """Entries of the rights that the filing named, which go with it.

    The same person told them with it: what a list or somebody else said that day stays.
    """
    if entry.after.get("stage") != Application.Stage.FILED:
        return []
    uses = LedgerEntry.objects.in_force().filter(
        enterprise=entry.enterprise_id,
        act=LedgerEntry.Act.IP_USED,
        effective_on=entry.effective_on,
        source=None,
        by=entry.by_id,
        pk__gt=entry.pk,
    )
    return list(uses.values_list("pk", flat=True))


def _refuse_unseen(firm: Enterprise, seen: int) -> None:
    entry = _last_entry(firm)
    if entry is not None and entry.pk != seen:
        raise Refusal(
            f"您打开本页后，{entry.by or '系统'}已更新该企业的申报状态，请核对后再提交。", "state"
        )
