"""What a database is made of: columns, constraints, indexes, triggers and functions, as it tells them itself.

The order of columns and blanks in what was typed do not matter.
"""

from __future__ import annotations

import re
from typing import Any

OURS = "n.nspname = 'public' AND c.relname !~ '^kept_'"
POSTGRES = {
    "columns": f"""
        SELECT c.relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity,
            pg_get_expr(adbin, adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE c.relkind = 'r' AND attnum > 0 AND NOT attisdropped AND {OURS}""",
    "constraints": f"""
        SELECT c.relname || '.' || conname, concat_ws(' ', pg_get_constraintdef(k.oid), condeferrable, condeferred)
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE {OURS}""",
    "indexes": f"""
        SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE c.relkind = 'i' AND {OURS}""",
    "triggers": f"""
        SELECT c.relname || '.' || tgname, concat(pg_get_triggerdef(t.oid), tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE NOT tgisinternal AND {OURS}""",
    "functions": """
        SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
        WHERE n.nspname = 'public' AND prokind = 'f'""",
}
SQLITE = """
    SELECT type || ' ' || name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'kept\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""
CAST = re.compile(r"::(?:character varying|text|smallint|integer|bigint)(?:\[\])?|[()]")
"""PostgreSQL reads `state IN (…)` and writes another list with casts, of which it reads and writes a third one."""
PART = re.compile(r", (?=\"|CONSTRAINT )")
"""Between two columns or constraints of CREATE TABLE."""


def shape(kind: str, cursor: Any) -> dict[str, object]:
    """Part and name → what it is; of the database that the cursor asks."""
    if kind == "sqlite":
        cursor.execute(SQLITE)
        return {name: sorted(PART.split(_plain(said))) for name, said in cursor.fetchall()}
    found: dict[str, object] = {}
    for part, question in POSTGRES.items():
        cursor.execute(question)
        found |= {f"{part} {name}": CAST.sub("", said) for name, said in cursor.fetchall()}
    return found


def _plain(said: str) -> str:
    return re.sub(r"\s+", " ", said).replace("( ", "(").replace(" )", ")").strip()
