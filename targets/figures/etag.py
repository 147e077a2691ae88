"""One digest of everything that pages of figures are made of; it differs after any change.

Of facts it covers the ledger's last entry and the mark of the spans; of tables that only grow, the
newest row; of tables that are rewritten in place (plan, reference data, people, states of rosters),
every row. Whoever lets such a page read a further table must add it to one of these lists.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.models import Count, Model, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from enterprises.models import (
    KindTerm,
    LedgerHead,
    LockException,
    QualificationKind,
    Quarter,
    QuarterRule,
    RecordEntry,
    RecordKind,
    RosterVersion,
    SourceFile,
    TechField,
)
from parks.models import Unit, User
from targets.models import (
    ApplicationBatch,
    Baseline,
    BulletinTemplate,
    Decision,
    DecisionStep,
    Expectation,
    GoalRevision,
    Indicator,
    KeyTask,
    Meeting,
    MonthlySeries,
    OutlookPrior,
    OutlookRules,
    PaceRule,
    Release,
    ReleaseProposal,
    ReportedFigure,
    Scope,
    SpanMark,
    Target,
    TaskBody,
    TaskProgress,
)

# Every row of these is read: a change in place shows neither in a count nor in a newest key.
REWRITTEN: Sequence[type[Model]] = (
    ApplicationBatch,
    Baseline,
    Expectation,
    Indicator,
    KeyTask,
    KindTerm,
    LedgerHead,
    LockException,
    Meeting,
    OutlookPrior,
    OutlookRules,
    PaceRule,
    QualificationKind,
    Quarter,
    QuarterRule,
    RecordKind,
    ReleaseProposal,
    ReportedFigure,
    SpanMark,
    Target,
    TaskBody,
    TechField,
    Unit,
)
# Rows of these are never changed, so the newest row and the number of rows tell everything.
ADDED: Sequence[type[Model]] = (
    BulletinTemplate,
    Decision,
    DecisionStep,
    GoalRevision,
    RecordEntry,
    Release,
    SourceFile,
    TaskProgress,
)
PERSON = (
    "pk",
    "username",
    "first_name",
    "last_name",
    "role",
    "unit_id",
    "is_active",
    "is_staff",
    "is_superuser",
)
# Only what pages of figures show of a roster: the rest of it must not change the tag.
ROSTER = ("pk", "roster_id", "state", "submitted_at")
SERIES = ("pk", "computed_at")
# A new version of the software may show the same data otherwise: it is part of the tag.
APPS = ("jiangjin_portal", "parks", "enterprises", "targets", "templates")


def state_digest() -> str:
    """One query, so that it sees one state of the database: no change can be half in it."""
    # The day too: pages of figures are about today unless asked otherwise.
    today = timezone.localdate()
    sql, values = _union_statement(today)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        # A union has no order of its own, and the same rows must give the same digest.
        rows = sorted(f"{table}{row}" for table, row in cursor.fetchall())
    return hashlib.sha256("\n".join([software_digest(), str(today), *rows]).encode()).hexdigest()


@lru_cache(maxsize=2)
def _union_statement(today: dt.date) -> tuple[str, tuple[Any, ...]]:
    """The query and its values, kept because building it takes longer than running it."""
    whole = [
        _rows_as_text(model._default_manager.all(), _column_names(model)) for model in REWRITTEN
    ]
    newest = [_rows_as_text(_newest_row(model), ["pk", "rows"]) for model in ADDED]
    latest_quarter = Quarter.objects.opened_by(today).values("pk")[:1]
    parts = [
        _rows_as_text(User.objects.all(), PERSON),
        _rows_as_text(RosterVersion.objects.filter(roster__quarter__in=latest_quarter), ROSTER),
        _rows_as_text(MonthlySeries.objects.filter(scope=Scope.DISTRICT), SERIES),
    ]
    # `all=True` spares the database a search for equal rows: table and key tell them apart.
    first, *rest = [*whole, *newest, *parts]
    return first.union(*rest, all=True).query.sql_with_params()


def _rows_as_text(queryset: QuerySet[Any], columns: Iterable[str]) -> QuerySet[Any]:
    """(name of the table, the columns of a row as text)."""
    row = Cast(JSONObject(**{name: name for name in columns}), TextField())
    return queryset.order_by().values_list(Value(queryset.model.__name__), row)


def _column_names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _newest_row(model: type[Model]) -> QuerySet[Any]:
    """The newest row, with the number of rows.

    Of two rows written at once, the one with the lower key may be committed last. Then the newest
    row stays the same and only the number changes.
    """
    rows = model._default_manager.order_by()
    number = rows.annotate(all=Value(1)).values("all").annotate(rows=Count("pk")).values("rows")
    return rows.filter(pk=rows.order_by("-pk").values("pk")[:1]).annotate(rows=Subquery(number))


@lru_cache(maxsize=1)
def software_digest() -> str:
    """Of the code, the templates and the static files that this process runs with."""
    digest = hashlib.sha256(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    for app in APPS:
        for file in sorted(settings.BASE_DIR.joinpath(app).rglob("*")):
            if file.suffix in (".py", ".html"):
                digest.update(file.read_bytes())
    return digest.hexdigest()
