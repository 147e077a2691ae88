import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import enterprises.uscc
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(max_length=18, unique=True, validators=[enterprises.uscc.validate_uscc], verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=120, verbose_name='企业名称')),
                ('name_key', models.CharField(db_index=True, editable=False, max_length=120, verbose_name='检索名')),
                ('registered_on', models.DateField(blank=True, null=True, verbose_name='注册日期')),
                ('industry_code', models.CharField(blank=True, max_length=5, validators=[django.core.validators.RegexValidator('^[A-T]\\d{2,4}$', '行业代码应为门类字母加2至4位数字，如 C3670。')], verbose_name='行业代码')),
                ('contact_name', models.CharField(blank=True, max_length=40, verbose_name='联系人')),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
            ],
            options={
                'verbose_name': '企业',
                'verbose_name_plural': '企业',
                'ordering': ['uscc'],
            },
        ),
        migrations.CreateModel(
            name='TechField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='名称')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='其他写法')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
            ],
            options={
                'verbose_name': '技术领域',
                'verbose_name_plural': '技术领域',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='LedgerHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('last_entry', models.BigIntegerField(default=0, verbose_name='最后一条')),
            ],
            options={
                'verbose_name': '账簿首页',
                'verbose_name_plural': '账簿首页',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='ledger_head_single', violation_error_message='账簿首页只有一行。')],
            },
        ),
        migrations.CreateModel(
            name='QualificationKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(max_length=20, verbose_name='简称')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='其他写法')),
                ('authority', models.CharField(blank=True, max_length=60, verbose_name='认定机关')),
                ('in_force_from', models.DateField(blank=True, null=True, verbose_name='施行日期')),
                ('in_force_until', models.DateField(blank=True, null=True, verbose_name='停止日期')),
                ('class_year_convention', models.BooleanField(default=False, help_text='除证书日期外，另按认定年度（当年起连续若干年）统计', verbose_name='有年度口径')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
            ],
            options={
                'verbose_name': '资质类别',
                'verbose_name_plural': '资质类别',
                'ordering': ['order', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('in_force_from__isnull', True), ('in_force_until__isnull', True), ('in_force_from__lte', models.F('in_force_until')), _connector='OR'), name='kind_dates_in_order', violation_error_message='资质类别的施行日期不得晚于停止日期。')],
            },
        ),
        migrations.CreateModel(
            name='SourceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hnte_register', '高企证书名单'), ('tech_register', '科技型企业名单'), ('roster', '园区/镇街名册'), ('demo', '演示数据')], max_length=16, verbose_name='种类')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='数据截至')),
                ('stored_as', models.CharField(blank=True, max_length=80, verbose_name='存储名')),
                ('received_at', models.DateTimeField(auto_now_add=True, verbose_name='收到时间')),
                ('received_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
            ],
            options={
                'verbose_name': '来源文件',
                'verbose_name_plural': '来源文件',
                'ordering': ['-received_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('placed', '登记所在地'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库')], max_length=12, verbose_name='动作')),
                ('fact', models.CharField(max_length=20, verbose_name='事实')),
                ('fact_id', models.BigIntegerField(verbose_name='事实编号')),
                ('effective_on', models.DateField(null=True, verbose_name='生效日')),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='变更前')),
                ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='变更后')),
                ('cells', models.JSONField(default=dict, verbose_name='单元格')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='记账时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='enterprises.enterprise', verbose_name='企业')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='enterprises.sourcefile', verbose_name='来源文件')),
            ],
            options={
                'verbose_name': '变更账簿',
                'verbose_name_plural': '变更账簿',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='enterprise',
            name='tech_field',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='enterprises.techfield', verbose_name='技术领域'),
        ),
        migrations.CreateModel(
            name='YearlyFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('above_scale', models.BooleanField(blank=True, null=True, verbose_name='规模以上')),
                ('revenue', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name='营业收入（万元）')),
                ('rd_expense', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name='研发费用（万元）')),
                ('staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='职工总数')),
                ('rd_staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='科技人员数')),
                ('ip_class1', models.PositiveIntegerField(blank=True, null=True, verbose_name='Ⅰ类知识产权数')),
                ('ip_class2', models.PositiveIntegerField(blank=True, null=True, verbose_name='Ⅱ类知识产权数')),
                ('hightech_share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='高新技术产品收入占比（%）')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='yearly_figures', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '年度数据',
                'verbose_name_plural': '年度数据',
                'ordering': ['enterprise', '-year'],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_on', models.DateField(verbose_name='注销日期')),
                ('reopened_on', models.DateField(blank=True, null=True, verbose_name='恢复日期')),
                ('cause', models.CharField(choices=[('deregistered', '注销'), ('revoked', '吊销')], default='deregistered', max_length=16, verbose_name='情形')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '注销记录',
                'verbose_name_plural': '注销记录',
                'ordering': ['enterprise', 'closed_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reopened_on__isnull', True), ('closed_on__lte', models.F('reopened_on')), _connector='OR'), name='closure_dates_in_order', violation_error_message='恢复日期不得早于注销日期。'), models.UniqueConstraint(condition=models.Q(('reopened_on__isnull', True)), fields=('enterprise',), name='closure_one_open', violation_error_message='企业已处于注销状态。'), models.UniqueConstraint(fields=('enterprise', 'closed_on'), name='closure_once_per_day', violation_error_message='同一天只能登记一次注销。')],
            },
        ),
        migrations.CreateModel(
            name='FormerName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='曾用名')),
                ('name_key', models.CharField(db_index=True, editable=False, max_length=120, verbose_name='检索名')),
                ('until', models.DateField(verbose_name='使用至（不含）')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_names', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '曾用名',
                'verbose_name_plural': '曾用名',
                'ordering': ['enterprise', 'until'],
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'until'), name='former_name_once_per_day', violation_error_message='同一天只能更名一次。')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='类型')),
                ('params', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='参数')),
                ('slot', models.CharField(blank=True, max_length=80, null=True, unique=True, verbose_name='时段')),
                ('state', models.CharField(choices=[('queued', '排队'), ('running', '运行中'), ('done', '完成'), ('failed', '失败')], default='queued', max_length=10, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('owner', models.CharField(blank=True, max_length=32, null=True, verbose_name='持有者')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='租约到期')),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True, verbose_name='最近心跳')),
                ('phase', models.CharField(blank=True, default='', max_length=100, verbose_name='阶段')),
                ('progress_done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                ('progress_total', models.PositiveIntegerField(blank=True, null=True, verbose_name='总数')),
                ('result', models.JSONField(blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='结果')),
                ('error', models.TextField(blank=True, default='', verbose_name='失败原因')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='提交时间')),
                ('rung_at', models.DateTimeField(blank=True, null=True, verbose_name='最近通知')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['id'], name='job_unfinished')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='job_state_known', violation_error_message='任务状态只能是排队、运行中、完成或失败。'), models.CheckConstraint(condition=models.Q(models.Q(('attempts__gte', 1), ('lease_until__isnull', False), ('owner__isnull', False), ('started_at__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until', None), ('owner', None)), _connector='OR'), name='job_running_has_owner', violation_error_message='运行中的任务必须有持有者和租约，其他任务不得有。'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed'))), models.Q(('finished_at__isnull', True), ('state__in', ('queued', 'running'))), _connector='OR'), name='job_finished_has_time', violation_error_message='已结束的任务必须有结束时间，未结束的不得有。'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('error', ''), _negated=True), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='job_failed_has_reason', violation_error_message='失败的任务必须写明原因，其他任务不得有失败原因。'), models.CheckConstraint(condition=models.Q(('attempts__lte', 10)), name='job_attempts_bounded', violation_error_message='任务最多尝试 10 次。')],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（不含）')),
                ('arrival', models.CharField(choices=[('known', '首次登记'), ('from_outside', '区外迁入'), ('moved', '区内迁移')], default='known', max_length=12, verbose_name='来由')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='enterprises.enterprise', verbose_name='企业')),
                ('park', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='park_placements', to='parks.unit', verbose_name='园区平台')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='town_placements', to='parks.unit', verbose_name='镇街')),
            ],
            options={
                'verbose_name': '所在地',
                'verbose_name_plural': '所在地',
                'ordering': ['enterprise', 'since'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='placement_dates_in_order', violation_error_message='所在地的起始日必须早于结束日。'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise',), name='placement_one_open', violation_error_message='一家企业只能有一个当前所在地。'), models.UniqueConstraint(fields=('enterprise', 'since'), name='placement_once_per_day', violation_error_message='一家企业同一天只能有一个所在地起始。'), models.CheckConstraint(condition=models.Q(('park__isnull', True), models.Q(('park', models.F('town')), _negated=True), _connector='OR'), name='placement_park_is_not_town', violation_error_message='园区与镇街不能是同一单位。')],
            },
        ),
        migrations.CreateModel(
            name='PoolEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('seed', '种子库'), ('cultivation', '培育库'), ('application', '申报库')], max_length=12, verbose_name='层级')),
                ('target_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='拟申报年度')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（不含）')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pool_entries', to='enterprises.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '后备库记录',
                'verbose_name_plural': '后备库记录',
                'ordering': ['enterprise', 'since'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='pool_dates_in_order', violation_error_message='入库起始日必须早于结束日。'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise',), name='pool_one_open', violation_error_message='一家企业只能有一条当前后备库记录。'), models.UniqueConstraint(fields=('enterprise', 'since'), name='pool_once_per_day', violation_error_message='一家企业同一天只能有一条后备库记录。'), models.CheckConstraint(condition=models.Q(('stage__in', ['seed', 'cultivation', 'application'])), name='pool_stage_known', violation_error_message='后备库层级无效。')],
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='编号')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='发证/入库日期')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('until_basis', models.CharField(blank=True, choices=[('term', '按期限推算')], max_length=4, verbose_name='有效期至依据')),
                ('class_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='认定年度')),
                ('revoked_on', models.DateField(blank=True, null=True, verbose_name='取消/退库日期')),
                ('recognition', models.CharField(blank=True, choices=[('first', '首次认定'), ('again', '重新认定')], max_length=6, verbose_name='认定类型')),
                ('dating', models.CharField(choices=[('printed', '原始日期'), ('first_seen', '首次见于名册之日')], default='printed', max_length=10, verbose_name='日期来由')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='qualifications', to='enterprises.enterprise', verbose_name='企业')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='enterprises.qualificationkind', verbose_name='资质类别')),
            ],
            options={
                'verbose_name': '资质',
                'verbose_name_plural': '资质',
                'ordering': ['enterprise', 'kind', 'valid_from', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_from__isnull', True), ('valid_from__lte', models.F('valid_until')), _connector='OR'), name='qualification_dates_in_order', violation_error_message='有效期至不得早于发证日期。'), models.CheckConstraint(condition=models.Q(('revoked_on__isnull', True), ('valid_from__isnull', True), ('revoked_on__gte', models.F('valid_from')), _connector='OR'), name='qualification_revoked_after_issue', violation_error_message='取消日期不得早于发证日期。'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', False), models.Q(('class_year__isnull', False), ('valid_until__isnull', True)), _connector='OR'), name='qualification_dated', violation_error_message='资质必须有发证日期，或至少有认定年度。'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('kind', 'number'), name='qualification_number_once', violation_error_message='该编号已被登记。'), models.UniqueConstraint(condition=models.Q(('number', '')), fields=('enterprise', 'kind', 'valid_from'), name='qualification_unnumbered_once', violation_error_message='该企业同日同类资质已登记。')],
            },
        ),
        migrations.CreateModel(
            name='KindTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='自（发证日）起')),
                ('rule', models.CharField(choices=[('open', '无期限（退库为止）'), ('years', '自发证日起若干年'), ('calendar', '至认定当年年末')], max_length=10, verbose_name='期限规则')),
                ('years', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='年数')),
                ('basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='enterprises.qualificationkind', verbose_name='资质类别')),
            ],
            options={
                'verbose_name': '资质期限',
                'verbose_name_plural': '资质期限',
                'ordering': ['kind', 'since'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'since'), name='term_once_per_day', violation_error_message='同一类别同一起始日只能有一条期限。'), models.CheckConstraint(condition=models.Q(models.Q(('rule', 'years'), ('years__gte', 1), ('years__isnull', False)), models.Q(models.Q(('rule', 'years'), _negated=True), ('years__isnull', True)), _connector='OR'), name='term_years_iff_years_rule', violation_error_message='“若干年”规则必须填年数，其他规则不得填。')],
            },
        ),
        migrations.AddConstraint(
            model_name='sourcefile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='source_sha256_shape', violation_error_message='SHA-256 应为64位十六进制。'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['enterprise', 'id'], name='ledger_by_firm'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('uscc__regex', '^[0-9A-HJ-NP-RTUWXY]{18}$')), name='enterprise_uscc_shape', violation_error_message='统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）。'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('name_key', ''), _negated=True)), name='enterprise_name_not_blank', violation_error_message='企业名称不能为空。'),
        ),
        migrations.AddConstraint(
            model_name='yearlyfigures',
            constraint=models.UniqueConstraint(fields=('enterprise', 'year'), name='figures_once_a_year', violation_error_message='该企业该年度数据已登记。'),
        ),
        migrations.AddConstraint(
            model_name='yearlyfigures',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='figures_year_plausible', violation_error_message='年度应在2000至2100之间。'),
        ),
        migrations.AddConstraint(
            model_name='yearlyfigures',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revenue__isnull', True), ('revenue__gte', 0), _connector='OR'), models.Q(('rd_expense__isnull', True), ('rd_expense__gte', 0), _connector='OR')), name='figures_not_negative', violation_error_message='营业收入和研发费用不得为负。'),
        ),
        migrations.AddConstraint(
            model_name='yearlyfigures',
            constraint=models.CheckConstraint(condition=models.Q(('staff__isnull', True), ('rd_staff__isnull', True), ('rd_staff__lte', models.F('staff')), _connector='OR'), name='figures_rd_staff_within_staff', violation_error_message='科技人员数不得多于职工总数。'),
        ),
        migrations.AddConstraint(
            model_name='yearlyfigures',
            constraint=models.CheckConstraint(condition=models.Q(('hightech_share__isnull', True), models.Q(('hightech_share__gte', 0), ('hightech_share__lte', 100)), _connector='OR'), name='figures_share_is_percent', violation_error_message='高新技术产品收入占比应在0至100之间。'),
        ),
    ]
