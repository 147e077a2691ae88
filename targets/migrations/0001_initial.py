import datetime
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('enterprises', '0002_guards'),
        ('parks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(max_length=20, verbose_name='简称')),
                ('unit_label', models.CharField(max_length=6, verbose_name='计量单位')),
                ('kind', models.CharField(choices=[('counted', '按事实统计'), ('share', '统计占比'), ('reported', '填报')], max_length=10, verbose_name='类别')),
                ('in_plan', models.BooleanField(default=True, help_text='否：仅作对照，如全国平均水平', verbose_name='行动计划指标')),
                ('note', models.TextField(blank=True, verbose_name='口径说明')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
            ],
            options={
                'verbose_name': '指标',
                'verbose_name_plural': '指标',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='ApplicationBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveSmallIntegerField(verbose_name='批次')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='企业开始申报')),
                ('closes_on', models.DateField(help_text='含当日', verbose_name='企业申报截止')),
                ('district_due_at', models.DateTimeField(blank=True, null=True, verbose_name='区县上报截止')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
            ],
            options={
                'verbose_name': '申报批次',
                'verbose_name_plural': '申报批次',
                'ordering': ['year', 'number'],
                'constraints': [models.UniqueConstraint(fields=('year', 'number'), name='batch_number_once', violation_error_message='该年度已有这一批次。'), models.CheckConstraint(condition=models.Q(('opens_on__isnull', True), ('opens_on__lte', models.F('closes_on')), _connector='OR'), name='batch_dates_in_order', violation_error_message='申报开始日期不得晚于截止日期。')],
            },
        ),
        migrations.CreateModel(
            name='BulletinTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '通报模板',
                'verbose_name_plural': '通报模板',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='GoalRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='修订原因')),
                ('basis_day', models.DateField(help_text='净增目标 = 年末目标 − 这一天的家数', verbose_name='基数日')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存人')),
            ],
            options={
                'verbose_name': '任务分解方案',
                'verbose_name_plural': '任务分解方案',
                'ordering': ['-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='Baseline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='基期')),
                ('value', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='数值')),
                ('basis', models.CharField(choices=[('derived', '推算'), ('published', '公布'), ('entered', '本局核定')], max_length=10, verbose_name='性质')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='baselines', to='targets.indicator', verbose_name='指标')),
            ],
            options={
                'verbose_name': '基期数',
                'verbose_name_plural': '基期数',
                'ordering': ['indicator', 'day'],
            },
        ),
        migrations.CreateModel(
            name='KeyTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('task', '重点任务'), ('safeguard', '保障措施')], max_length=10, verbose_name='类别')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('group', models.CharField(blank=True, max_length=40, verbose_name='板块')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('asks', models.JSONField(blank=True, default=list, verbose_name='要点')),
            ],
            options={
                'verbose_name': '重点任务与保障措施',
                'verbose_name_plural': '重点任务与保障措施',
                'ordering': ['-kind', 'number'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='task_number_once', violation_error_message='序号重复。')],
            },
        ),
        migrations.CreateModel(
            name='MonthlySeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('definition', models.CharField(choices=[('certificate', '证书日期口径'), ('class_year', '认定年度口径')], max_length=12, verbose_name='口径')),
                ('scope', models.CharField(max_length=20, verbose_name='范围')),
                ('indicator', models.CharField(max_length=40, verbose_name='指标')),
                ('first_month', models.DateField(verbose_name='首月月末')),
                ('values', models.JSONField(verbose_name='月末数')),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
            ],
            options={
                'verbose_name': '月度序列',
                'verbose_name_plural': '月度序列',
                'ordering': ['definition', 'scope', 'indicator'],
                'constraints': [models.UniqueConstraint(fields=('definition', 'scope', 'indicator'), name='series_once', violation_error_message='序列重复。')],
            },
        ),
        migrations.CreateModel(
            name='PaceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('ahead', '超前'), ('normal', '正常'), ('overdue', '超期'), ('lagging', '滞后')], max_length=8, unique=True, verbose_name='状态')),
                ('at_least', models.DecimalField(blank=True, decimal_places=1, help_text='负数为落后；滞后不填', max_digits=5, null=True, verbose_name='不低于序时进度（百分点）')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '进度颜色规则',
                'verbose_name_plural': '进度颜色规则',
                'ordering': [models.OrderBy(models.F('at_least'), descending=True, nulls_last=True)],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('at_least__isnull', True), ('state', 'lagging')), models.Q(('at_least__isnull', False), ('state__in', ['ahead', 'normal', 'overdue'])), _connector='OR'), name='pace_rule_has_threshold', violation_error_message='除滞后外，每种状态都要填百分点；滞后不填。')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('as_of', models.DateField(verbose_name='统计日')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='修订原因')),
                ('ledger_entry', models.BigIntegerField(verbose_name='账簿至')),
                ('expected', models.PositiveSmallIntegerField(verbose_name='应报单位')),
                ('handed_in', models.PositiveSmallIntegerField(verbose_name='已报单位')),
                ('applied', models.PositiveSmallIntegerField(verbose_name='已入库单位')),
                ('rules', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='口径')),
                ('verdicts', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='目标判断')),
                ('plan', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='目标和基数')),
                ('completion', models.JSONField(default=dict, verbose_name='目标完成情况')),
                ('tasks', models.JSONField(default=list, verbose_name='重点任务')),
                ('digest', models.CharField(max_length=64, verbose_name='内容摘要')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='发布时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='enterprises.quarter', verbose_name='季度')),
            ],
            options={
                'verbose_name': '季度发布',
                'verbose_name_plural': '季度发布',
                'ordering': ['-as_of', '-number'],
            },
        ),
        migrations.CreateModel(
            name='FrozenSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=120, verbose_name='企业名称')),
                ('kind', models.CharField(max_length=30, verbose_name='资质类别')),
                ('definition', models.CharField(choices=[('certificate', '证书日期口径'), ('class_year', '认定年度口径')], max_length=12, verbose_name='口径')),
                ('park', models.CharField(blank=True, max_length=20, verbose_name='园区平台')),
                ('town', models.CharField(max_length=20, verbose_name='镇街')),
                ('start', models.DateField(verbose_name='自')),
                ('end', models.DateField(verbose_name='至（不含）')),
                ('opened_by', models.CharField(choices=[('first', '首次认定'), ('regained', '失效后再认定'), ('arrived', '区外迁入'), ('transferred', '区内迁入'), ('reopened', '恢复')], max_length=12, verbose_name='起因')),
                ('closed_by', models.CharField(blank=True, choices=[('', '—'), ('expired', '到期未续'), ('revoked', '取消'), ('left', '迁出江津'), ('transferred', '区内迁出'), ('closed', '注销')], max_length=12, verbose_name='止因')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='证书编号')),
                ('valid_from', models.DateField(null=True, verbose_name='发证/入库日期')),
                ('valid_until', models.DateField(null=True, verbose_name='有效期至')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spans', to='targets.release', verbose_name='发布')),
            ],
            options={
                'verbose_name': '发布的名单',
                'verbose_name_plural': '发布的名单',
                'ordering': ['release', 'uscc', 'start'],
            },
        ),
        migrations.CreateModel(
            name='FrozenFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('definition', models.CharField(choices=[('certificate', '证书日期口径'), ('class_year', '认定年度口径')], max_length=12, verbose_name='口径')),
                ('scope', models.CharField(max_length=20, verbose_name='范围')),
                ('indicator', models.CharField(max_length=40, verbose_name='指标')),
                ('value', models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='数值')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='targets.release', verbose_name='发布')),
            ],
            options={
                'verbose_name': '发布的数字',
                'verbose_name_plural': '发布的数字',
                'ordering': ['release', 'definition', 'indicator', 'scope'],
            },
        ),
        migrations.CreateModel(
            name='ReportedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('value', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='数值')),
                ('published_on', models.DateField(verbose_name='发布日期')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reported', to='targets.indicator', verbose_name='指标')),
            ],
            options={
                'verbose_name': '填报指标数',
                'verbose_name_plural': '填报指标数',
                'ordering': ['indicator', '-year', '-published_on'],
            },
        ),
        migrations.CreateModel(
            name='Span',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('definition', models.CharField(choices=[('certificate', '证书日期口径'), ('class_year', '认定年度口径')], max_length=12, verbose_name='口径')),
                ('start', models.DateField(verbose_name='自')),
                ('end', models.DateField(default=datetime.date(9999, 12, 31), verbose_name='至（不含）')),
                ('opened_by', models.CharField(choices=[('first', '首次认定'), ('regained', '失效后再认定'), ('arrived', '区外迁入'), ('transferred', '区内迁入'), ('reopened', '恢复')], max_length=12, verbose_name='起因')),
                ('closed_by', models.CharField(blank=True, choices=[('', '—'), ('expired', '到期未续'), ('revoked', '取消'), ('left', '迁出江津'), ('transferred', '区内迁出'), ('closed', '注销')], max_length=12, verbose_name='止因')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='enterprises.enterprise', verbose_name='企业')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enterprises.qualificationkind', verbose_name='资质类别')),
                ('park', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parks.unit', verbose_name='园区平台')),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enterprises.qualification', verbose_name='末次证书')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parks.unit', verbose_name='镇街')),
            ],
            options={
                'verbose_name': '计数区间',
                'verbose_name_plural': '计数区间',
                'ordering': ['enterprise', 'kind', 'definition', 'start'],
            },
        ),
        migrations.CreateModel(
            name='SpanMark',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('ledger_entry', models.BigIntegerField(default=0, verbose_name='已处理至账簿')),
                ('refreshed_at', models.DateTimeField(null=True, verbose_name='更新时间')),
            ],
            options={
                'verbose_name': '区间进度',
                'verbose_name_plural': '区间进度',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='span_mark_single', violation_error_message='只有一行。')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due', models.DateField(verbose_name='期限')),
                ('operator', models.CharField(choices=[('gt', '大于（超过、突破）'), ('gte', '不少于（以上、达到、提高到）')], max_length=4, verbose_name='比较')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='目标值')),
                ('doubles_baseline', models.BooleanField(default=False, verbose_name='同时要求较基期翻一番')),
                ('wording', models.CharField(max_length=60, verbose_name='计划原文')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='targets.indicator', verbose_name='指标')),
                ('reference', models.ForeignKey(blank=True, help_text='目标是另一指标同年的数值，如全国平均水平', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referenced_by', to='targets.indicator', verbose_name='对照指标')),
                ('unit', models.ForeignKey(blank=True, help_text='空 = 全区', null=True, on_delete=django.db.models.deletion.PROTECT, to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '目标',
                'verbose_name_plural': '目标',
                'ordering': ['indicator', 'due'],
            },
        ),
        migrations.CreateModel(
            name='Expectation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(verbose_name='起算日')),
                ('expected', models.FloatField(null=True, verbose_name='预计')),
                ('low', models.IntegerField(null=True, verbose_name='八成下限')),
                ('high', models.IntegerField(null=True, verbose_name='八成上限')),
                ('probability', models.FloatField(null=True, verbose_name='可能性')),
                ('record', models.CharField(blank=True, max_length=120, verbose_name='历年检验')),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
                ('target', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='expectation', to='targets.target', verbose_name='目标')),
            ],
            options={
                'verbose_name': '目标预计',
                'verbose_name_plural': '目标预计',
                'ordering': ['target'],
            },
        ),
        migrations.CreateModel(
            name='TaskBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('lead', '牵头单位'), ('responsible', '责任单位')], max_length=12, verbose_name='职责')),
                ('group', models.CharField(blank=True, choices=[('parks', '各园区平台'), ('towns', '各镇街')], max_length=6, verbose_name='单位组')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bodies', to='targets.keytask', verbose_name='任务')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '任务责任单位',
                'verbose_name_plural': '任务责任单位',
                'ordering': ['task', 'role', 'order'],
            },
        ),
        migrations.CreateModel(
            name='TaskProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年')),
                ('quarter', models.PositiveSmallIntegerField(verbose_name='季度')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('state', models.CharField(choices=[('not_started', '未启动'), ('in_progress', '推进中'), ('done', '已完成'), ('behind', '滞后')], max_length=12, verbose_name='进展状态')),
                ('text', models.TextField(max_length=2000, verbose_name='进展说明')),
                ('figures', models.JSONField(blank=True, default=list, verbose_name='主要数据')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='填报时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='progress', to='targets.keytask', verbose_name='任务')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='task_progress', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '任务进展',
                'verbose_name_plural': '任务进展',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TaskFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='targets.taskprogress', verbose_name='任务进展')),
            ],
            options={
                'verbose_name': '任务附件',
                'verbose_name_plural': '任务附件',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='RenewalReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('milestone', models.PositiveSmallIntegerField(verbose_name='到期前天数')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='提醒时间')),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enterprises.qualification', verbose_name='证书')),
            ],
            options={
                'verbose_name': '续证提醒记录',
                'verbose_name_plural': '续证提醒记录',
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='TaskReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年')),
                ('quarter', models.PositiveSmallIntegerField(verbose_name='季度')),
                ('milestone', models.CharField(max_length=20, verbose_name='节点')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='提醒时间')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '任务催报记录',
                'verbose_name_plural': '任务催报记录',
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='UnitGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stock', models.PositiveIntegerField(verbose_name='年末存量')),
                ('net', models.IntegerField(verbose_name='净增')),
                ('first', models.PositiveIntegerField(verbose_name='首次认定')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.indicator', verbose_name='指标')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='targets.goalrevision', verbose_name='方案')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位任务',
                'verbose_name_plural': '单位任务',
                'ordering': ['revision', 'indicator', 'unit'],
            },
        ),
        migrations.AddConstraint(
            model_name='goalrevision',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='goal_revision_once', violation_error_message='版次重复。'),
        ),
        migrations.AddConstraint(
            model_name='goalrevision',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='goal_revision_has_reason', violation_error_message='修订必须写明原因。'),
        ),
        migrations.AddConstraint(
            model_name='baseline',
            constraint=models.UniqueConstraint(fields=('indicator', 'day'), name='baseline_once', violation_error_message='同一指标同一基期只能有一个数。'),
        ),
        migrations.AddConstraint(
            model_name='baseline',
            constraint=models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='baseline_positive', violation_error_message='基期数必须大于0。'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('quarter', 'number'), name='release_number_once', violation_error_message='版次重复。'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='release_revision_has_reason', violation_error_message='修订版必须写明原因。'),
        ),
        migrations.AddIndex(
            model_name='frozenspan',
            index=models.Index(fields=['release', 'definition', 'kind'], name='frozen_span_counting'),
        ),
        migrations.AddIndex(
            model_name='frozenspan',
            index=models.Index(fields=['release', 'uscc'], name='frozen_span_firm'),
        ),
        migrations.AddConstraint(
            model_name='frozenfigure',
            constraint=models.UniqueConstraint(fields=('release', 'definition', 'scope', 'indicator'), name='frozen_figure_once', violation_error_message='数字重复。'),
        ),
        migrations.AddConstraint(
            model_name='reportedfigure',
            constraint=models.UniqueConstraint(fields=('indicator', 'year', 'published_on'), name='reported_once_per_publication', violation_error_message='该指标该年度同一发布日的数值已登记。'),
        ),
        migrations.AddConstraint(
            model_name='reportedfigure',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='reported_not_negative', violation_error_message='数值不得为负。'),
        ),
        migrations.AddIndex(
            model_name='span',
            index=models.Index(fields=['definition', 'kind', 'park', 'town', 'start', 'end'], name='span_counting'),
        ),
        migrations.AddIndex(
            model_name='span',
            index=models.Index(fields=['definition', 'kind', 'end'], name='span_ending'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='span_dates_in_order', violation_error_message='区间起止颠倒。'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.UniqueConstraint(fields=('enterprise', 'kind', 'definition', 'start'), name='span_once', violation_error_message='区间重复。'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('indicator', 'unit', 'due'), name='target_once_per_unit', violation_error_message='同一指标、单位、期限只能有一个目标。'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(condition=models.Q(('unit__isnull', True)), fields=('indicator', 'due'), name='target_once_in_district', violation_error_message='同一指标、期限只能有一个全区目标。'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reference__isnull', True), ('value__isnull', False)), models.Q(('reference__isnull', False), ('value__isnull', True)), _connector='OR'), name='target_value_or_reference', violation_error_message='目标值与对照指标必须且只能填一个。'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), ('value__gt', 0), _connector='OR'), name='target_value_positive', violation_error_message='目标值必须大于0。'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('operator__in', ['gt', 'gte'])), name='target_operator_known', violation_error_message='比较方式无效。'),
        ),
        migrations.AddConstraint(
            model_name='taskbody',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('group', ''), ('unit__isnull', False)), models.Q(('group__in', ['parks', 'towns']), ('unit__isnull', True)), _connector='OR'), name='task_body_unit_or_group', violation_error_message='责任单位须指定单位或单位组之一。'),
        ),
        migrations.AddConstraint(
            model_name='taskbody',
            constraint=models.UniqueConstraint(fields=('task', 'role', 'unit'), name='task_body_once', violation_error_message='同一任务同一职责的单位重复。'),
        ),
        migrations.AddConstraint(
            model_name='taskbody',
            constraint=models.UniqueConstraint(condition=models.Q(('group', ''), _negated=True), fields=('task', 'role', 'group'), name='task_group_once', violation_error_message='同一任务同一职责的单位组重复。'),
        ),
        migrations.AddIndex(
            model_name='taskprogress',
            index=models.Index(fields=['year', 'quarter'], name='task_progress_quarter'),
        ),
        migrations.AddConstraint(
            model_name='taskprogress',
            constraint=models.UniqueConstraint(fields=('task', 'unit', 'year', 'quarter', 'version'), name='task_progress_version_once', violation_error_message='这一版已有人填报，请刷新后再填。'),
        ),
        migrations.AddConstraint(
            model_name='taskprogress',
            constraint=models.CheckConstraint(condition=models.Q(('quarter__gte', 1), ('quarter__lte', 4)), name='task_progress_quarter_1_to_4', violation_error_message='季度应为1至4。'),
        ),
        migrations.AddConstraint(
            model_name='taskprogress',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['not_started', 'in_progress', 'done', 'behind'])), name='task_progress_state_known', violation_error_message='进展状态无效。'),
        ),
        migrations.AddConstraint(
            model_name='taskprogress',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='task_progress_version_from_1', violation_error_message='版次从1起。'),
        ),
        migrations.AddConstraint(
            model_name='taskprogress',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='task_progress_says_something', violation_error_message='请写明进展。'),
        ),
        migrations.AddConstraint(
            model_name='taskfile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='task_file_sha256_shape', violation_error_message='SHA-256 应为64位十六进制。'),
        ),
        migrations.AddConstraint(
            model_name='renewalreminder',
            constraint=models.UniqueConstraint(fields=('qualification', 'milestone'), name='renewal_reminder_once', violation_error_message='该节点已提醒过。'),
        ),
        migrations.AddConstraint(
            model_name='taskreminder',
            constraint=models.UniqueConstraint(fields=('unit', 'year', 'quarter', 'milestone'), name='task_reminder_once', violation_error_message='该节点已提醒过。'),
        ),
        migrations.AddConstraint(
            model_name='unitgoal',
            constraint=models.UniqueConstraint(fields=('revision', 'indicator', 'unit'), name='unit_goal_once', violation_error_message='同一方案中单位和指标重复。'),
        ),
        migrations.AddConstraint(
            model_name='unitgoal',
            constraint=models.CheckConstraint(condition=models.Q(('net__lte', models.F('stock'))), name='unit_goal_net_within_stock', violation_error_message='净增不得大于年末存量。'),
        ),
    ]
