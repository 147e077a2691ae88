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
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='内容')),
                ('link', models.CharField(blank=True, max_length=200, verbose_name='链接')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读时间')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='邮件时间')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
            ],
            options={
                'verbose_name': '消息',
                'verbose_name_plural': '消息',
                'ordering': ['-id'],
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
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='申报年度')),
                ('batch', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='批次')),
                ('agency', models.CharField(blank=True, max_length=60, verbose_name='辅导机构')),
                ('stage', models.CharField(choices=[('preparing', '准备中'), ('filed', '已申报'), ('publicity', '公示中'), ('rejected', '未通过'), ('given_up', '放弃')], max_length=12, verbose_name='申报状态')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（不含）')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='enterprises.enterprise', verbose_name='企业')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='enterprises.qualificationkind', verbose_name='资质类别')),
            ],
            options={
                'verbose_name': '申报记录',
                'verbose_name_plural': '申报记录',
                'ordering': ['enterprise', 'kind', 'since'],
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
            },
        ),
        migrations.CreateModel(
            name='Quarter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年')),
                ('number', models.PositiveSmallIntegerField(verbose_name='季度')),
                ('opens_on', models.DateField(verbose_name='开放日')),
                ('due_on', models.DateField(help_text='到这一天为止（含）为按时报送', verbose_name='截止日')),
                ('locks_on', models.DateField(help_text='这一天之后不再接收，除非单独延期', verbose_name='锁定日')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开放人')),
            ],
            options={
                'verbose_name': '报送季度',
                'verbose_name_plural': '报送季度',
                'ordering': ['-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='LockException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='延期至（含）')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('granted_at', models.DateTimeField(auto_now_add=True, verbose_name='批准时间')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='enterprises.quarter', verbose_name='季度')),
            ],
            options={
                'verbose_name': '延期报送',
                'verbose_name_plural': '延期报送',
                'ordering': ['-granted_at'],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=120, verbose_name='企业名称')),
                ('kind', models.CharField(choices=[('transfer', '迁移'), ('double', '重复申报'), ('disowned', '待认领')], max_length=10, verbose_name='情形')),
                ('decision', models.CharField(blank=True, choices=[('placed', '归入'), ('stays', '维持登记')], max_length=6, verbose_name='决定')),
                ('moved_on', models.DateField(blank=True, null=True, verbose_name='迁移日期')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='决定说明')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
                ('from_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='登记单位')),
                ('park', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='归入园区')),
                ('town', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='归入镇街')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='enterprises.quarter', verbose_name='季度')),
            ],
            options={
                'verbose_name': '归属事项',
                'verbose_name_plural': '归属事项',
                'ordering': ['decision', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('milestone', models.CharField(max_length=20, verbose_name='节点')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='提醒时间')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='enterprises.quarter', verbose_name='季度')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '催报记录',
                'verbose_name_plural': '催报记录',
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rosters', to='enterprises.quarter', verbose_name='季度')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rosters', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '季度名册',
                'verbose_name_plural': '季度名册',
                'ordering': ['quarter', 'unit'],
            },
        ),
        migrations.CreateModel(
            name='RosterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('filename', models.CharField(blank=True, max_length=200, verbose_name='文件名')),
                ('mapping', models.JSONField(blank=True, default=dict, verbose_name='列对应')),
                ('state', models.CharField(choices=[('checking', '检查中'), ('faulty', '有错误'), ('ready', '待报送'), ('submitted', '已报送'), ('returned', '已退回'), ('approved', '审核通过'), ('applied', '已入库'), ('replaced', '已由更正版取代'), ('undone', '已撤销')], default='checking', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='更正理由')),
                ('summary', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='检查结果')),
                ('reasons', models.JSONField(blank=True, default=dict, verbose_name='提醒的理由')),
                ('annotated_as', models.CharField(blank=True, max_length=80, verbose_name='批注副本')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='报送时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='入库时间')),
                ('ledger_from', models.BigIntegerField(blank=True, null=True, verbose_name='首条账目')),
                ('ledger_to', models.BigIntegerField(blank=True, null=True, verbose_name='末条账目')),
                ('outcome', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='入库结果')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('undone_reason', models.CharField(blank=True, max_length=200, verbose_name='撤销理由')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='enterprises.job', verbose_name='任务')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='enterprises.roster', verbose_name='名册')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '名册版本',
                'verbose_name_plural': '名册版本',
                'ordering': ['roster', '-number'],
            },
        ),
        migrations.CreateModel(
            name='RosterProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, verbose_name='规则')),
                ('severity', models.CharField(max_length=8, verbose_name='级别')),
                ('address', models.CharField(max_length=240, verbose_name='位置')),
                ('row', models.PositiveIntegerField(blank=True, null=True, verbose_name='行')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='列')),
                ('seen', models.CharField(blank=True, max_length=120, verbose_name='填写内容')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('fix', models.CharField(max_length=300, verbose_name='怎么改')),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='enterprises.rosterversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '名册问题',
                'verbose_name_plural': '名册问题',
                'ordering': ['version', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RosterFirm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=120, verbose_name='企业名称')),
                ('kind', models.CharField(choices=[('new', '新增'), ('changed', '变更'), ('arriving', '迁入'), ('missing', '未列'), ('unchanged', '不变')], max_length=10, verbose_name='类别')),
                ('row', models.PositiveIntegerField(blank=True, null=True, verbose_name='行')),
                ('cell', models.CharField(blank=True, max_length=80, verbose_name='单元格')),
                ('relocated', models.BooleanField(default=False, verbose_name='所在地不同')),
                ('registered_name', models.CharField(blank=True, max_length=120, verbose_name='登记名称')),
                ('holds_certificate', models.BooleanField(default=False, verbose_name='有效高企')),
                ('changes', models.JSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='变更')),
                ('word', models.CharField(blank=True, choices=[('moved', '已迁往区内其他单位'), ('closed', '已注销'), ('left', '已迁出江津'), ('forgotten', '仍在本单位，漏列'), ('not_ours', '不属于本单位')], max_length=10, verbose_name='说明')),
                ('day', models.DateField(blank=True, null=True, verbose_name='日期')),
                ('renamed_on', models.DateField(blank=True, null=True, verbose_name='更名日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='补充说明')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='行摘要')),
                ('from_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='原单位')),
                ('park', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='园区平台')),
                ('to_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='去向')),
                ('town', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parks.unit', verbose_name='镇街')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='firms', to='enterprises.rosterversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '名册企业',
                'verbose_name_plural': '名册企业',
                'ordering': ['version', 'row', 'uscc'],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('firm_name', models.CharField(blank=True, max_length=120, verbose_name='企业名称')),
                ('cell', models.CharField(blank=True, max_length=80, verbose_name='单元格')),
                ('text', models.CharField(max_length=500, verbose_name='意见')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='enterprises.rosterversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '审核意见',
                'verbose_name_plural': '审核意见',
                'ordering': ['at', 'id'],
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
        migrations.AddField(
            model_name='rosterversion',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enterprises.sourcefile', verbose_name='文件'),
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('placed', '登记所在地'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库'), ('applied', '登记申报状态'), ('undone', '撤销入账')], max_length=12, verbose_name='动作')),
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
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='enterprises.ledgerentry', verbose_name='撤销的账目')),
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
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='列名')),
                ('key', models.CharField(max_length=120, verbose_name='列名（归一）')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='对应的列')),
                ('told_at', models.DateTimeField(auto_now=True, verbose_name='登记时间')),
                ('told_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='column_mappings', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '列名对应',
                'verbose_name_plural': '列名对应',
                'ordering': ['unit', 'key'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'key'), name='mapping_once_per_title', violation_error_message='该列名已登记。')],
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
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['id'], name='job_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='job_state_known', violation_error_message='任务状态只能是排队、运行中、完成或失败。'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attempts__gte', 1), ('lease_until__isnull', False), ('owner__isnull', False), ('started_at__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until', None), ('owner', None)), _connector='OR'), name='job_running_has_owner', violation_error_message='运行中的任务必须有持有者和租约，其他任务不得有。'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed'))), models.Q(('finished_at__isnull', True), ('state__in', ('queued', 'running'))), _connector='OR'), name='job_finished_has_time', violation_error_message='已结束的任务必须有结束时间，未结束的不得有。'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('error', ''), _negated=True), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='job_failed_has_reason', violation_error_message='失败的任务必须写明原因，其他任务不得有失败原因。'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__lte', 10)), name='job_attempts_bounded', violation_error_message='任务最多尝试 10 次。'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notice_unread'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='placement_dates_in_order', violation_error_message='所在地的起始日必须早于结束日。'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise',), name='placement_one_open', violation_error_message='一家企业只能有一个当前所在地。'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.UniqueConstraint(fields=('enterprise', 'since'), name='placement_once_per_day', violation_error_message='一家企业同一天只能有一个所在地起始。'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('park__isnull', True), models.Q(('park', models.F('town')), _negated=True), _connector='OR'), name='placement_park_is_not_town', violation_error_message='园区与镇街不能是同一单位。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='application_dates_in_order', violation_error_message='申报状态的起始日必须早于结束日。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise', 'kind'), name='application_one_open', violation_error_message='一家企业的同一类资质只能有一条当前申报记录。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('enterprise', 'kind', 'since'), name='application_once_per_day', violation_error_message='一家企业的同一类资质同一天只能有一条申报记录。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='application_year_plausible', violation_error_message='申报年度应在2000至2100之间。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('batch__isnull', True), models.Q(('batch__gte', 1), ('batch__lte', 12)), _connector='OR'), name='application_batch_plausible', violation_error_message='批次应在1至12之间。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['preparing', 'filed', 'publicity', 'rejected', 'given_up'])), name='application_stage_known', violation_error_message='申报状态无效。'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), ('stage', 'given_up'), _negated=True), name='application_given_up_has_reason', violation_error_message='放弃申报须写明原因。'),
        ),
        migrations.AddConstraint(
            model_name='poolentry',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='pool_dates_in_order', violation_error_message='入库起始日必须早于结束日。'),
        ),
        migrations.AddConstraint(
            model_name='poolentry',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enterprise',), name='pool_one_open', violation_error_message='一家企业只能有一条当前后备库记录。'),
        ),
        migrations.AddConstraint(
            model_name='poolentry',
            constraint=models.UniqueConstraint(fields=('enterprise', 'since'), name='pool_once_per_day', violation_error_message='一家企业同一天只能有一条后备库记录。'),
        ),
        migrations.AddConstraint(
            model_name='poolentry',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['seed', 'cultivation', 'application'])), name='pool_stage_known', violation_error_message='后备库层级无效。'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_from__isnull', True), ('valid_from__lte', models.F('valid_until')), _connector='OR'), name='qualification_dates_in_order', violation_error_message='有效期至不得早于发证日期。'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_on__isnull', True), ('valid_from__isnull', True), ('revoked_on__gte', models.F('valid_from')), _connector='OR'), name='qualification_revoked_after_issue', violation_error_message='取消日期不得早于发证日期。'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', False), models.Q(('class_year__isnull', False), ('valid_until__isnull', True)), _connector='OR'), name='qualification_dated', violation_error_message='资质必须有发证日期，或至少有认定年度。'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('kind', 'number'), name='qualification_number_once', violation_error_message='该编号已被登记。'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.UniqueConstraint(condition=models.Q(('number', '')), fields=('enterprise', 'kind', 'valid_from'), name='qualification_unnumbered_once', violation_error_message='该企业同日同类资质已登记。'),
        ),
        migrations.AddConstraint(
            model_name='kindterm',
            constraint=models.UniqueConstraint(fields=('kind', 'since'), name='term_once_per_day', violation_error_message='同一类别同一起始日只能有一条期限。'),
        ),
        migrations.AddConstraint(
            model_name='kindterm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule', 'years'), ('years__gte', 1), ('years__isnull', False)), models.Q(models.Q(('rule', 'years'), _negated=True), ('years__isnull', True)), _connector='OR'), name='term_years_iff_years_rule', violation_error_message='“若干年”规则必须填年数，其他规则不得填。'),
        ),
        migrations.AddConstraint(
            model_name='quarter',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='quarter_once', violation_error_message='该季度已经开放。'),
        ),
        migrations.AddConstraint(
            model_name='quarter',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 4)), name='quarter_number_1_to_4', violation_error_message='季度应为1至4。'),
        ),
        migrations.AddConstraint(
            model_name='quarter',
            constraint=models.CheckConstraint(condition=models.Q(('opens_on__lte', models.F('due_on')), ('due_on__lte', models.F('locks_on'))), name='quarter_days_in_order', violation_error_message='开放日、截止日、锁定日必须依次先后。'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='exception_has_reason', violation_error_message='延期必须写明理由。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('quarter', 'uscc'), name='case_once_per_quarter', violation_error_message='该企业本季度的归属事项已登记。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', '')), models.Q(('decided_at__isnull', False), ('decision', 'stays')), models.Q(('decided_at__isnull', False), ('decision', 'placed'), ('town__isnull', False)), _connector='OR'), name='case_decided_whole', violation_error_message='归入必须写明镇街。'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('quarter', 'unit', 'milestone'), name='reminder_once', violation_error_message='该节点已提醒过。'),
        ),
        migrations.AddConstraint(
            model_name='roster',
            constraint=models.UniqueConstraint(fields=('quarter', 'unit'), name='roster_once', violation_error_message='该单位本季度名册已登记。'),
        ),
        migrations.AddIndex(
            model_name='rosterfirm',
            index=models.Index(fields=['version', 'kind'], name='roster_firm_by_kind'),
        ),
        migrations.AddIndex(
            model_name='rosterfirm',
            index=models.Index(fields=['uscc'], name='roster_firm_by_code'),
        ),
        migrations.AddConstraint(
            model_name='rosterfirm',
            constraint=models.UniqueConstraint(fields=('version', 'uscc'), name='roster_firm_once', violation_error_message='同一版中企业重复。'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='remark_has_text', violation_error_message='意见不能为空。'),
        ),
        migrations.AddConstraint(
            model_name='sourcefile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='source_sha256_shape', violation_error_message='SHA-256 应为64位十六进制。'),
        ),
        migrations.AddConstraint(
            model_name='rosterversion',
            constraint=models.UniqueConstraint(fields=('roster', 'number'), name='version_number_once', violation_error_message='版次重复。'),
        ),
        migrations.AddConstraint(
            model_name='rosterversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['submitted', 'approved'])), fields=('roster',), name='version_one_under_review', violation_error_message='已有一版名册正在审核。'),
        ),
        migrations.AddConstraint(
            model_name='rosterversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'applied')), fields=('roster',), name='version_one_applied', violation_error_message='一份名册只能有一版处于入库状态。'),
        ),
        migrations.AddConstraint(
            model_name='rosterversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'faulty', 'ready', 'submitted', 'returned', 'approved', 'applied', 'replaced', 'undone'])), name='version_state_known', violation_error_message='名册状态无效。'),
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
