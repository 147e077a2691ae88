"""Releases, allocations and reports on tasks are only ever added, their versions without a gap; a reported figure may be
taken out, never rewritten.

PostgreSQL gets all of it. On SQLite the triggers refuse rewriting; emptying a table there needs no permission.
"""

from django.db import migrations

RELEASED = (
    "targets_release", "targets_frozenfigure", "targets_frozenspan", "targets_goalrevision", "targets_unitgoal",
)  # fmt: skip
GUARDS = [
    ("release_is_frozen", "已发布的内容不可更改", "UPDATE OR DELETE", RELEASED),
    ("task_entry_is_kept", "任务进展只能追加", "UPDATE OR DELETE", ("targets_taskprogress", "targets_taskfile")),
    ("reported_figure_is_kept", "填报数只能追加或删除", "UPDATE", ("targets_reportedfigure",)),
]
VERSIONS = "task_versions_without_gap: 版次必须连续"
VERSION_BEFORE_IS_MISSING = """
    NEW.version > 1 AND NOT EXISTS (
        SELECT 1 FROM targets_taskprogress WHERE task_id = NEW.task_id AND unit_id = NEW.unit_id
        AND year = NEW.year AND quarter = NEW.quarter AND version = NEW.version - 1
    )
"""
POSTGRESQL = [
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER {name} BEFORE {change} ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change('{name}: {words}')
        """
        for name, words, change, tables in GUARDS
        for table in tables
    ),
    f"""
    CREATE FUNCTION task_versions_without_gap() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {VERSION_BEFORE_IS_MISSING} THEN
            RAISE EXCEPTION '{VERSIONS}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER task_versions_without_gap BEFORE INSERT ON targets_taskprogress
    FOR EACH ROW EXECUTE FUNCTION task_versions_without_gap()
    """,
]
SQLITE = [
    *(
        f"""
        CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{name}: {words}'); END
        """
        for name, words, _, tables in GUARDS
        for table in tables
    ),
    f"""
    CREATE TRIGGER task_versions_without_gap BEFORE INSERT ON targets_taskprogress WHEN {VERSION_BEFORE_IS_MISSING}
    BEGIN SELECT RAISE(ABORT, '{VERSIONS}'); END
    """,
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
