"""Releases and allocations are only ever added: none of their rows can be rewritten (PostgreSQL: or deleted)."""

from django.db import migrations

TABLES = (
    "targets_release", "targets_frozenfigure", "targets_frozenspan", "targets_goalrevision", "targets_unitgoal",
)  # fmt: skip
WORDS = "release_is_frozen: 已发布的内容不可更改"
POSTGRESQL = [
    f"""
    CREATE FUNCTION release_is_frozen() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER release_is_frozen BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION release_is_frozen()
        """
        for table in TABLES
    ),
]
SQLITE = [
    f"""
    CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END
    """
    for table in TABLES
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
