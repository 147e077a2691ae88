"""`git pull; make run` on a portal that holds data: a backup before, a way back after."""

import pytest

from tests.databases import dumps
from tests.databases.test_frozen_database import KIND, place_of
from tests.platform import backup_scene as scene

pytestmark = pytest.mark.fault


@pytest.mark.long
def test_an_older_portal_is_backed_up_migrated_and_can_go_back(empty_portal, elsewhere):
    dumps.load(dumps.names(KIND)[0], KIND, place_of(empty_portal))
    rows = dumps.rows(KIND, place_of(empty_portal))
    said = scene.manage(empty_portal, "portal", "--setup")
    (backup,) = (empty_portal.home / "backups").iterdir()
    assert backup.name.endswith("_upgrade")
    assert f"restore {backup} --replace" in said
    # The uploads of the dump's files are not part of it: nothing else is wrong.
    assert [
        line for line in said.splitlines() if line.startswith("✗") and "✗ 文件" not in line
    ] == []
    scene.manage(empty_portal, "migrate", "--check")
    # The older program has the tables of then; here it is enough that the backup brings every row.
    scene.manage(elsewhere, "restore", str(backup))
    now = dumps.rows(KIND, place_of(elsewhere))
    assert {table: now[table] for table in rows} == rows


def test_without_room_for_the_backup_nothing_is_migrated(portal, tmp_path_factory):
    scene.enter_firms(portal, 1)
    forget_migrations(portal)
    blocked = tmp_path_factory.mktemp("elsewhere") / "blocked"
    blocked.write_text("no folder")
    portal.environment["BACKUP_DIR"] = str(blocked)
    assert "升级前的备份没有做成" in scene.refusal(portal, "portal", "--setup")
    assert "[ ]" in scene.manage(portal, "showmigrations", "parks")


# On PostgreSQL a database that lies about its migrations is refused by the backup before.
@pytest.mark.skipif(KIND != "sqlite", reason="the backup notices the lie")
def test_a_migration_that_fails_says_how_to_go_back(portal):
    scene.enter_firms(portal, 1)
    # Its tables are there already, so it cannot be run a second time.
    forget_migrations(portal)
    refused = scene.refusal(portal, "portal", "--setup")
    (backup,) = (portal.home / "backups").iterdir()
    assert "升级失败" in refused
    assert f"restore {backup} --replace" in refused


def forget_migrations(portal) -> None:
    """The database says that it is older than it is."""
    portal.shell(
        "from django.db import connection\n"
        "connection.cursor().execute("
        "\"DELETE FROM django_migrations WHERE app = 'parks' AND name > '0002'\")"
    )
