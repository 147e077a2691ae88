"""Rows of a bulletin's head and drafts that the database must refuse, by the constraint that refuses them."""

import datetime as dt
from types import SimpleNamespace

from targets.models import BulletinDraft, BulletinHead

DAY = dt.date(2026, 1, 1)


def head(**values: object) -> BulletinHead:
    told = {"organ": "津科发", "addressees": "各单位", "printer": "区科技局", "source": "惯例"}
    return BulletinHead.objects.create(**{"since": DAY} | told | values)


def draft(w: SimpleNamespace, **values: object) -> BulletinDraft:
    told = {"number": 1, "addressees": "各单位", "problems": "甲", "steps": "乙", "drafted_on": DAY}
    return BulletinDraft.objects.create(**{"quarter": w.quarter, "by": w.official} | told | values)


OF_BULLETINS = {
    "bulletin_head_once": lambda w: (head(), head()),
    "bulletin_head_has_source": lambda w: head(source=""),
    "bulletin_head_dates_in_order": lambda w: head(until=DAY - dt.timedelta(days=1)),
    "bulletin_draft_once": lambda w: (draft(w), draft(w)),
}
