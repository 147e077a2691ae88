"""Owners of firms, the contact book, the days by which one calls, whom to call at a unit.

What Django's constraints cannot say: one owner a day and level, which PostgreSQL refuses and on SQLite the registry
alone; and a contact book whose entries are added, answered once and withdrawn once, and never rewritten.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("enterprise_id", '"on"', "kind_id", "said", "asked", "answerer_id", "answer_by", "by_id", "at")
ONCE = {
    "answered_at": ("answer", "answered_by_id", "answered_at"),
    "withdrawn_at": ("withdrawn_for", "withdrawn_by_id", "withdrawn_at"),
}
SENTENCE = "talk_is_kept: 对接记录只能追加、答复一次、撤回一次"


def changed(differs):
    """Condition of a trigger: something is rewritten; `differs`: how the database compares with nulls."""
    found = [f"OLD.{name} {differs} NEW.{name}" for name in KEPT]
    for settled, names in ONCE.items():
        found += [f"OLD.{settled} IS NOT NULL AND OLD.{name} {differs} NEW.{name}" for name in names]
    return " OR ".join(f"({each})" for each in found)


POSTGRESQL = [
    """
    ALTER TABLE enterprises_firmowner ADD CONSTRAINT owner_no_overlap
    EXCLUDE USING gist (
        int8range(enterprise_id, enterprise_id, '[]') WITH &&,
        int4range(ascii(level), ascii(level), '[]') WITH &&,
        daterange(since, until) WITH &&
    )
    """,
    f"""
    CREATE FUNCTION talk_is_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE TRIGGER talk_is_kept BEFORE UPDATE ON enterprises_talk
    FOR EACH ROW WHEN ({changed("IS DISTINCT FROM")}) EXECUTE FUNCTION talk_is_kept()
    """,
    """
    CREATE TRIGGER talk_is_not_deleted BEFORE DELETE ON enterprises_talk
    FOR EACH ROW EXECUTE FUNCTION talk_is_kept()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER talk_is_kept BEFORE UPDATE ON enterprises_talk WHEN {changed("IS NOT")}
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """,
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0013_reserve_pool'),
        ('parks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TalkKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=20, unique=True, verbose_name='名称')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
            ],
            options={
                'verbose_name': '对接方式',
                'verbose_name_plural': '对接方式',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='act',
            field=models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('recoded', '更正信用代码'), ('placed', '登记所在地'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('renumbered', '更正证书编号'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库'), ('declined', '不采用后备库建议'), ('applied', '登记申报状态'), ('planned', '登记下一步'), ('incident', '登记事故和违法'), ('retracted', '撤回事故和违法'), ('unit_owner', '变更单位责任人'), ('bureau_owner', '变更科技局责任人'), ('undone', '撤销入账')], max_length=12, verbose_name='动作'),
        ),
        migrations.CreateModel(
            name='FollowUpRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='自何日起')),
                ('quiet_days', models.PositiveSmallIntegerField(help_text='最近一次对接距今超过这些天的，列为久未对接', verbose_name='未对接天数')),
                ('ending_days', models.PositiveSmallIntegerField(help_text='证书在这些天内到期、续证没有办结的，列入对接名单', verbose_name='到期天数')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
            ],
            options={
                'verbose_name': '对接期限',
                'verbose_name_plural': '对接期限',
                'ordering': ['-since'],
                'constraints': [models.UniqueConstraint(fields=('since',), name='followup_rule_once_per_day', violation_error_message='同一起始日只能有一条对接期限。'), models.CheckConstraint(condition=models.Q(('ending_days__gte', 1), ('quiet_days__gte', 1)), name='followup_rule_days_positive', violation_error_message='天数至少为1。'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='followup_rule_has_source', violation_error_message='对接期限必须写明依据。')],
            },
        ),
        migrations.CreateModel(
            name='FirmOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('unit', '单位'), ('bureau', '科技局')], max_length=8, verbose_name='层级')),
                ('account', models.CharField(max_length=150, verbose_name='责任人')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（不含）')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='owners', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '企业责任人',
                'verbose_name_plural': '企业责任人',
                'ordering': ['enterprise', 'level', 'since'],
                'indexes': [models.Index(condition=models.Q(('until__isnull', True)), fields=['account'], name='owner_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__in', ['unit', 'bureau'])), name='owner_level_known', violation_error_message='责任人的层级无效。'), models.CheckConstraint(condition=models.Q(('account', ''), _negated=True), name='owner_has_account', violation_error_message='责任人须写明账号。'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='owner_dates_in_order', violation_error_message='责任人的起始日必须早于结束日。'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise', 'level'), name='owner_one_open', violation_error_message='一家企业同一层级只能有一名当前责任人。'), models.UniqueConstraint(fields=('enterprise', 'level', 'since'), name='owner_once_per_day', violation_error_message='一家企业同一层级同一天只能登记一名责任人。')],
            },
        ),
        migrations.CreateModel(
            name='Talk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='对接日期')),
                ('said', models.CharField(max_length=1000, verbose_name='谈了什么')),
                ('asked', models.CharField(blank=True, max_length=500, verbose_name='企业提出的问题')),
                ('answer_by', models.DateField(blank=True, null=True, verbose_name='答复期限')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='提醒时间')),
                ('withdrawn_for', models.CharField(blank=True, max_length=200, verbose_name='撤回理由')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复登记人')),
                ('answerer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='对接人')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='talks', to='enterprises.enterprise', verbose_name='企业')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enterprises.talkkind', verbose_name='方式')),
            ],
            options={
                'verbose_name': '对接记录',
                'verbose_name_plural': '对接记录',
                'ordering': ['enterprise', '-on', '-id'],
                'indexes': [models.Index(fields=['enterprise', '-on', '-id'], name='talk_by_firm'), models.Index(condition=models.Q(('answered_at', None), ('withdrawn_at', None), models.Q(('asked', ''), _negated=True)), fields=['answer_by'], name='talk_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('said', ''), _negated=True), name='talk_says_something', violation_error_message='须写明谈了什么。'), models.CheckConstraint(condition=models.Q(models.Q(('answer_by__isnull', True), ('answerer__isnull', True), ('asked', '')), models.Q(models.Q(('asked', ''), _negated=True), ('answer_by__isnull', False), ('answerer__isnull', False)), _connector='OR'), name='talk_question_has_answerer', violation_error_message='有问题的须写明谁在哪天前答复，没有问题的不填。'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), models.Q(('asked', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='talk_answer_is_whole', violation_error_message='答复须针对问题，并记明由谁、何时答复。'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_for', '')), models.Q(models.Q(('withdrawn_for', ''), _negated=True), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='talk_withdrawal_is_whole', violation_error_message='撤回须写明理由、由谁、何时撤回。')],
            },
        ),
        migrations.CreateModel(
            name='UnitContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='联系人')),
                ('phone', models.CharField(max_length=40, verbose_name='联系电话')),
                ('told_at', models.DateTimeField(auto_now=True, verbose_name='登记时间')),
                ('told_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contact', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位联系人',
                'verbose_name_plural': '单位联系人',
                'ordering': ['unit'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('phone', ''), _negated=True)), name='unit_contact_is_whole', violation_error_message='单位联系人须有姓名和电话。')],
            },
        ),
        migrations.RunPython(guard, elidable=False),
    ]
