"""A run: begun from a list, judged as often as it is looked at, written once, taken back once.

Judging and writing follow the same rules; whoever changed meanwhile is left out and named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from enterprises import registry
from enterprises.bulk.desk import MOST_FIRMS, BulkAct, BulkDesk
from enterprises.firms import contacts
from enterprises.firms.timeline import Altered, Teller
from enterprises.models import BulkRun, Enterprise, LedgerEntry
from enterprises.refusal import Refusal
from enterprises.registry.acts import Act
from enterprises.registry.notebook import Doubt
from parks.models import User

GONE = "没有这家企业，或您无权查看"
NOT_OWN = "不是本单位的企业"
KEPT_UNWRITTEN = dt.timedelta(days=30)
NOT_SETTLED = "没有选定是哪一家"


@dataclass(frozen=True)
class FirmChange:
    """What would be written of a firm; `doubts`: what to look at once more before."""

    firm: Enterprise
    altered: list[Altered]
    acts: list[Act]
    doubts: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """Such as 申报状态：已申报 → 公示中；批次：1."""
        return "；".join(_in_words(altered) for altered in self.altered)


@dataclass(frozen=True)
class NotWritten:
    """A firm, or a line that names none, and why nothing is written of it."""

    uscc: str
    name: str
    why: str

    @property
    def told(self) -> list[str]:
        return [self.uscc, self.name, self.why]


@dataclass
class Judged:
    """`ready` is written, `doubtful` only when confirmed."""

    ready: list[FirmChange] = field(default_factory=list)
    doubtful: list[FirmChange] = field(default_factory=list)
    unchanged: list[NotWritten] = field(default_factory=list)
    left_out: list[NotWritten] = field(default_factory=list)

    @property
    def not_written(self) -> list[NotWritten]:
        return [*self.left_out, *self.unchanged]


def begin(
    desk: BulkDesk,
    *,
    act: str,
    values: Mapping[str, Any],
    usccs: Sequence[str],
    lines: Sequence[Mapping[str, Any]] = (),
    back: str = "",
    by: User,
) -> BulkRun:
    """Keep what a person chose, with each firm as it stands now. Writes no fact."""
    if len(usccs) > MOST_FIRMS:
        raise Refusal(f"选了{len(usccs)}家，一次最多{MOST_FIRMS}家，请缩小范围。", "invalid")
    # What somebody only looked at is of no use after some weeks.
    forgotten = timezone.now() - KEPT_UNWRITTEN
    BulkRun.objects.filter(applied_at=None, made_at__lt=forgotten).delete()
    seen = _last_entries(usccs)
    return BulkRun.objects.create(
        desk=desk.code,
        act=act,
        values=dict(values),
        firms=[[uscc, seen.get(uscc, 0)] for uscc in dict.fromkeys(usccs)],
        lines=list(lines),
        back=back,
        made_by=by,
    )


def settle_lines(run: BulkRun, chosen: Mapping[int, str], by: User) -> None:
    """Add the firms that a person chose for open lines (by their place in the list).

    Only those that the person may see: of others nobody learns whether they are registered.
    """
    usccs = {uscc for uscc in chosen.values() if uscc}
    visible = Enterprise.objects.registered().visible_to(by)
    known = set(visible.filter(uscc__in=usccs).values_list("uscc", flat=True))
    had, seen = {uscc for uscc, _ in run.firms}, _last_entries(known)
    run.firms += [[uscc, seen.get(uscc, 0)] for uscc in sorted(known - had)]
    run.lines = [line for number, line in enumerate(run.lines) if chosen.get(number) not in known]
    run.save(update_fields=["firms", "lines"])


def judge(run: BulkRun, desk: BulkDesk, values: Mapping[str, Any], by: User) -> Judged:
    """What writing the run now would do; a constant number of queries."""
    judged = Judged()
    firms = _present_firms(run, by, judged)
    asked = desk.act(run.act).acts_of(firms, values)
    doable: dict[str, list[Act]] = {}
    for firm in firms:
        told = asked.get(firm.uscc, [])
        if isinstance(told, str):
            judged.left_out.append(NotWritten(firm.uscc, firm.name, told))
        else:
            doable[firm.uscc] = told
    report = registry.preview([act for acts in doable.values() for act in acts], by=by)
    refused: dict[str, list[str]] = defaultdict(list)
    doubts: dict[str, list[str]] = defaultdict(list)
    for error in report.errors:
        if isinstance(error, Doubt):
            doubts[error.uscc].append(error.point)
        else:
            refused[error.uscc].append(error.point)
    altered = _altered_by_firm(report)
    for firm in firms:
        uscc = firm.uscc
        if uscc not in doable:
            continue
        if uscc in refused:
            judged.left_out.append(NotWritten(uscc, firm.name, refused[uscc][0]))
        elif uscc not in altered:
            judged.unchanged.append(NotWritten(uscc, firm.name, "已是如此，没有变化"))
        else:
            change = FirmChange(firm, altered[uscc], doable[uscc], doubts.get(uscc, []))
            (judged.doubtful if change.doubts else judged.ready).append(change)
    return judged


def fingerprint(run: BulkRun) -> str:
    """Of what a preview goes by: another once its firms or values change, or the day is over."""
    told = repr([run.values, run.firms, run.lines, timezone.localdate()])
    return hashlib.sha256(told.encode()).hexdigest()


def write(
    run: BulkRun,
    desk: BulkDesk,
    values: Mapping[str, Any],
    *,
    by: User,
    with_doubtful: bool = False,
    reason: str = "",
    looked_at: str = "",
) -> BulkRun:
    """Write what is ready, and give the receipt; a run that is written already gives its own.

    `looked_at`: the fingerprint that stood on the preview. Raises Refusal where that is another,
    nothing is left to write, or a reason is missing.
    """
    with transaction.atomic():
        # Nobody writes between the judging and the writing.
        registry.lock_ledger()
        locked = BulkRun.objects.select_for_update().get(pk=run.pk)
        if locked.applied_at:
            return locked
        if looked_at and looked_at != fingerprint(locked):
            raise Refusal("您打开本页后办理的内容或日期有变，现按新的列出，请再核对。", "state")
        judged = judge(locked, desk, values, by)
        _refuse_without_reason(desk.act(run.act), judged, with_doubtful, reason)
        writing = [*judged.ready, *(judged.doubtful if with_doubtful else [])]
        if not writing:
            raise Refusal("没有要写入的变化。", "state")
        acts = [
            replace(act, confirmed=bool(change.doubts)) for change in writing for act in change.acts
        ]
        why = reason.strip() or f"批量办理：{desk.act(run.act).label}"
        report = registry.apply(acts, by=by, reason=why[:200])
        locked.applied_at = timezone.now()
        locked.first_entry, locked.last_entry = report.entries[0].pk, report.entries[-1].pk
        locked.outcome = _outcome(locked, judged, writing)
        locked.save()
        return locked


def _refuse_without_reason(act: BulkAct, judged: Judged, with_doubtful: bool, reason: str) -> None:
    if reason.strip():
        return
    if act.asks_reason:
        raise Refusal("请写明理由，记入变更账簿。", "reason")
    if with_doubtful and judged.doubtful:
        raise Refusal("须再核对的企业一并写入的，请写明理由。", "reason")


# --- parts of judging -----------------------------------------------------------------------------
def _present_firms(run: BulkRun, by: User, judged: Judged) -> list[Enterprise]:
    """The firms that may be changed and are as the person saw them; the others are left out."""
    usccs = [uscc for uscc, _ in run.firms]
    seen = dict(run.firms)
    visible = Enterprise.objects.registered().visible_to(by).filter(uscc__in=usccs)
    found = {firm.uscc: firm for firm in visible}
    owned = contacts.shown_to(by, [firm.pk for firm in found.values()])
    latest = _last_entries(usccs)
    moved = [uscc for uscc in found if latest.get(uscc, 0) != seen[uscc]]
    who = _who_changed([latest[uscc] for uscc in moved])
    present = []
    for uscc in usccs:
        firm = found.get(uscc)
        if firm is None:
            judged.left_out.append(NotWritten(uscc, uscc, GONE))
        elif firm.pk not in owned:
            judged.left_out.append(NotWritten(uscc, firm.name, NOT_OWN))
        elif uscc in moved:
            judged.left_out.append(NotWritten(uscc, firm.name, who[latest[uscc]]))
        else:
            present.append(firm)
    return present


def _last_entries(usccs: Collection[str]) -> dict[str, int]:
    """Code → the firm's last ledger entry."""
    rows = LedgerEntry.objects.filter(enterprise__uscc__in=set(usccs)).order_by()
    last = rows.values_list("enterprise__uscc").annotate(last=Max("pk"))
    return dict(last)


def _who_changed(entries: Collection[int]) -> dict[int, str]:
    if not entries:
        return {}
    told = {}
    for entry in LedgerEntry.objects.filter(pk__in=entries).select_related("by"):
        at: dt.datetime = timezone.localtime(entry.at)
        by = entry.by or "系统"
        told[entry.pk] = f"核对之后又有变更（{at:%m-%d %H:%M} {by} {entry.get_act_display()}）"
    return told


def _altered_by_firm(report: registry.WriteReport) -> dict[str, list[Altered]]:
    entries = [change.to_entry() for change in report.changes]
    altered: dict[str, list[Altered]] = defaultdict(list)
    for told in Teller().tell(entries, contacts=True):
        altered[told.entry.enterprise.uscc] += told.altered
    return altered


def _in_words(altered: Altered) -> str:
    if altered.before is None or altered.before == "空":
        return f"{altered.label}：{altered.after}"
    return f"{altered.label}：{altered.before} → {altered.after}"


def _outcome(run: BulkRun, judged: Judged, written: Sequence[FirmChange]) -> dict[str, Any]:
    names = {change.firm.uscc for change in written}
    left = list(judged.not_written)
    for change in judged.doubtful:
        if change.firm.uscc not in names:
            left.append(NotWritten(change.firm.uscc, change.firm.name, change.doubts[0]))
    left += [NotWritten("", line["text"], NOT_SETTLED) for line in run.lines]
    return {
        "written": [[each.firm.uscc, each.firm.name, each.sentence] for each in written],
        "left_out": [each.told for each in left],
    }
