import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which kind an indicator counts and a batch is for; filled in by the next migration, demanded by the one after."""

    dependencies = [
        ("enterprises", "0004_kind_is_register"),
        ("targets", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="applicationbatch",
            name="kind",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches",
                to="enterprises.qualificationkind",
                verbose_name="资质类别",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="headline",
            field=models.BooleanField(
                default=False, help_text="首页、任务分解、预测和通报逐一列出", verbose_name="重点指标"
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="qualification_kind",
            field=models.ForeignKey(
                blank=True,
                help_text="按事实统计的指标，代码须与资质类别的代码相同；填报的指标留空",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="enterprises.qualificationkind",
                verbose_name="统计的资质类别",
            ),
        ),
    ]
