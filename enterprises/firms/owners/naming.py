"""Naming who sees to a firm, and taking the last naming back: by the bureau or the firm's unit."""

from __future__ import annotations

from django.db import transaction

from enterprises import registry
from enterprises.firms import contacts
from enterprises.models import Enterprise, FirmOwner, LedgerEntry
from enterprises.refusal import Refusal
from enterprises.registry import undoing
from enterprises.registry.acts import Act
from enterprises.registry.acts.owner import ACT_OF
from parks.models import User

NOT_THEIRS = "只有科技局和企业现在所在单位的人员可以指定责任人。"


def may_name(user: User, firm: Enterprise) -> bool:
    return bool(contacts.shown_to(user, [firm.pk]))


def name_owner(act: Act, *, by: User, reason: str) -> bool:
    """Whether anything changed; raises registry.ActsRefused."""
    return bool(registry.apply([act], by=by, reason=reason).entries)


def last_named(firm: Enterprise, user: User) -> LedgerEntry | None:
    """The last entry in force about its owners of which the person may take back."""
    levels = [str(act) for level, act in ACT_OF.items() if _is_own(level, user)]
    entries = LedgerEntry.objects.filter(enterprise=firm, act__in=levels, source=None)
    return entries.in_force().select_related("by").order_by("-pk").first()


def take_back(firm: Enterprise, *, seen: int, by: User) -> None:
    """Undo what was last named, where that is still what the person saw."""
    with transaction.atomic():
        registry.lock_ledger()
        entry = last_named(firm, by)
        if entry is None:
            raise Refusal("没有可撤回的责任人变更。", "invalid")
        if entry.pk != seen:
            raise Refusal("您打开本页后责任人又有变更，请核对后再撤回。", "state")
        plan = undoing.plan_undoing([(entry.pk, entry.pk)])
        if plan.blockers:
            raise Refusal(undoing.blockers_in_words(plan.blockers), "blocked")
        try:
            registry.apply(plan.acts, by=by, reason="撤回责任人变更")
        except registry.ActsRefused as refused:
            raise Refusal(str(refused), "blocked") from None


def _is_own(level: str, user: User) -> bool:
    return user.in_bureau or level == FirmOwner.Level.UNIT
