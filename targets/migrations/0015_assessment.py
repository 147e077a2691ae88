"""Score sheets of a year. What was entered, objected, answered and frozen is only ever added; the items of a decreed sheet
stand, and a frozen sheet does not change."""

import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


KEPT = "assessment_is_kept: 考核的评分、异议、答复和定分只能追加"
FROZEN = "assessment_is_frozen: 已定分的考核方案不可更改"
DECREED = "assessment_items_stand: 已下达的考核项目不可更改，请先退回草案"
TABLES = (
    "targets_assessmententry", "targets_assessmentobjection", "targets_assessmentanswer", "targets_assessmentfile",
    "targets_assessmentevent", "targets_assessmentscore",
)
STANDS = "SELECT 1 FROM targets_assessmentscheme WHERE id = {row}.scheme_id AND state IN ('decreed', 'frozen')"
POSTGRESQL = [
    *(
        f"""
        CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change('{KEPT}')
        """
        for table in TABLES
    ),
    f"""
    CREATE TRIGGER assessment_is_frozen BEFORE UPDATE OR DELETE ON targets_assessmentscheme
    FOR EACH ROW WHEN (OLD.state = 'frozen') EXECUTE FUNCTION refuse_change('{FROZEN}')
    """,
    f"""
    CREATE FUNCTION assessment_items_stand() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF EXISTS ({STANDS.format(row="OLD")}) THEN
            RAISE EXCEPTION '{DECREED}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER assessment_items_stand BEFORE UPDATE OR DELETE ON targets_assessmentitem
    FOR EACH ROW EXECUTE FUNCTION assessment_items_stand()
    """,
]
SQLITE = [
    *(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        for table in TABLES
    ),
    f"""
    CREATE TRIGGER assessment_is_frozen BEFORE UPDATE ON targets_assessmentscheme WHEN OLD.state = 'frozen'
    BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END
    """,
    f"""
    CREATE TRIGGER assessment_items_stand BEFORE UPDATE ON targets_assessmentitem
    WHEN EXISTS ({STANDS.format(row="OLD")}) BEGIN SELECT RAISE(ABORT, '{DECREED}'); END
    """,
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('parks', '0001_initial'),
        ('targets', '0014_nil_by_default'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssessmentItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('title', models.CharField(max_length=40, verbose_name='项目')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='评分说明')),
                ('source', models.CharField(choices=[('hand', '按材料评分'), ('goal', '任务完成率'), ('renewal', '续证率'), ('pool', '先入库后认定率'), ('roster_in_time', '名册按时率'), ('roster_right', '名册一次报对率'), ('task_report', '重点任务按时报告率'), ('register', '台账数'), ('decision', '会议决定按期办结率')], default='hand', max_length=16, verbose_name='怎样计分')),
                ('measure', models.CharField(blank=True, choices=[('stock', '年末存量'), ('net', '净增'), ('first', '首次认定')], max_length=8, verbose_name='考核口径')),
                ('weight', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='分值')),
                ('cap', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='封顶分')),
                ('floor', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=9, verbose_name='起分值')),
                ('full', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=9, verbose_name='满分值')),
                ('no_case', models.CharField(choices=[('full', '得满分'), ('left_out', '不计入，分值按比例分给其他项')], default='left_out', max_length=8, verbose_name='没有发生时')),
                ('needs_evidence', models.BooleanField(default=True, help_text='只用于按材料评分', verbose_name='须附佐证')),
                ('figure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.taskfigure', verbose_name='台账数')),
                ('indicator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.indicator', verbose_name='指标')),
            ],
            options={
                'verbose_name': '考核项目',
                'verbose_name_plural': '考核项目',
                'ordering': ['scheme', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='得分')),
                ('reason', models.CharField(max_length=300, verbose_name='评分理由')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评分人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='targets.assessmentitem', verbose_name='项目')),
            ],
            options={
                'verbose_name': '考核评分',
                'verbose_name_plural': '考核评分',
                'ordering': ['item', 'unit', 'number'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=1000, verbose_name='异议')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='targets.assessmentitem', verbose_name='项目')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '考核异议',
                'verbose_name_plural': '考核异议',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='targets.assessmententry', verbose_name='评分')),
                ('objection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='targets.assessmentobjection', verbose_name='异议')),
            ],
            options={
                'verbose_name': '考核佐证材料',
                'verbose_name_plural': '考核佐证材料',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('upheld', '采纳'), ('refused', '不采纳')], max_length=8, verbose_name='结论')),
                ('words', models.CharField(max_length=1000, verbose_name='答复')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='targets.assessmentobjection', verbose_name='异议')),
            ],
            options={
                'verbose_name': '考核异议答复',
                'verbose_name_plural': '考核异议答复',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentScheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('kind', models.CharField(choices=[('park', '园区平台'), ('town', '镇街'), ('department', '部门')], max_length=12, verbose_name='考核对象')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('basis', models.CharField(max_length=500, verbose_name='拟订依据')),
                ('document', models.CharField(blank=True, max_length=120, verbose_name='下达文号')),
                ('total', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=6, verbose_name='总分')),
                ('shows_ranking', models.BooleanField(default=False, help_text='不勾选时，单位只见本单位的得分', verbose_name='单位可见排名')),
                ('open_to_units', models.BooleanField(default=False, help_text='勾选后，单位可以看到草案和本单位的模拟得分', verbose_name='草案征求意见')),
                ('state', models.CharField(choices=[('draft', '草案'), ('proposed', '提请下达'), ('decreed', '已下达'), ('frozen', '已定分')], default='draft', max_length=10, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='修改次数')),
                ('proposed_at', models.DateTimeField(blank=True, null=True, verbose_name='提请时间')),
                ('decreed_at', models.DateTimeField(blank=True, null=True, verbose_name='下达时间')),
                ('frozen_at', models.DateTimeField(blank=True, null=True, verbose_name='定分时间')),
                ('decreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='下达人')),
                ('frozen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='定分人')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提请人')),
            ],
            options={
                'verbose_name': '考核方案',
                'verbose_name_plural': '考核方案',
                'ordering': ['-year', 'kind'],
            },
        ),
        migrations.AddField(
            model_name='assessmentobjection',
            name='scheme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='targets.assessmentscheme', verbose_name='方案'),
        ),
        migrations.AddField(
            model_name='assessmentitem',
            name='scheme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='targets.assessmentscheme', verbose_name='方案'),
        ),
        migrations.CreateModel(
            name='AssessmentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('kind', models.CharField(choices=[('proposed', '提请下达'), ('withdrawn', '撤回提请'), ('decreed', '下达'), ('reopened', '退回草案'), ('frozen', '定分')], max_length=10, verbose_name='事项')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('items', models.JSONField(blank=True, default=list, verbose_name='当时的项目')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='targets.assessmentscheme', verbose_name='方案')),
            ],
            options={
                'verbose_name': '考核方案办理记录',
                'verbose_name_plural': '考核方案办理记录',
                'ordering': ['scheme', 'number'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='得分')),
                ('rank', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='名次')),
                ('part', models.IntegerField(blank=True, null=True, verbose_name='分子')),
                ('whole', models.IntegerField(blank=True, null=True, verbose_name='分母')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('cases', models.JSONField(blank=True, default=list, verbose_name='明细')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='targets.assessmentitem', verbose_name='项目')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='targets.assessmentscheme', verbose_name='方案')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '考核定分',
                'verbose_name_plural': '考核定分',
                'ordering': ['scheme', 'unit', 'item'],
            },
        ),
        migrations.AddConstraint(
            model_name='assessmententry',
            constraint=models.UniqueConstraint(fields=('item', 'unit', 'number'), name='assessment_entry_once', violation_error_message='别人刚评过这一项，请刷新后再评。'),
        ),
        migrations.AddConstraint(
            model_name='assessmententry',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', 0)), name='assessment_entry_not_negative', violation_error_message='得分不能为负。'),
        ),
        migrations.AddConstraint(
            model_name='assessmententry',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='assessment_entry_has_reason', violation_error_message='请写明评分理由。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry', None), ('objection__isnull', False)), models.Q(('entry__isnull', False), ('objection', None)), _connector='OR'), name='assessment_file_of_one', violation_error_message='材料须属于一次评分或一条异议。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentfile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='assessment_file_sha256_shape', violation_error_message='SHA-256 应为64位十六进制。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('outcome__in', ['upheld', 'refused'])), name='assessment_answer_says_something', violation_error_message='请写明答复和结论。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.UniqueConstraint(fields=('year', 'kind'), name='assessment_once', violation_error_message='这一年度的考核方案已经有了。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['park', 'town'])), name='assessment_of_parks_or_towns', violation_error_message='只考核园区平台和镇街。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(('total__gt', 0)), name='assessment_total_positive', violation_error_message='总分应大于0。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('basis', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='assessment_says_its_basis', violation_error_message='请写明名称和拟订依据。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decreed_at', None), ('decreed_by', None), ('document', ''), ('frozen_at', None), ('frozen_by', None), ('proposed_at', None), ('proposed_by', None), ('state', 'draft')), models.Q(('decreed_at', None), ('decreed_by', None), ('frozen_at', None), ('frozen_by', None), ('proposed_at__isnull', False), ('proposed_by__isnull', False), ('state', 'proposed'), models.Q(('document', ''), _negated=True)), models.Q(('decreed_at__isnull', False), ('decreed_by__isnull', False), ('frozen_at', None), ('frozen_by', None), ('proposed_at__isnull', False), ('proposed_by__isnull', False), ('state', 'decreed'), models.Q(('document', ''), _negated=True)), models.Q(('decreed_at__isnull', False), ('decreed_by__isnull', False), ('frozen_at__isnull', False), ('frozen_by__isnull', False), ('proposed_at__isnull', False), ('proposed_by__isnull', False), ('state', 'frozen'), models.Q(('document', ''), _negated=True)), _connector='OR'), name='assessment_state_whole', violation_error_message='提请、下达、定分须写明人和时间，提请起须有文号。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(('decreed_by', None), models.Q(('decreed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='assessment_two_persons', violation_error_message='提请和下达不能是同一个人。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentobjection',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='assessment_objection_says_something', violation_error_message='请写明异议。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.UniqueConstraint(fields=('scheme', 'title'), name='assessment_item_once', violation_error_message='同一方案中项目名称重复。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='assessment_item_has_title', violation_error_message='请写明项目。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.CheckConstraint(condition=models.Q(('cap__gte', models.F('weight')), ('weight__gt', 0)), name='assessment_item_cap_from_weight', violation_error_message='分值应大于0，封顶分不得低于分值。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.CheckConstraint(condition=models.Q(('floor__gte', 0), ('floor__lt', models.F('full'))), name='assessment_item_floor_below_full', violation_error_message='起分值不得为负，且应小于满分值。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('figure', None), ('indicator__isnull', False), ('source', 'goal'), ('measure__in', ['stock', 'net', 'first'])), models.Q(('indicator__isnull', False), ('source__in', ['renewal', 'pool']), ('figure', None), ('measure', '')), models.Q(('figure__isnull', False), ('indicator', None), ('measure', ''), ('source', 'register')), models.Q(('source__in', ['hand', 'roster_in_time', 'roster_right', 'task_report', 'decision']), ('figure', None), ('indicator', None), ('measure', '')), _connector='OR'), name='assessment_item_asks_whole', violation_error_message='来源与指标、考核口径、台账数不相配。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentitem',
            constraint=models.CheckConstraint(condition=models.Q(('no_case__in', ['full', 'left_out'])), name='assessment_item_no_case_known', violation_error_message='请选择没有发生时怎样计分。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentevent',
            constraint=models.UniqueConstraint(fields=('scheme', 'number'), name='assessment_event_once', violation_error_message='别人刚办理过这一方案，请刷新后再办。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'reopened'), ('text', ''), _negated=True), name='assessment_event_reopened_with_reason', violation_error_message='退回草案须写明原因。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscore',
            constraint=models.UniqueConstraint(fields=('scheme', 'unit', 'item'), name='assessment_score_once', violation_error_message='该单位这一项已定分。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscore',
            constraint=models.UniqueConstraint(condition=models.Q(('item', None)), fields=('scheme', 'unit'), name='assessment_total_once', violation_error_message='该单位的总分已定。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscore',
            constraint=models.CheckConstraint(condition=models.Q(('points', None), ('points__gte', 0), _connector='OR'), name='assessment_score_not_negative', violation_error_message='得分不能为负。'),
        ),
        migrations.RunPython(guard, elidable=False),
    ]
