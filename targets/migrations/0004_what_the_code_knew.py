from django.db import migrations

SHARE = "_park_share"


def say_what_is_counted(apps, schema_editor):
    """Until now the code knew by their names which kinds indicators count and which two lead every page."""
    kinds = {kind.code: kind for kind in apps.get_model("enterprises", "QualificationKind").objects.all()}
    for indicator in apps.get_model("targets", "Indicator").objects.exclude(kind="reported"):
        indicator.qualification_kind = kinds[indicator.code.removesuffix(SHARE)]
        indicator.headline = indicator.code in ("hnte", "tech")
        indicator.save()
    apps.get_model("targets", "ApplicationBatch").objects.update(kind=kinds.get("hnte"))


class Migration(migrations.Migration):
    dependencies = [("targets", "0003_indicators_name_what_they_count")]

    operations = [migrations.RunPython(say_what_is_counted, migrations.RunPython.noop)]
