from django.db import migrations, models

OLD, NEW = "黄色：超期预警", "黄色：偏慢预警"


def rename(apps, schema_editor):
    """Only the note as it was seeded: what the bureau has written itself stays."""
    apps.get_model("targets", "PaceRule").objects.filter(note=OLD).update(note=NEW)


def name_as_before(apps, schema_editor):
    apps.get_model("targets", "PaceRule").objects.filter(note=NEW).update(note=OLD)


class Migration(migrations.Migration):
    dependencies = [("targets", "0005_indicators_count_a_kind")]

    operations = [
        migrations.AlterField(
            model_name="pacerule",
            name="state",
            field=models.CharField(
                choices=[
                    ("ahead", "超前"),
                    ("normal", "正常"),
                    ("overdue", "偏慢"),
                    ("lagging", "滞后"),
                ],
                max_length=8,
                unique=True,
                verbose_name="状态",
            ),
        ),
        migrations.RunPython(rename, name_as_before),
    ]
