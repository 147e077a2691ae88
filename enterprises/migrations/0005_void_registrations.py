from django.db import migrations, models
from django.db.models import Exists, Max, OuterRef


def void_undone(apps, schema_editor):
    """Until now nothing but the ledger told that a registration had been undone."""
    entries = apps.get_model("enterprises", "LedgerEntry").objects.filter(act="registered")
    firms = apps.get_model("enterprises", "Enterprise").objects
    of_firm = entries.filter(enterprise=OuterRef("pk"))
    undone = firms.filter(Exists(of_firm.exclude(undone_by=None)))
    for firm in undone.exclude(Exists(of_firm.filter(undone_by=None))):
        taken_back = entries.filter(enterprise=firm).aggregate(at=Max("undone_by__at"))
        firm.voided_at = taken_back["at"]
        firm.save(update_fields=["voided_at"])


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0004_kind_is_register")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="voided_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="登记撤销时间"
            ),
        ),
        migrations.RunPython(void_undone, migrations.RunPython.noop),
    ]
