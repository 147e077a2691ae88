"""Nothing is lost for good: backups that prove themselves, restores that refuse what is not whole."""

import dataclasses
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jiangjin_portal.safekeeping import manifest as manifests
from tests.databases import dumps
from tests.databases.test_frozen_database import KIND, place_of
from tests.effort import rounds
from tests.own_portals import alone, own_portal
from tests.platform import backup_scene as scene
from tests.portal_process import Portal

pytestmark = pytest.mark.fault
ROUNDS = rounds(1, 20)
FIRMS = rounds(150, 1500)
ON_SQLITE = "DATABASE_URL" not in os.environ


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
    print(f"FAULT_SEED={seed}")
    return seed


@pytest.fixture(scope="module")
def kept(prepared_portal, folder_of_run: Path, worker_id: str) -> Path:
    """A backup of a portal with some firms and a file, made once for all workers of a run."""
    folder = folder_of_run / "kept-backup"
    folder.mkdir(exist_ok=True)
    with alone(folder):
        if not (folder / "backup").exists():
            shutil.copytree(prepared_portal.home, folder / "home")
            with own_portal(folder / "home", worker_id, prepared_portal.database) as portal:
                scene.enter_firms(portal, 20)
                scene.keep_file(portal)
                scene.manage(portal, "backup", str(folder / "backup"))
    return folder / "backup"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_backup_under_writes_is_of_one_moment_and_comes_back_whole(
    portal, elsewhere, tmp_path_factory, seed, number
):
    folder = tmp_path_factory.mktemp("backups") / "first"
    chance = random.Random(seed + number)
    writer = scene.start_writer(portal, FIRMS, chance.randrange(10**6))
    try:
        scene.wait_for_writing(writer, chance.random())
        before = scene.written(portal)
        told = scene.manage(portal, "backup", str(folder))
        after = scene.written(portal)
    finally:
        writer.kill()
        writer.wait()
    assert "行数和内容与备份时一致" in told
    assert scene.open_to_others(folder) == []
    # The backup alone remains: whatever it needs must be in it.
    shutil.rmtree(portal.home / "uploads")
    assert f"已恢复{manifests.read(folder).made_at}的备份" in scene.manage(
        elsewhere, "restore", str(folder)
    )
    assert scene.found(elsewhere) == {}
    there = scene.written(elsewhere)
    assert before["firms"] <= there["firms"] <= after["firms"]
    assert there["entries"] == 3 * there["firms"]
    assert there["files"] >= there["firms"]
    assert (elsewhere.home / "secret.key").read_text() == (portal.home / "secret.key").read_text()
    # The restored home is one to go on with: it takes the next number of its ledger.
    scene.keep_file(elsewhere)
    scene.manage(elsewhere, "portal", "--setup")
    scene.enter_firms(elsewhere, there["firms"] + 1)
    assert scene.written(elsewhere)["entries"] == there["entries"] + 3


def truncate_largest(folder: Path) -> None:
    largest = max((p for p in (folder / "database").iterdir()), key=lambda p: p.stat().st_size)
    os.truncate(largest, largest.stat().st_size // 2)


def empty_largest(folder: Path) -> None:
    os.truncate(max((folder / "database").iterdir(), key=lambda p: p.stat().st_size), 0)


def change_one_byte(folder: Path) -> None:
    path = max((folder / "database").iterdir(), key=lambda p: p.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_upload(folder: Path) -> None:
    next(p for p in (folder / "uploads").rglob("*") if p.is_file()).unlink()


def lose_manifest(folder: Path) -> None:
    (folder / manifests.NAME).unlink()


def truncate_manifest(folder: Path) -> None:
    os.truncate(folder / manifests.NAME, 500)


def edit_manifest(folder: Path) -> None:
    text = (folder / manifests.NAME).read_text()
    (folder / manifests.NAME).write_text(text.replace('"rows": 20', '"rows": 21'))


def make_foreign(folder: Path) -> None:
    (folder / manifests.NAME).write_text(json.dumps({"format": "somebody else's"}))


def empty_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def of_other_database(folder: Path) -> None:
    manifest = manifests.read(folder)
    other = "postgresql" if manifest.vendor == "sqlite" else "sqlite"
    manifests.write(folder, dataclasses.replace(manifest, vendor=other))


def of_newer_program(folder: Path) -> None:
    manifest = manifests.read(folder)
    contents = manifest.contents
    newer = [*contents.migrations, "targets.9999_not_here_yet"]
    contents = dataclasses.replace(contents, migrations=newer)
    manifests.write(folder, dataclasses.replace(manifest, contents=contents))


def with_more_rows_told(folder: Path) -> None:
    """Every file is there, and still the database is not what it was."""
    manifest = manifests.read(folder)
    tables = dict(manifest.contents.tables)
    tables["parks_unit"] = dataclasses.replace(tables["parks_unit"], rows=1000)
    contents = dataclasses.replace(manifest.contents, tables=tables)
    manifests.write(folder, dataclasses.replace(manifest, contents=contents))


DAMAGES: list[tuple[Callable[[Path], None], str]] = [
    (truncate_largest, "字节，现为"),
    (empty_largest, "字节，现为0字节"),
    (change_one_byte, "SHA-256 不符"),
    (lose_upload, "缺少 uploads/registers/"),
    (lose_manifest, "没有 manifest.json"),
    (truncate_manifest, "不完整，无法读取"),
    (edit_manifest, "被改动过"),
    (make_foreign, "不是本系统的备份清单"),
    (empty_folder, "是空文件夹"),
    (shutil.rmtree, "没有这个文件夹"),
    (of_other_database, "数据库，本系统现用"),
    (of_newer_program, "targets.9999_not_here_yet"),
    (with_more_rows_told, "数据表 parks_unit 应有1000行"),
]


def test_what_is_no_whole_backup_is_refused_with_the_reason(kept, elsewhere, tmp_path):
    for number, (damage, reason) in enumerate(DAMAGES):
        folder = tmp_path / f"damaged{number}"
        shutil.copytree(kept, folder)
        damage(folder)
        assert reason in scene.refusal(elsewhere, "restore", str(folder)), damage.__name__
        left = {path.name for path in elsewhere.home.iterdir()}
        assert left <= {"secret.key", "field.key", "home.state", "portal.lock", "portal.sqlite3"}
    # What was refused did no harm: the whole one still goes in.
    scene.manage(elsewhere, "restore", str(kept))
    assert scene.found(elsewhere) == {}
    assert not list(elsewhere.home.glob("replaced-*"))


def test_a_home_with_data_is_set_aside_only_when_asked_to(kept, portal):
    scene.enter_firms(portal, 3)
    file = scene.keep_file(portal)
    before = scene.written(portal)
    assert "--replace" in scene.refusal(portal, "restore", str(kept))
    assert scene.written(portal) == before
    assert "原有数据在" in scene.manage(portal, "restore", "--replace", str(kept))
    assert scene.written(portal)["firms"] == 20
    (old,) = portal.home.glob("replaced-*")
    assert (old / file.relative_to(portal.home)).read_bytes() == file.read_bytes()
    if ON_SQLITE:
        with Portal(old, {}) as old_home:
            assert scene.found(old_home) == {}
    assert scene.found(portal) == {}


def test_a_backup_never_overwrites_and_never_is_of_nothing(
    kept, elsewhere, portal, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("backups")
    before = (kept / manifests.NAME).read_bytes()
    assert "已有内容" in scene.refusal(portal, "backup", str(kept))
    assert (kept / manifests.NAME).read_bytes() == before
    assert "没有数据可备份" in scene.refusal(elsewhere, "backup", str(folder / "nothing"))
    (folder / "file").write_text("")
    assert "不是文件夹" in scene.refusal(portal, "backup", str(folder / "file"))
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_a_running_portal_is_not_restored_into(kept, portal):
    portal.start()
    reason = scene.refusal(portal, "restore", "--replace", str(kept))
    assert "正在运行" in reason or "个程序连着数据库" in reason
    assert portal.answers()


def test_a_restore_that_did_not_end_is_not_started(portal, kept):
    (portal.home / "restore.unfinished").touch()
    assert "did not end" in scene.refusal(portal, "portal", "--setup")
    scene.manage(portal, "restore", "--replace", str(kept))
    scene.manage(portal, "portal", "--setup")
    assert scene.written(portal)["firms"] == 20


def test_an_older_backup_is_migrated(empty_portal, elsewhere, tmp_path_factory):
    name = dumps.names(KIND)[0]
    dumps.load(name, KIND, place_of(empty_portal))
    rows = dumps.rows(KIND, place_of(empty_portal))
    folder = tmp_path_factory.mktemp("backups") / "older"
    scene.manage(empty_portal, "backup", str(folder))
    assert "尚未执行的迁移" in str(scene.found(empty_portal))
    scene.manage(elsewhere, "restore", str(folder))
    scene.manage(elsewhere, "migrate", "--check")
    now = dumps.rows(KIND, place_of(elsewhere))
    assert {table: now[table] for table in rows} == rows
    # Its uploads are no part of the dump, its spans are of the rules of then.
    assert set(scene.found(elsewhere)) <= {"文件", "计数"}
