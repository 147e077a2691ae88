"""The rules of reporting become reference data. They stood in the settings until now.

An existing database gets the values it has run with, so that nothing changes for it. These values are
history: later ones belong into enterprises/data/reference.toml or into the admin, not here.
"""

import datetime as dt

from django.db import migrations, models

SINCE = dt.date(2023, 4, 1)
QUARTERLY = "科技局惯例：季度结束后15日截止、45日锁定"
BEFORE_AND_AFTER = "科技局惯例：截止日前后按节点催报"
BEFORE_THE_END = "科技局惯例：证书到期前180天、90天、60天、30天各提醒一次"
ROSTER = {
    -5: "还有5天截止",
    -1: "明天截止",
    0: "今天截止",
    1: "已逾期1天",
    5: "已逾期5天",
    15: "已逾期15天",
}
RENEWAL = [180, 90, 60, 30]


def insert_rules(apps, schema_editor):
    QuarterRule = apps.get_model("enterprises", "QuarterRule")
    ReminderRule = apps.get_model("enterprises", "ReminderRule")
    database = schema_editor.connection.alias
    QuarterRule.objects.using(database).create(
        since=SINCE, due_days=15, lock_days=45, source=QUARTERLY
    )
    milestones = [("roster", days, text, BEFORE_AND_AFTER) for days, text in ROSTER.items()]
    milestones += [("renewal", days, f"{days}天内", BEFORE_THE_END) for days in RENEWAL]
    ReminderRule.objects.using(database).bulk_create(
        ReminderRule(subject=subject, days=days, sentence=text, since=SINCE, source=source)
        for subject, days, text, source in milestones
    )


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuarterRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(help_text='季度最后一天在这一天或以后的，按本条；最早的一条也适用于更早的季度', verbose_name='自（季度末）起')),
                ('due_days', models.PositiveSmallIntegerField(help_text='季度结束后第几日截止，到这一天为止（含）为按时报送', verbose_name='截止天数')),
                ('lock_days', models.PositiveSmallIntegerField(help_text='季度结束后第几日锁定，这一天之后不再接收，除非单独延期', verbose_name='锁定天数')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
            ],
            options={
                'verbose_name': '报送期限',
                'verbose_name_plural': '报送期限',
                'ordering': ['-since'],
                'constraints': [models.UniqueConstraint(fields=('since',), name='quarter_rule_once_per_day', violation_error_message='同一起始日只能有一条报送期限。'), models.CheckConstraint(condition=models.Q(('due_days__gte', 1)), name='quarter_rule_due_days_positive', violation_error_message='截止天数至少为1。'), models.CheckConstraint(condition=models.Q(('due_days__lte', models.F('lock_days'))), name='quarter_rule_due_before_lock', violation_error_message='锁定天数不得少于截止天数。'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='quarter_rule_has_source', violation_error_message='报送期限必须写明依据。')],
            },
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('roster', '季度报送'), ('renewal', '证书到期')], max_length=10, verbose_name='提醒事项')),
                ('days', models.SmallIntegerField(help_text='季度报送：截止日后第几天，截止前的为负数，当天为0；证书到期：到期前的天数', verbose_name='天数')),
                ('sentence', models.CharField(help_text='季度报送如“还有5天截止”，用于名册和重点任务；证书到期如“30天内”，后接家数', max_length=40, verbose_name='提醒文字')),
                ('since', models.DateField(verbose_name='自（提醒日）起')),
                ('until', models.DateField(blank=True, help_text='不再提醒的填最后一天；不填为一直有效', null=True, verbose_name='至（含）')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
            ],
            options={
                'verbose_name': '提醒节点',
                'verbose_name_plural': '提醒节点',
                'ordering': ['subject', 'days', 'since'],
                'constraints': [models.UniqueConstraint(fields=('subject', 'days', 'since'), name='reminder_rule_once_per_day', violation_error_message='同一事项同一天数同一起始日只能有一条。'), models.CheckConstraint(condition=models.Q(('subject__in', ['roster', 'renewal'])), name='reminder_rule_subject_known', violation_error_message='未知的提醒事项。'), models.CheckConstraint(condition=models.Q(models.Q(('subject', 'renewal'), _negated=True), ('days__gte', 1), _connector='OR'), name='reminder_rule_renewal_days_positive', violation_error_message='证书到期前的天数至少为1。'), models.CheckConstraint(condition=models.Q(('sentence', ''), _negated=True), name='reminder_rule_has_sentence', violation_error_message='必须写明提醒文字。'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='reminder_rule_has_source', violation_error_message='提醒节点必须写明依据。'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__lte', models.F('until')), _connector='OR'), name='reminder_rule_dates_in_order', violation_error_message='起始日不得晚于结束日。')],
            },
        ),
        migrations.RunPython(insert_rules, migrations.RunPython.noop, elidable=False),
    ]
