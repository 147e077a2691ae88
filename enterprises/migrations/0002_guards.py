"""What Django's constraints cannot say: no two placements of a firm on one day, and a ledger that is only added to.

PostgreSQL gets all of it. SQLite has no exclusion constraints; the registry's ledger lock and checks hold there, and
its trigger refuses rewriting a ledger row.
"""

from django.db import migrations

POSTGRESQL = [
    # int8range instead of a plain "=": works in GiST without an extension.
    """
    ALTER TABLE enterprises_placement ADD CONSTRAINT placement_no_overlap
    EXCLUDE USING gist (int8range(enterprise_id, enterprise_id, '[]') WITH &&, daterange(since, until) WITH &&)
    """,
    """
    ALTER TABLE enterprises_poolentry ADD CONSTRAINT pool_no_overlap
    EXCLUDE USING gist (int8range(enterprise_id, enterprise_id, '[]') WITH &&, daterange(since, until) WITH &&)
    """,
    """
    ALTER TABLE enterprises_application ADD CONSTRAINT application_no_overlap
    EXCLUDE USING gist (
        int8range(enterprise_id, enterprise_id, '[]') WITH &&,
        int8range(kind_id, kind_id, '[]') WITH &&,
        daterange(since, until) WITH &&
    )
    """,
    """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'ledger_append_only: 变更账簿只能追加' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON enterprises_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only()
    """,
]
SQLITE = [
    """
    CREATE TRIGGER ledger_append_only BEFORE UPDATE ON enterprises_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'ledger_append_only: 变更账簿只能追加'); END
    """,
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
