from django.db import migrations, models


def mark_registers(apps, schema_editor):
    """Until now the code knew by its name that 科技型企业 are a register."""
    apps.get_model("enterprises", "QualificationKind").objects.filter(code="tech").update(is_register=True)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_quarterrule_reminderrule")]

    operations = [
        migrations.AddField(
            model_name="qualificationkind",
            name="is_register",
            field=models.BooleanField(
                default=False,
                help_text="企业入库、退库，而不是认定、取消；增减各项随之改称",
                verbose_name="名录管理",
            ),
        ),
        migrations.RunPython(mark_registers, migrations.RunPython.noop),
    ]
