"""Corrections by hand are told as such, and a record may be merged into another of the same firm.

Two stays of a firm may change their common day in one statement.
"""

import django.db.models.deletion
from django.db import migrations, models

NO_OVERLAP = """
    ALTER TABLE enterprises_placement DROP CONSTRAINT placement_no_overlap,
    ADD CONSTRAINT placement_no_overlap
    EXCLUDE USING gist (int8range(enterprise_id, enterprise_id, '[]') WITH &&, daterange(since, until) WITH &&)
    {}
"""


def judge_at_the_end(apps, schema_editor):
    """Row by row a day that moves forward would overlap until the row before it is written, too."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_OVERLAP.format("DEFERRABLE INITIALLY IMMEDIATE"))


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0014_followup'),
    ]

    operations = [
        migrations.RunPython(judge_at_the_end, elidable=False),
        migrations.AddField(
            model_name='enterprise',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_records', to='enterprises.enterprise', verbose_name='并入'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='act',
            field=models.CharField(choices=[('registered', '登记企业'), ('detailed', '补充资料'), ('renamed', '更名'), ('recoded', '更正信用代码'), ('placed', '登记所在地'), ('corrected', '更正登记'), ('backdated', '所在地起始日前移'), ('moved', '迁移'), ('left', '迁出江津'), ('closed', '注销'), ('reopened', '恢复'), ('granted', '取得资质'), ('extended', '资质信息变更'), ('renumbered', '更正证书编号'), ('revoked', '取消资质'), ('figures', '登记年度数据'), ('pooled', '进入后备库'), ('unpooled', '退出后备库'), ('declined', '不采用后备库建议'), ('applied', '登记申报状态'), ('planned', '登记下一步'), ('incident', '登记事故和违法'), ('retracted', '撤回事故和违法'), ('unit_owner', '变更单位责任人'), ('bureau_owner', '变更科技局责任人'), ('merged', '并入'), ('undone', '撤销入账')], max_length=12, verbose_name='动作'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), ('voided_at__isnull', False), _connector='OR'), name='enterprise_merged_is_void', violation_error_message='并入另一家的登记须已作废。'),
        ),
    ]
