"""Which side keeps the database of this portal: SQLite's or PostgreSQL's."""

import sqlite3
from types import ModuleType

import psycopg2
from django.db import DatabaseError, connection

from jiangjin_portal.safekeeping import postgres_side, sqlite_side

SIDES: dict[str, ModuleType] = {"sqlite": sqlite_side, "postgresql": postgres_side}

DATABASE_ERRORS = (DatabaseError, psycopg2.Error, sqlite3.Error)


def own_side() -> ModuleType:
    return SIDES[connection.vendor]
