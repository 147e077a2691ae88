from django.db import migrations, models
from django.db.models import Exists, OuterRef

OPENINGS = [
    ("first", "首次认定"),
    ("regained", "失效后再认定"),
    ("arrived", "区外迁入"),
    ("transferred", "区内迁入"),
    ("reopened", "恢复"),
    ("seen", "首见"),
]


def mark_first_seen(apps, schema_editor):
    """As a rebuild would: a release keeps what it told."""
    spans = apps.get_model("targets", "Span").objects.filter(opened_by="first")
    begun = apps.get_model("enterprises", "Qualification").objects.filter(
        enterprise=OuterRef("enterprise"), kind=OuterRef("kind"), valid_from=OuterRef("start")
    )
    seen, told = begun.filter(dating="first_seen"), begun.exclude(dating="first_seen")
    spans.filter(Exists(seen)).exclude(Exists(told)).update(opened_by="seen")


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0007_known_days"),
        ("enterprises", "0005_void_registrations"),
    ]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="opened_by",
            field=models.CharField(choices=OPENINGS, max_length=12, verbose_name="起因"),
        )
        for model in ("span", "frozenspan")
    ] + [migrations.RunPython(mark_first_seen, migrations.RunPython.noop)]
