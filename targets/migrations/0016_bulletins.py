"""A bulletin has a head and words of its own: written by the office, frozen with the release."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RELEASE = "targets_release"
FROZEN = "release_is_frozen: 已发布的内容不可更改"
DRAFTS = "targets_bulletindraft"
KEPT = "bulletin_draft_is_kept: 通报稿只能追加"
POSTGRESQL = [
    f"""
    CREATE TRIGGER {DRAFTS}_kept BEFORE UPDATE OR DELETE ON {DRAFTS}
    FOR EACH ROW EXECUTE FUNCTION refuse_change('{KEPT}')
    """
]
# SQLite makes a table anew to add a column, and its triggers go with the old one.
SQLITE = [
    f"""
    CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{words}'); END
    """
    for table, words in ((RELEASE, FROZEN), (DRAFTS, KEPT))
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0021_records'),
        ('targets', '0015_assessment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='bulletin',
            field=models.JSONField(default=dict, verbose_name='通报'),
        ),
        migrations.CreateModel(
            name='BulletinHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organ', models.CharField(help_text='发文字号中年份前的字', max_length=20, verbose_name='发文机关代字')),
                ('addressees', models.CharField(help_text='各单位之间用逗号', max_length=300, verbose_name='主送')),
                ('copies', models.CharField(blank=True, help_text='没有的留空，不印', max_length=300, verbose_name='抄送')),
                ('printer', models.CharField(max_length=60, verbose_name='印发机关')),
                ('since', models.DateField(verbose_name='自（印发日）起')),
                ('until', models.DateField(blank=True, null=True, verbose_name='至（含）')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
            ],
            options={
                'verbose_name': '通报版头版记',
                'verbose_name_plural': '通报版头版记',
                'ordering': ['-since'],
                'constraints': [models.UniqueConstraint(fields=('since',), name='bulletin_head_once', violation_error_message='同一起始日只能有一条。'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='bulletin_head_has_source', violation_error_message='通报版头版记必须写明依据。'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lte', models.F('until')), _connector='OR'), name='bulletin_head_dates_in_order', violation_error_message='起始日不得晚于结束日。')],
            },
        ),
        migrations.CreateModel(
            name='BulletinDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='稿次')),
                ('organ', models.CharField(blank=True, max_length=20, verbose_name='发文机关代字')),
                ('symbol_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='发文年份')),
                ('symbol_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='发文顺序号')),
                ('issue', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='期号')),
                ('signer', models.CharField(blank=True, max_length=30, verbose_name='签发人')),
                ('addressees', models.CharField(max_length=300, verbose_name='主送')),
                ('copies', models.CharField(blank=True, max_length=300, verbose_name='抄送')),
                ('printer', models.CharField(blank=True, max_length=60, verbose_name='印发机关')),
                ('printed_on', models.DateField(blank=True, null=True, verbose_name='印发日期')),
                ('problems', models.TextField(max_length=6000, verbose_name='存在问题')),
                ('steps', models.TextField(max_length=6000, verbose_name='下一步工作')),
                ('drafted', models.JSONField(default=dict, verbose_name='按数字起草')),
                ('drafted_on', models.DateField(verbose_name='起草日')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存人')),
                ('quarter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulletin_drafts', to='enterprises.quarter', verbose_name='季度')),
            ],
            options={
                'verbose_name': '通报稿',
                'verbose_name_plural': '通报稿',
                'ordering': ['quarter', '-number'],
                'constraints': [models.UniqueConstraint(fields=('quarter', 'number'), name='bulletin_draft_once', violation_error_message='别人刚保存过，请刷新后再改。')],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
