"""The ledgers' entries cannot be deleted either, and what they hold so far is sealed (docs/adr/0037)."""

from django.db import migrations

from parks.append_only import keep_rows
from parks.sealing.digest import ALGORITHM, digest_of

LEDGERS = (
    ("enterprises_ledgerentry", "ledger", "变更账簿"),
    ("enterprises_quarterevent", "quarter_event", "报送经过"),
    ("enterprises_recordentry", "record_entry", "台账账簿"),
)
FORM = 1
BOOKS = {
    "ledger": (
        "LedgerEntry",
        (
            *("id", "enterprise_id", "act", "fact", "fact_id", "effective_on", "before", "after"),
            *("source_id", "cells", "reason", "by_id", "at", "undoes_id"),
        ),
    ),
    "quarters": (
        "QuarterEvent",
        (
            *("id", "quarter_id", "kind", "unit_id", "version_id", "before", "after", "reason"),
            *("by_id", "at"),
        ),
    ),
    "records": (
        "RecordEntry",
        (
            *("id", "record_id", "act", "on", "before", "after", "source_id", "cells", "reason"),
            *("by_id", "at", "undoes_id"),
        ),
    ),
}
"""Book → its model and the columns of form 1, as the books themselves name them."""


def guard(apps, schema_editor):
    for table, name, title in LEDGERS:
        keep_rows(schema_editor, table, name, title)


def seal_what_is_there(apps, schema_editor):
    """One seal for all that was written before there were seals: from now on it stays as it is."""
    book_model, seal_model = apps.get_model("parks.SealedBook"), apps.get_model("parks.Seal")
    for name, (model_name, columns) in BOOKS.items():
        rows = apps.get_model("enterprises", model_name).objects.order_by("pk")
        keys = rows.values_list("pk", flat=True)
        if not keys.exists():
            continue
        book_model.objects.get_or_create(name=name)
        seal_model.objects.create(
            book_id=name,
            first=keys.first(),
            last=keys.last(),
            count=keys.count(),
            form=FORM,
            algorithm=ALGORITHM,
            digest=digest_of("", rows.values_list(*columns).iterator(chunk_size=2000), ALGORITHM),
        )


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0021_records"), ("parks", "0002_trust")]

    operations = [
        migrations.RunPython(guard),
        migrations.RunPython(seal_what_is_there),
    ]
