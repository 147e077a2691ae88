"""A year's draft after the sheet of the year before."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from enterprises.refusal import Refusal
from targets.models import AssessmentItem, AssessmentScheme

LATEST = 2099


def copy_to(year: int, kind: str) -> AssessmentScheme:
    """A draft of the year with the items of the newest sheet of its kind before it."""
    if year > LATEST:
        raise Refusal(f"年度应不晚于{LATEST}年。", "invalid")
    before = AssessmentScheme.objects.filter(kind=kind, year__lt=year).order_by("year").last()
    if before is None:
        raise Refusal("没有可以参照的方案，请系统管理员运行 manage.py load_plan。", "invalid")
    items = list(before.items.all())
    try:
        with transaction.atomic():
            made = AssessmentScheme.objects.create(
                year=year,
                kind=kind,
                title=before.title,
                basis=f"参照{before.year}年方案拟订的草案，待下达",
                total=before.total,
                shows_ranking=before.shows_ranking,
            )
            for item in items:
                item.pk, item.scheme = None, made
                item._state.adding = True
            AssessmentItem.objects.bulk_create(items)
    except IntegrityError as error:
        raise Refusal(f"{year}年的考核方案已经有了。", "identical") from error
    return made
