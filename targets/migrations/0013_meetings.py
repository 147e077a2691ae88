"""The joint meeting. What was decided, and what was done about it, is only added to."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


GUARDS = {
    "targets_decision": "decision_is_kept: 会议决定不可更改",
    "targets_decisionstep": "decision_step_is_kept: 决定的办理记录只能追加",
    "targets_stepfile": "decision_step_is_kept: 决定的办理记录只能追加",
}
POSTGRESQL = [
    f"""
    CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change('{words}')
    """
    for table, words in GUARDS.items()
]
SQLITE = [
    f"""
    CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{words}'); END
    """
    for table, words in GUARDS.items()
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('parks', '0001_initial'),
        ('targets', '0012_task_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('key', models.CharField(blank=True, max_length=60, verbose_name='来由代码')),
                ('title', models.CharField(max_length=100, verbose_name='议题')),
                ('reason', models.CharField(blank=True, max_length=400, verbose_name='来由')),
                ('figure', models.PositiveIntegerField(blank=True, null=True, verbose_name='数字')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='名单地址')),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='统计日')),
                ('is_dropped', models.BooleanField(default=False, verbose_name='不列入')),
                ('minutes', models.TextField(blank=True, max_length=5000, verbose_name='会议记录')),
            ],
            options={
                'verbose_name': '会议议题',
                'verbose_name_plural': '会议议题',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ChasingRung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.SmallIntegerField(help_text='期限后第几天催办；期限前的为负数，当天为0', verbose_name='天数')),
                ('repeats', models.BooleanField(default=False, help_text='此后每隔同样天数再催一次', verbose_name='重复')),
                ('since', models.DateField(verbose_name='自（催办日）起')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（含）')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
            ],
            options={
                'verbose_name': '决定催办节点',
                'verbose_name_plural': '决定催办节点',
                'ordering': ['days', 'since'],
                'constraints': [models.UniqueConstraint(fields=('days', 'since'), name='chasing_rung_once', violation_error_message='同一天数同一起始日只能有一条。'), models.CheckConstraint(condition=models.Q(('repeats', False), ('days__gte', 1), _connector='OR'), name='chasing_rung_repeats_after', violation_error_message='只有期限以后的节点可以重复。'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='chasing_rung_has_source', violation_error_message='催办节点必须写明依据。'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lte', models.F('until')), _connector='OR'), name='chasing_rung_dates_in_order', violation_error_message='起始日不得晚于结束日。')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('words', models.CharField(max_length=500, verbose_name='决定事项')),
                ('quantity', models.CharField(blank=True, choices=[('still_missing', '仍缺'), ('stock', '现有')], max_length=14, verbose_name='衡量')),
                ('value', models.PositiveIntegerField(blank=True, null=True, verbose_name='达到')),
                ('began_at', models.IntegerField(blank=True, null=True, verbose_name='决定时')),
                ('indicator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.indicator', verbose_name='指标')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='targets.agendaitem', verbose_name='议题')),
                ('supporting', models.ManyToManyField(blank=True, related_name='supported_decisions', to='parks.unit', verbose_name='配合单位')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='衡量单位')),
            ],
            options={
                'verbose_name': '会议决定',
                'verbose_name_plural': '会议决定',
                'ordering': ['-meeting__number', 'number'],
            },
        ),
        migrations.CreateModel(
            name='DecisionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='步')),
                ('kind', models.CharField(choices=[('made', '作出决定'), ('progress', '报进度'), ('ask', '申请办结'), ('close', '同意办结'), ('send_back', '退回'), ('reassign', '改派'), ('move_due', '改期')], max_length=12, verbose_name='事项')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='说明')),
                ('due', models.DateField(verbose_name='办结期限')),
                ('state', models.CharField(choices=[('open', '办理中'), ('asked', '申请办结'), ('closed', '已办结')], max_length=8, verbose_name='状态')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='targets.decision', verbose_name='决定')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_decision_steps', to='parks.unit', verbose_name='牵头单位')),
            ],
            options={
                'verbose_name': '决定办理记录',
                'verbose_name_plural': '决定办理记录',
                'ordering': ['decision', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='次数')),
                ('day', models.DateField(verbose_name='日期')),
                ('place', models.CharField(blank=True, max_length=60, verbose_name='地点')),
                ('chair', models.CharField(blank=True, max_length=60, verbose_name='主持人')),
                ('state', models.CharField(choices=[('draft', '草案'), ('held', '已召开')], default='draft', max_length=10, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='修改次数')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='拟订时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟订人')),
            ],
            options={
                'verbose_name': '联席会议',
                'verbose_name_plural': '联席会议',
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='targets.meeting', verbose_name='会议'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='targets.meeting', verbose_name='会议'),
        ),
        migrations.CreateModel(
            name='MeetingTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('agenda', '议程'), ('minutes', '纪要')], max_length=8, verbose_name='用途')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '会议文件模板',
                'verbose_name_plural': '会议文件模板',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='StepFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='targets.decisionstep', verbose_name='办理记录')),
            ],
            options={
                'verbose_name': '决定附件',
                'verbose_name_plural': '决定附件',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='DecisionReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due', models.DateField(verbose_name='办结期限')),
                ('rung', models.SmallIntegerField(verbose_name='节点')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='催办时间')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='targets.decision', verbose_name='决定')),
            ],
            options={
                'verbose_name': '决定催办记录',
                'verbose_name_plural': '决定催办记录',
                'ordering': ['-sent_at'],
                'constraints': [models.UniqueConstraint(fields=('decision', 'due', 'rung'), name='decision_reminder_once', violation_error_message='该节点已催办过。')],
            },
        ),
        migrations.AddConstraint(
            model_name='decisionstep',
            constraint=models.UniqueConstraint(fields=('decision', 'number'), name='decision_step_once', violation_error_message='别人刚办理过这一项，请刷新后再办。'),
        ),
        migrations.AddConstraint(
            model_name='decisionstep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'asked', 'closed'])), name='decision_step_state_known', violation_error_message='决定状态无效。'),
        ),
        migrations.AddConstraint(
            model_name='decisionstep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['made', 'close']), models.Q(('text', ''), _negated=True), _connector='OR'), name='decision_step_says_something', violation_error_message='请写明情况或原因。'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'held'])), name='meeting_state_known', violation_error_message='会议状态无效。'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='meeting_number_from_1', violation_error_message='会议次数从1起。'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('meeting', 'number'), name='decision_number_once', violation_error_message='决定序号重复。'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='decision_says_something', violation_error_message='请写明决定事项。'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('indicator__isnull', True), ('quantity', ''), ('unit__isnull', True), ('value__isnull', True)), models.Q(('indicator__isnull', False), ('quantity__in', ['still_missing', 'stock']), ('unit__isnull', False), ('value__isnull', False)), _connector='OR'), name='decision_measure_whole', violation_error_message='衡量须写明指标、单位和数值，或都不填。'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('meeting', 'key'), name='agenda_item_proposed_once', violation_error_message='同一来由的议题重复。'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='agenda_item_has_title', violation_error_message='请写明议题。'),
        ),
        migrations.AddConstraint(
            model_name='stepfile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='step_file_sha256_shape', violation_error_message='SHA-256 应为64位十六进制。'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
