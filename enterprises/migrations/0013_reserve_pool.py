import datetime as dt

import django.db.models.deletion
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
        migrations.AlterField(
            model_name='ledgerentry',
            name='act',
            field=models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('recoded', '更正信用代码'), ('placed', '登记所在地'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('renumbered', '更正证书编号'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库'), ('declined', '不采用后备库建议'), ('applied', '登记申报状态'), ('planned', '登记下一步'), ('incident', '登记事故和违法'), ('retracted', '撤回事故和违法'), ('undone', '撤销入账')], max_length=12, verbose_name='动作'),
        ),
        migrations.CreateModel(
            name='DeclinedAdvice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('advice', models.CharField(choices=[('enter', '入库'), ('raise', '升级'), ('leave', '退库')], max_length=6, verbose_name='建议')),
                ('stage', models.CharField(blank=True, choices=[('seed', '种子库'), ('cultivation', '培育库'), ('application', '申报库')], max_length=12, verbose_name='建议层级')),
                ('on', models.DateField(verbose_name='日期')),
                ('until', models.DateField(verbose_name='不再提示至（不含）')),
                ('reason', models.CharField(max_length=200, verbose_name='不采用的理由')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declined_advice', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '未采用的后备库建议',
                'verbose_name_plural': '未采用的后备库建议',
                'ordering': ['enterprise', '-on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('on__lt', models.F('until'))), name='declined_days_in_order', violation_error_message='不再提示的截止日须晚于决定之日。'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='declined_says_why', violation_error_message='须写明不采用的理由。'), models.UniqueConstraint(fields=('enterprise', 'advice', 'stage', 'on'), name='declined_once_a_day', violation_error_message='同一建议当天已登记为不采用。')],
            },
        ),
        migrations.RunPython(mark_kind, migrations.RunPython.noop),
        migrations.RunPython(end_stays, migrations.RunPython.noop),
    ]
