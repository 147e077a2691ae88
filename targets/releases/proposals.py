"""Two persons publish a quarter: one asks for it, another confirms what both have seen.

Each step is one transaction under the ledger's lock, and may be sent twice with one effect.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.models import Quarter
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from parks.models import User
from targets.models import Release, ReleaseProposal
from targets.releases import preview as release_preview
from targets.releases import publishing
from targets.releases.preview import Preview

REASON_AT_MOST = 300


class NoLongerAsSeen(Refusal):
    """What was seen is no longer so."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "changed")


def others_who_may(user: User) -> list[User]:
    """The other persons who may ask for publication and confirm it."""
    # Who reports is out by the unit; the role says the rest, by the one rule there is.
    people = User.objects.filter(is_active=True, unit=None).exclude(pk=user.pk)
    return [other for other in people.order_by("username") if other.in_bureau]


def open_proposal(quarter: Quarter) -> ReleaseProposal | None:
    proposals = ReleaseProposal.objects.open().filter(quarter=quarter)
    return proposals.select_related("quarter", "asked_by").first()


def ask(quarter: Quarter, *, by: User, seen: str, reason: str = "") -> ReleaseProposal:
    """Ask for publication of what was `seen` (a preview's mark). Refusal where that cannot be."""
    reason = _checked(reason, "修订原因")
    with transaction.atomic():
        registry.lock_ledger()
        if standing := open_proposal(quarter):
            # Sent twice: the same words of the same person about the same content.
            if (standing.asked_by, standing.mark, standing.reason) == (by, seen, reason):
                return standing
            raise Refusal(
                f"{quarter}已由{standing.asked_by}提请发布，请核对后发布，或撤回后再提请。", "open"
            )
        publishing.refuse_without_reason(publishing.last_edition(quarter), reason)
        preview = _preview_as_seen(quarter, by, seen, reason, "没有提请")
        publishing.refuse_repetition(preview.draft)
        proposal = ReleaseProposal.objects.create(
            quarter=quarter,
            reason=reason,
            mark=preview.mark,
            ledger_entry=preview.release.ledger_entry,
            seen=preview.seen,
            asked_by=by,
        )
        text = f"{by}提请发布{preview.release}，请核对后发布。"
        notices.send_notices(others_who_may(by), text, _address(quarter))
    return proposal


def confirm(proposal: ReleaseProposal, *, by: User, seen: str, sole_reason: str = "") -> Release:
    """Publish what was `seen`, as another person than who asked.

    Alone with a written reason, where there is nobody else. Refusal otherwise.
    """
    sole_reason = _checked(sole_reason, "理由")
    with transaction.atomic():
        registry.lock_ledger()
        proposal = _locked(proposal)
        if proposal.release:
            return proposal.release
        _refuse_withdrawn(proposal)
        is_alone = proposal.asked_by == by
        if is_alone:
            _refuse_same_person(by, sole_reason)
        preview = _preview_as_seen(proposal.quarter, by, seen, proposal.reason, "没有发布")
        release = publishing.store(preview.draft)
        proposal.release = release
        proposal.doubts = [doubt.kept for doubt in preview.doubts]
        proposal.sole_reason = sole_reason if is_alone else ""
        proposal.save(update_fields=["release", "doubts", "sole_reason"])
        if not is_alone:
            address = reverse("release", args=[release.code])
            notices.send_notices([proposal.asked_by], f"{by}发布了{release}。", address)
    return release


def withdraw(proposal: ReleaseProposal, *, by: User) -> ReleaseProposal:
    """By whoever of the bureau: who finds a mistake in it need not be who asked."""
    with transaction.atomic():
        registry.lock_ledger()
        proposal = _locked(proposal)
        if proposal.release:
            raise Refusal(f"{proposal.release}已经发布，不能撤回；有误的另发修订版。")
        if proposal.withdrawn_at:
            return proposal
        proposal.withdrawn_by, proposal.withdrawn_at = by, timezone.now()
        proposal.save(update_fields=["withdrawn_by", "withdrawn_at"])
        if proposal.asked_by != by:
            text = f"{by}撤回了您提请的{proposal.quarter}发布。"
            notices.send_notices([proposal.asked_by], text, _address(proposal.quarter))
    return proposal


def _preview_as_seen(quarter: Quarter, by: User, seen: str, reason: str, not_done: str) -> Preview:
    """The preview under the lock. NoLongerAsSeen unless it is what was seen."""
    preview = release_preview.build_preview(quarter, by, reason)
    if preview.mark != seen:
        raise NoLongerAsSeen(f"您看过之后内容又有变动，{not_done}。下面是现在的内容，请重新核对。")
    return preview


def _locked(proposal: ReleaseProposal) -> ReleaseProposal:
    # Without the joined rows: PostgreSQL locks no row of an outer join.
    ReleaseProposal.objects.select_for_update().get(pk=proposal.pk)
    joined = ReleaseProposal.objects.select_related("quarter", "asked_by", "release__quarter")
    return joined.get(pk=proposal.pk)


def _refuse_withdrawn(proposal: ReleaseProposal) -> None:
    if proposal.withdrawn_at:
        raise Refusal(f"这项拟发布已由{proposal.withdrawn_by}撤回，没有发布。")


def _refuse_same_person(by: User, sole_reason: str) -> None:
    if others := others_who_may(by):
        names = "、".join(str(other) for other in others)
        raise Refusal(
            f"提请和发布不能是同一个人，没有发布。请由科技局另一人核对后发布（可以发布的有{names}）。",
            "same_person",
        )
    if not sole_reason:
        raise Refusal("科技局没有第二个可以发布的人：由一人发布的，必须写明理由。", "reason")


def _checked(text: str, name: str) -> str:
    # PostgreSQL keeps no text with this character.
    text = text.replace("\0", "").strip()
    # Refused, not cut: half a reason in an official edition is worse than none.
    if len(text) > REASON_AT_MOST:
        raise Refusal(f"{name}最多{REASON_AT_MOST}字，现有{len(text)}字。", "invalid")
    return text


def _address(quarter: Quarter) -> str:
    return reverse("release_preview", args=[quarter.code])
