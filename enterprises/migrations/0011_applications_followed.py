"""Applications are followed: why one failed, what comes next and who does it; agencies have rows of their own.

The names under which agencies were told become their first rows and spellings.
"""

import re
import unicodedata

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def key_of(name):
    """As enterprises.uscc.normalise was when this was written."""
    visible = "".join(one for one in name if unicodedata.category(one) != "Cf")
    upper = unicodedata.normalize("NFKC", visible).upper()
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", upper))


def carry_over(apps, schema_editor):
    application = apps.get_model("enterprises", "Application")
    agency = apps.get_model("enterprises", "Agency")
    spelling = apps.get_model("enterprises", "AgencySpelling")
    event = apps.get_model("enterprises", "AgencyEvent")
    told = application.objects.exclude(agency="").values("agency")
    # The spelling used most is the name.
    ranked = told.annotate(times=models.Count("pk")).order_by("-times", "agency")
    known = set()
    for row in ranked:
        name, key = row["agency"].strip(), key_of(row["agency"])
        if not key or key in known:
            continue
        known.add(key)
        made = agency.objects.create(code=f"agency-{len(known):03d}", name=name)
        spelling.objects.create(agency=made, text=name, key=key)
        event.objects.create(agency=made, what="由原有申报记录建立")


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0010_announcements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RejectionReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='原因')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
            ],
            options={
                'verbose_name': '未通过原因',
                'verbose_name_plural': '未通过原因',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='next_action',
            field=models.CharField(blank=True, max_length=60, verbose_name='下一步'),
        ),
        migrations.AddField(
            model_name='application',
            name='next_on',
            field=models.DateField(blank=True, null=True, verbose_name='下一步日期'),
        ),
        migrations.AddField(
            model_name='application',
            name='owner',
            field=models.CharField(blank=True, max_length=150, verbose_name='责任人'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='act',
            field=models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('recoded', '更正信用代码'), ('placed', '登记所在地'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('renumbered', '更正证书编号'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库'), ('applied', '登记申报状态'), ('planned', '登记下一步'), ('undone', '撤销入账')], max_length=12, verbose_name='动作'),
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='enterprises.agency', verbose_name='并入')),
            ],
            options={
                'verbose_name': '辅导机构',
                'verbose_name_plural': '辅导机构',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AgencyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200, verbose_name='事项')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='enterprises.agency', verbose_name='辅导机构')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
            ],
            options={
                'verbose_name': '辅导机构记录',
                'verbose_name_plural': '辅导机构记录',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AgencyReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='申报年度')),
                ('replied_on', models.DateField(verbose_name='回复日期')),
                ('words', models.CharField(max_length=300, verbose_name='回复内容')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='enterprises.agency', verbose_name='辅导机构')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '机构回复',
                'verbose_name_plural': '机构回复',
                'ordering': ['agency', '-year'],
            },
        ),
        migrations.CreateModel(
            name='AgencySpelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=60, verbose_name='写法')),
                ('key', models.CharField(editable=False, max_length=120, unique=True, verbose_name='检索名')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spellings', to='enterprises.agency', verbose_name='辅导机构')),
            ],
            options={
                'verbose_name': '辅导机构写法',
                'verbose_name_plural': '辅导机构写法',
                'ordering': ['text', 'id'],
            },
        ),
        migrations.CreateModel(
            name='BulkRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.SlugField(max_length=30, verbose_name='名单')),
                ('act', models.SlugField(max_length=30, verbose_name='动作')),
                ('values', models.JSONField(default=dict, verbose_name='所填')),
                ('firms', models.JSONField(default=list, verbose_name='企业')),
                ('lines', models.JSONField(default=list, verbose_name='待选定')),
                ('back', models.CharField(blank=True, max_length=500, verbose_name='返回地址')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='核对时间')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='写入时间')),
                ('first_entry', models.BigIntegerField(blank=True, null=True, verbose_name='账目自')),
                ('last_entry', models.BigIntegerField(blank=True, null=True, verbose_name='账目至')),
                ('outcome', models.JSONField(default=dict, verbose_name='结果')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '批量办理',
                'verbose_name_plural': '批量办理',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='rejected_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='enterprises.rejectionreason', verbose_name='未通过原因'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('rejected_for__isnull', True), ('stage', 'rejected'), _connector='OR'), name='application_reason_of_rejected', violation_error_message='只有未通过的申报才有未通过原因。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_action', ''), ('next_on__isnull', True)), models.Q(models.Q(('next_action', ''), _negated=True), ('next_on__isnull', False)), _connector='OR'), name='application_next_step_has_day', violation_error_message='下一步须有日期。'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='agency_not_merged_into_itself', violation_error_message='机构不能并入自己。'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='agency_name_not_blank', violation_error_message='机构名称不能为空。'),
        ),
        migrations.AddConstraint(
            model_name='agencyreply',
            constraint=models.UniqueConstraint(fields=('agency', 'year'), name='agency_reply_once_a_year', violation_error_message='该机构该年度的回复已登记。'),
        ),
        migrations.AddConstraint(
            model_name='agencyreply',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='agency_reply_year_plausible', violation_error_message='申报年度应在2000至2100之间。'),
        ),
        migrations.AddConstraint(
            model_name='bulkrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_entry__isnull', True), ('last_entry__isnull', True)), models.Q(('applied_at__isnull', False), ('first_entry__isnull', False), ('last_entry__isnull', False)), _connector='OR'), name='bulk_entries_of_what_is_written', violation_error_message='只有已写入的批量办理才有账目。'),
        ),
        migrations.AddConstraint(
            model_name='bulkrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('applied_at__isnull', False), ('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='bulk_undone_after_written', violation_error_message='只有已写入的批量办理才能撤销。'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
