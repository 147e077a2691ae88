import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("targets", "0004_what_the_code_knew")]

    operations = [
        migrations.AlterModelOptions(
            name="applicationbatch",
            options={
                "ordering": ["kind", "year", "number"],
                "verbose_name": "申报批次",
                "verbose_name_plural": "申报批次",
            },
        ),
        migrations.AlterField(
            model_name="applicationbatch",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches",
                to="enterprises.qualificationkind",
                verbose_name="资质类别",
            ),
        ),
        migrations.RemoveConstraint(model_name="applicationbatch", name="batch_number_once"),
        migrations.AddConstraint(
            model_name="applicationbatch",
            constraint=models.UniqueConstraint(
                fields=("kind", "year", "number"),
                name="batch_number_once",
                violation_error_message="该年度已有这一批次。",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=Q(kind="reported", qualification_kind__isnull=True)
                | (~Q(kind="reported") & Q(qualification_kind__isnull=False)),
                name="indicator_counts_a_kind",
                violation_error_message="按事实统计的指标须指定资质类别，填报的指标不得指定。",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=Q(headline=False) | Q(kind="counted"),
                name="indicator_headline_is_counted",
                violation_error_message="只有按事实统计的家数可以列为重点指标。",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.UniqueConstraint(
                condition=Q(qualification_kind__isnull=False),
                fields=("qualification_kind", "kind"),
                name="indicator_once_per_kind",
                violation_error_message="该资质类别已有这一类指标。",
            ),
        ),
    ]
