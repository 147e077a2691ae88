"""Tables that are only added to: what the database itself refuses. For migrations.

Migrations that ran import this, so what it does never changes; another guard is another module.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRESQL = """
CREATE FUNCTION {trigger}_guard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{trigger}: {title}只能追加' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {trigger} BEFORE {acts} ON {table} FOR EACH {each} EXECUTE FUNCTION {trigger}_guard()
"""
SQLITE = """
CREATE TRIGGER {trigger} BEFORE {acts} ON {table}
BEGIN SELECT RAISE(ABORT, '{trigger}: {title}只能追加'); END
"""


def keep_as_written(editor: BaseDatabaseSchemaEditor, table: str, name: str, title: str) -> None:
    """Rows of the table may not be changed; on PostgreSQL not deleted either."""
    trigger = f"{name}_append_only"
    if editor.connection.vendor == "postgresql":
        _make(editor, POSTGRESQL, trigger, table, title, acts="UPDATE OR DELETE", each="ROW")
    else:
        _make(editor, SQLITE, trigger, table, title, acts="UPDATE")


def keep_rows(editor: BaseDatabaseSchemaEditor, table: str, name: str, title: str) -> None:
    """Rows of the table may not be deleted one by one (SQLite) nor all at once (PostgreSQL)."""
    trigger = f"{name}_undeletable"
    if editor.connection.vendor == "postgresql":
        _make(editor, POSTGRESQL, trigger, table, title, acts="TRUNCATE", each="STATEMENT")
    else:
        _make(editor, SQLITE, trigger, table, title, acts="DELETE")


def _make(
    editor: BaseDatabaseSchemaEditor,
    statement: str,
    trigger: str,
    table: str,
    title: str,
    **how: str,
) -> None:
    editor.execute(statement.format(trigger=trigger, table=table, title=title, **how), None)
