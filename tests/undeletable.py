"""The guards of ledgers against being emptied: a test database goes without, between its tests everything is deleted."""

from django.db import connection

GUARDS = (
    *("ledger_undeletable", "quarter_event_undeletable", "record_entry_undeletable"),
    *("seal_undeletable", "security_event_undeletable"),
)


def allow_emptying() -> None:
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {guard}_guard() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard}")


def without_guards(shape: dict[str, object]) -> dict[str, object]:
    """The shape of a portal's database (tests.databases.shapes), as that of a test database; all guards are in it."""
    named = {guard: [name for name in shape if guard in name] for guard in GUARDS}
    assert all(named.values())
    guards = {name for names in named.values() for name in names}
    return {name: part for name, part in shape.items() if name not in guards}
