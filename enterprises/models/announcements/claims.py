"""Which certificates only a unit's roster claims (名册自报), and which an official list confirms.

A claimed certificate counts. It waits until a list names it, or somebody of the bureau registers
anything of it by hand or from a register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from enterprises.models.announcements.line import lines_in_force
from enterprises.models.ledger import LedgerEntry, SourceFile
from enterprises.models.qualification import Qualification
from parks.models import User

FACT = Qualification._meta.model_name


def held_by(user: User, day: dt.date) -> QuerySet[Qualification]:
    """The certificates in force on the day that the user may see."""
    held = Qualification.objects.visible_to(user).holding_on(day)
    return held.filter(enterprise__voided_at=None)


def claimed(rows: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Of these certificates, those that are known from rosters alone."""
    return rows.filter(_is_claimed())


def official(rows: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Of these certificates, all others: a list, a register or a person tells of them."""
    return rows.exclude(_is_claimed())


def announced(rows: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Of these certificates, those that a list in force names."""
    return rows.filter(_is_announced())


def _is_claimed() -> Q:
    return Q(Exists(_entries())) & ~Q(Exists(_official_entries())) & ~_is_announced()


CLAIM, CONFIRMED = "名册自报", "名单确认"


def in_words(rows: Sequence[Qualification]) -> dict[int, str]:
    """Id of a certificate → 名册自报 or 名单确认, where it is one of both (one query)."""
    if not rows:
        return {}
    word = Case(
        When(_is_claimed(), then=Value(CLAIM)),
        When(_is_announced(), then=Value(CONFIRMED)),
        default=Value(""),
    )
    these = Qualification.objects.filter(pk__in=[row.pk for row in rows])
    return {pk: said for pk, said in these.values_list("pk", word) if said}


def _entries() -> QuerySet[LedgerEntry]:
    """The certificate's own entries; by its firm first, which has an index."""
    of_firm = LedgerEntry.objects.filter(enterprise=OuterRef("enterprise"))
    return of_firm.filter(fact=FACT, fact_id=OuterRef("pk")).in_force()


def _official_entries() -> QuerySet[LedgerEntry]:
    # By their ids: a join would look through all files for each certificate.
    rosters = SourceFile.objects.filter(kind=SourceFile.Kind.ROSTER)
    return _entries().exclude(source__in=rosters.values("pk"))


def _is_announced() -> Q:
    """Some line in force names the certificate; all these lines are read once, not for each."""
    named = lines_in_force().filter(qualification__isnull=False)
    return Q(pk__in=named.values("qualification"))
