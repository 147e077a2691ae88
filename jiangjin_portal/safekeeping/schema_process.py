"""A child process that gives an empty database its tables, as a backup's migrations had them.

In: a JSON list of [app, migration] on standard input; the environment says which database.
"""

import json
import os
import sys

import django
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    targets = [(app, name) for app, name in json.load(sys.stdin)]
    MigrationExecutor(connection).migrate(targets)


if __name__ == "__main__":
    main()
