"""`manage.py verify` finds what was taken from a home, and says where."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.own_portals import Prepared, own_portal, prepared
from tests.platform import backup_scene as scene
from tests.portal_process import Portal

pytestmark = pytest.mark.fault
ON_SQLITE = "DATABASE_URL" not in os.environ
SQL = "from django.db import connection; connection.cursor().execute({!r})"
LEDGER = "enterprises_ledgerentry"


def fill(portal: Portal) -> None:
    scene.enter_firms(portal, 10)
    scene.keep_file(portal)
    scene.manage(portal, "recompute")
    assert scene.found(portal) == {}


@pytest.fixture(scope="session")
def prepared_filled(
    prepared_portal: Prepared, folder_of_run: Path, worker_id: str
) -> Iterator[Prepared]:
    with prepared(folder_of_run / "filled-portal", worker_id, prepared_portal, fill) as made:
        yield made


@pytest.fixture
def filled(prepared_filled: Prepared, tmp_path: Path, worker_id: str) -> Iterator[Portal]:
    """A portal of its own with ten firms, their spans and a file."""
    shutil.copytree(prepared_filled.home, tmp_path, dirs_exist_ok=True)
    with own_portal(tmp_path, worker_id, template=prepared_filled.database) as process:
        yield process


def test_what_was_taken_or_changed_is_found(filled):
    file = scene.keep_file(filled)
    file.write_bytes(b"another list of the same length"[: file.stat().st_size])
    assert "内容与登记不符" in str(scene.found(filled)["文件"])
    file.unlink()
    assert f"缺少来源文件“名单.xlsx”（{file}）" in scene.found(filled)["文件"]
    file.write_bytes(b"a list")
    file.chmod(0o644)
    # Settings are read with a strict umask, but they mend nothing: that is the start's work.
    assert f"他人可以访问 {file}" in scene.found(filled)["权限"]
    scene.manage(filled, "portal", "--setup")
    assert scene.found(filled) == {}


def test_spans_that_the_facts_do_not_give_are_found(filled):
    filled.shell("from targets.models import Span; Span.objects.first().delete()")
    assert "计数区间与事实不符" in str(scene.found(filled)["计数"])
    scene.manage(filled, "recompute", "--rebuild")
    assert scene.found(filled) == {}


def test_judgements_that_the_facts_do_not_give_are_found(filled):
    filled.shell(
        "from enterprises.models import KeptJudgement; KeptJudgement.objects.update(met=9)"
    )
    assert "自检结果与事实不符" in str(scene.found(filled)["自检"])
    scene.manage(filled, "recompute", "--rebuild")
    assert scene.found(filled) == {}


def test_a_record_that_its_entries_do_not_give_is_found(filled):
    filled.shell(
        "import datetime as dt; from enterprises.records import door, kinds, telling; "
        "told = {'subject': '甲', 'klass': 'rd', 'since': dt.date(2026, 1, 5)}; "
        "say = telling.Telling(told, told['since']); "
        "door.tell(kinds.kind_coded('service'), [say], by=None)"
    )
    assert scene.found(filled) == {}
    filled.shell("from enterprises.models import Record; Record.objects.update(klass='other')")
    assert "与它的账目不符" in str(scene.found(filled)["台账"])


@pytest.mark.parametrize("which", ["min", "max"])
def test_a_ledger_row_that_is_gone_is_found(filled, which):
    guard = "ledger_undeletable" if ON_SQLITE else "ledger_append_only"
    without = {
        "sqlite": f"DROP TRIGGER {guard}",
        "other": f"ALTER TABLE {LEDGER} DISABLE TRIGGER {guard}",
    }
    filled.shell(SQL.format(without["sqlite" if ON_SQLITE else "other"]))
    gone = f"(SELECT {which}(id) FROM {LEDGER} WHERE act = 'granted')"
    filled.shell(SQL.format(f"DELETE FROM {LEDGER} WHERE id = {gone}"))
    assert guard in str(scene.found(filled)["数据库"])
    if ON_SQLITE:
        filled.shell(
            "from django.db import connection; from parks.append_only import keep_rows; "
            f"keep_rows(connection.schema_editor(), '{LEDGER}', 'ledger', '变更账簿')"
        )
    else:
        filled.shell(SQL.format(f"ALTER TABLE {LEDGER} ENABLE TRIGGER {guard}"))
    problems = scene.found(filled)
    assert "数据库" not in problems
    assert "在账簿中没有来历" in str(problems["事实"])
    assert "缺1条" in str(problems["封存"])
    assert ("账簿" in problems) == (ON_SQLITE or which == "max")


def test_a_guard_that_is_gone_and_a_database_that_is_gone_are_found(filled):
    ending = "" if ON_SQLITE else f" ON {LEDGER}"
    filled.shell(SQL.format(f"DROP TRIGGER ledger_append_only{ending}"))
    assert scene.found(filled) == {"数据库": ["数据库缺少保护 ledger_append_only"]}
    if ON_SQLITE:
        for path in filled.home.glob("portal.sqlite3*"):
            path.unlink()
        (filled.home / "portal.sqlite3").touch()
        assert scene.found(filled) == {"数据库": ["数据库不存在、是空的，或已损坏。"]}
