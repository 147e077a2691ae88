"""Whether a firm contradicts the registry follows from its contradictions; the column beside them goes.

There are databases without the column: for a day 0007 was kept without it.
"""

from django.db import migrations


def drop_where_it_is(apps, schema_editor):
    model = apps.get_model("enterprises", "RosterFirm")
    with schema_editor.connection.cursor() as cursor:
        columns = schema_editor.connection.introspection.get_table_description(
            cursor, model._meta.db_table
        )
    if any(column.name == "is_contradicting" for column in columns):
        schema_editor.remove_field(model, model._meta.get_field("is_contradicting"))


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0008_kinds_of_files")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(drop_where_it_is, migrations.RunPython.noop)
            ],
            state_operations=[
                migrations.RemoveField(model_name="rosterfirm", name="is_contradicting")
            ],
        ),
    ]
