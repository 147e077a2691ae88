
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0019_ip_items'),
    ]

    operations = [
        migrations.CreateModel(
            name='JudgementMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='资质类别')),
                ('on', models.DateField(verbose_name='申报日')),
                ('basis', models.CharField(blank=True, max_length=64, verbose_name='依据摘要')),
                ('ledger_entry', models.BigIntegerField(default=0, verbose_name='已处理至账簿')),
                ('made_at', models.DateTimeField(null=True, verbose_name='更新时间')),
            ],
            options={
                'verbose_name': '自检进度',
                'verbose_name_plural': '自检进度',
                'ordering': ['kind', 'on'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'on'), name='judgement_mark_once', violation_error_message='同一类别同一申报日只有一份自检。')],
            },
        ),
        migrations.CreateModel(
            name='KeptJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(blank=True, max_length=8, verbose_name='结果')),
                ('states', models.CharField(blank=True, max_length=40, verbose_name='各项结果')),
                ('met', models.PositiveSmallIntegerField(verbose_name='符合')),
                ('unknown', models.PositiveSmallIntegerField(verbose_name='缺数据')),
                ('failed', models.PositiveSmallIntegerField(verbose_name='不符合')),
                ('score_low', models.SmallIntegerField(verbose_name='最低得分')),
                ('score_high', models.SmallIntegerField(verbose_name='最高得分')),
                ('year', models.PositiveSmallIntegerField(null=True, verbose_name='数据年度')),
                ('fails_last_year', models.BooleanField(verbose_name='上一年不足')),
                ('ripe_on', models.DateField(null=True, verbose_name='可申报之日')),
                ('lead', models.IntegerField(verbose_name='先后')),
                ('risk', models.IntegerField(verbose_name='风险先后')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judgements', to='enterprises.enterprise', verbose_name='企业')),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judgements', to='enterprises.judgementmark', verbose_name='自检')),
            ],
            options={
                'verbose_name': '自检结果',
                'verbose_name_plural': '自检结果',
                'ordering': ['mark', 'lead', 'enterprise'],
                'indexes': [models.Index(fields=['mark', 'lead', 'enterprise'], name='judgement_in_order'), models.Index(fields=['mark', 'failed', 'unknown'], name='judgement_near')],
                'constraints': [models.UniqueConstraint(fields=('mark', 'enterprise'), name='judgement_once', violation_error_message='一家企业一份自检只有一条结果。')],
            },
        ),
        migrations.CreateModel(
            name='ReviewReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='复核日')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='提醒时间')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enterprises.poolentry', verbose_name='后备库记录')),
            ],
            options={
                'verbose_name': '复核提醒记录',
                'verbose_name_plural': '复核提醒记录',
                'ordering': ['-sent_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('entry', 'day'), name='review_reminder_once', violation_error_message='该复核日已提醒过。')],
            },
        ),
    ]
