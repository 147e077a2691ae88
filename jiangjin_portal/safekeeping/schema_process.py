"""A child process that gives an empty database its tables, as a backup's migrations had them.

In: a JSON list of [app, migration] on standard input, without those that replace others; the
environment says which database.
"""

import json
import os
import sys

import django
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    seen = {(app, name) for app, name in json.load(sys.stdin)}
    executor = MigrationExecutor(connection)
    replaced = {key: set(way.replaces) for key, way in executor.loader.replacements.items()}
    if all(keys <= seen for keys in replaced.values()):
        seen = seen.difference(*replaced.values()) | replaced.keys()
    else:
        # The way of a new database would lead beyond what was there.
        executor.loader = MigrationLoader(connection, replace_migrations=False)
    executor.migrate(last_of(executor.loader, seen))


def last_of(loader: MigrationLoader, seen: set[Key]) -> list[Key]:
    """Those that no other of them comes after, app by app."""
    return [key for key in sorted(seen) if not followers(loader, key) & seen]


def followers(loader: MigrationLoader, key: Key) -> set[Key]:
    """Of the same app."""
    return {child.key for child in loader.graph.node_map[key].children if child.key[0] == key[0]}


if __name__ == "__main__":
    main()
