import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('park', '园区平台'), ('town', '镇街'), ('department', '部门')], max_length=12, verbose_name='类别')),
                ('code', models.SlugField(help_text='镇街用统计用区划代码，园区和部门用拼音代码', max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(help_text='图表和窄屏上使用', max_length=20, verbose_name='简称')),
                ('running_body', models.CharField(blank=True, max_length=60, verbose_name='运行机构')),
                ('aliases', models.JSONField(blank=True, default=list, help_text='名册中可能出现的写法', verbose_name='其他写法')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
            ],
            options={
                'verbose_name': '单位',
                'verbose_name_plural': '单位',
                'ordering': ['kind', 'order', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['park', 'town', 'department'])), name='unit_kind_known', violation_error_message='单位类别必须是园区平台、镇街或部门。'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='unit_name_not_blank', violation_error_message='单位名称不能为空。')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('role', models.CharField(choices=[('bureau_admin', '科技局管理员'), ('bureau_staff', '科技局工作人员'), ('unit_staff', '单位填报人'), ('leader', '领导'), ('auditor', '审计员')], max_length=16, verbose_name='角色')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='parks.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('role', 'unit_staff'), ('unit__isnull', False)), models.Q(models.Q(('role', 'unit_staff'), _negated=True), ('unit__isnull', True)), _connector='OR'), name='user_unit_iff_reporter', violation_error_message='填报人必须指定单位，其他角色不得指定单位。'), models.CheckConstraint(condition=models.Q(('role__in', ['bureau_admin', 'bureau_staff', 'unit_staff', 'leader', 'auditor'])), name='user_role_known', violation_error_message='角色无效。')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255, verbose_name='键')),
                ('action', models.CharField(max_length=300, verbose_name='请求')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='内容摘要')),
                ('owner', models.CharField(max_length=32, verbose_name='处理者')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='状态码')),
                ('body', models.JSONField(blank=True, null=True, verbose_name='回答')),
                ('location', models.CharField(blank=True, max_length=300, verbose_name='地址')),
                ('created_at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '幂等键',
                'verbose_name_plural': '幂等键',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='idempotency_key_once', violation_error_message='该幂等键已使用。')],
            },
        ),
    ]
