"""Registered firms that bear the name of a firm which a list puts under another code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from enterprises.models import Enterprise, FormerName, LedgerEntry
from enterprises.models.chunks import chunks
from enterprises.registry import WriteReport


def registered_by_name(name_keys: Collection[str]) -> dict[str, list[Enterprise]]:
    """Key of a name → the firms that bear it, or once bore it (two queries per portion)."""
    found = bearers(name_keys)
    for key, firms in former_bearers(name_keys).items():
        found[key] += [firm for firm in firms if firm not in found[key]]
    return found


def bearers(name_keys: Collection[str]) -> defaultdict[str, list[Enterprise]]:
    """Key of a name → the registered firms that bear it, or into which a record of it was merged."""
    found: defaultdict[str, list[Enterprise]] = defaultdict(list)
    for portion in chunks(name_keys):
        named = Enterprise.objects.registered_or_merged().filter(name_key__in=portion)
        for row in named.order_by("pk"):
            if row.current not in found[row.name_key]:
                found[row.name_key].append(row.current)
    return found


def former_bearers(name_keys: Collection[str]) -> defaultdict[str, list[Enterprise]]:
    """Key of a name → the registered firms that once bore it."""
    found: defaultdict[str, list[Enterprise]] = defaultdict(list)
    for portion in chunks(name_keys):
        former = FormerName.objects.filter(name_key__in=portion, enterprise__voided_at=None)
        for name in former.select_related("enterprise").order_by("pk"):
            if name.enterprise not in found[name.name_key]:
                found[name.name_key].append(name.enterprise)
    return found


def namesakes_of_new(reports: Iterable[WriteReport]) -> dict[str, Enterprise]:
    """Code of a firm that would be registered → the first other firm of its name.

    Also of two that would both be new, each is the other's namesake.
    """
    new: dict[str, Enterprise] = {}
    for report in reports:
        for change in report.changes:
            if change.act == LedgerEntry.Act.REGISTERED:
                new[change.enterprise.uscc] = change.enterprise
    registered = registered_by_name({firm.name_key for firm in new.values()})
    for firm in new.values():
        registered[firm.name_key].append(firm)
    namesakes = {}
    for code, firm in new.items():
        others = (other for other in registered[firm.name_key] if other.uscc != code)
        if other := next(others, None):
            namesakes[code] = other
    return namesakes
