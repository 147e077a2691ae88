import datetime as dt

from django.db import migrations, models

ENDINGS = [
    ("certified", "认定"),
    ("closed", "注销"),
    ("left", "迁出"),
    ("given_up", "放弃"),
    ("unfit", "不再符合"),
    ("other", "其他"),
    ("next_stage", "转入其他层级"),
]
SOURCES = [
    ("self_check", "自检发现"),
    ("unit", "单位推荐"),
    ("bureau", "区科技局推荐"),
    ("spun_off", "派生"),
    ("incubated", "孵化"),
    ("introduced", "引进"),
]
FAR = dt.date.max
DAY = dt.timedelta(days=1)
BATCH = 500


def mark_kind(apps, schema_editor):
    """Until now the pool's figures knew by its name that a 高新技术企业 is no reserve any more."""
    kinds = apps.get_model("enterprises", "QualificationKind").objects
    kinds.filter(code="hnte").update(ends_reserve=True)


def end_stays(apps, schema_editor):
    """What the registry does for each act from here on, once for the entries that stand."""
    entries = apps.get_model("enterprises", "PoolEntry").objects.order_by("pk")
    keys = list(entries.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        rows = list(entries.filter(pk__in=keys[start : start + BATCH]))
        firms = {row.enterprise_id for row in rows}
        facts = read_facts(apps, firms)
        for row in rows:
            row.ended_on, row.ended_by = end_of(row, *facts[row.enterprise_id])
        entries.model.objects.bulk_update(rows, ["ended_on", "ended_by"], batch_size=100)


def read_facts(apps, firms):
    """Firm → its days of certificates, of closures, of places, and the starts of its stays."""
    facts = {firm: ([], [], [], []) for firm in firms}
    of_firms = {"enterprise__in": firms}
    held = apps.get_model("enterprises", "Qualification").objects.filter(
        kind__ends_reserve=True, valid_from__isnull=False, **of_firms
    )
    for row in held:
        unrevoked = row.valid_until + DAY if row.valid_until and row.valid_until < FAR else FAR
        facts[row.enterprise_id][0].append((row.valid_from, min(unrevoked, row.revoked_on or FAR)))
    for row in apps.get_model("enterprises", "Closure").objects.filter(**of_firms):
        facts[row.enterprise_id][1].append((row.closed_on, row.reopened_on or FAR))
    placements = apps.get_model("enterprises", "Placement").objects.filter(**of_firms)
    for row in placements.order_by("since"):
        facts[row.enterprise_id][2].append((row.since, row.until or FAR))
    for row in apps.get_model("enterprises", "PoolEntry").objects.filter(**of_firms):
        facts[row.enterprise_id][3].append(row.since)
    return facts


def end_of(row, certified, closed, placed, starts):
    away = row.since
    for since, until in placed:
        if since <= away < until:
            away = until
    ends = [
        (first_within(row.since, certified), "certified"),
        (first_within(row.since, closed), "closed"),
        (away, "left"),
        (row.until or FAR, "next_stage" if row.until in starts else "other"),
    ]
    day, ending = min(ends, key=lambda end: end[0])
    return (None, "") if day == FAR else (day, ending)


def first_within(day, periods):
    days = [max(day, since) for since, until in periods if since < until and day < until]
    return min(days, default=FAR)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0012_returns")]

    operations = [
        migrations.AddField(
            model_name="qualificationkind",
            name="ends_reserve",
            field=models.BooleanField(
                default=False, help_text="企业取得之日起自动退出后备库", verbose_name="取得即出后备库"
            ),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="exit_kind",
            field=models.CharField(blank=True, choices=ENDINGS, max_length=12, verbose_name="退库情形"),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="source",
            field=models.CharField(blank=True, choices=SOURCES, max_length=12, verbose_name="入库来源"),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="入库理由"),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="next_review",
            field=models.DateField(blank=True, null=True, verbose_name="下次复核"),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="ended_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="实际出库日期"),
        ),
        migrations.AddField(
            model_name="poolentry",
            name="ended_by",
            field=models.CharField(
                blank=True, choices=ENDINGS, editable=False, max_length=12, verbose_name="出库情形"
            ),
        ),
        migrations.RunPython(mark_kind, migrations.RunPython.noop),
        migrations.RunPython(end_stays, migrations.RunPython.noop),
    ]
