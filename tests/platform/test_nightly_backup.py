"""The backup that nobody has to think of: made, proved, sent elsewhere; and what goes by the rule."""

import json
import urllib.request
from pathlib import Path

import pyrage
import pytest

from tests.platform import backup_scene as scene
from tests.portal_process import Portal

pytestmark = pytest.mark.fault


@pytest.fixture
def keys(tmp_path_factory) -> tuple[Path, str]:
    """A private key's file, as age-keygen writes it, and its public key."""
    identity = pyrage.x25519.Identity.generate()
    file = tmp_path_factory.mktemp("keys") / "key.txt"
    file.write_text(f"# created: 2026-12-01\n# public key: {identity.to_public()}\n{identity}\n")
    return file, str(identity.to_public())


@pytest.fixture
def elsewhere_hook(tmp_path_factory) -> tuple[Path, str]:
    """Another machine, as far as the hook knows, and the hook that copies there."""
    place = tmp_path_factory.mktemp("other machine")
    script = tmp_path_factory.mktemp("hooks") / "send"
    script.write_text(f'#!/bin/sh\nenv > "{place}/environment"\nexec cp -r "$1" "{place}/"\n')
    script.chmod(0o700)
    return place, str(script)


def run_job(portal: Portal, kind: str) -> dict:
    """State, reason and result of a job of this kind, done here and now."""
    return json.loads(
        portal.shell(
            "import json; from enterprises import jobs\n"
            f"job = jobs.run_inline(jobs.submit(kind={kind!r}))\n"
            "print(json.dumps({'state': job.state, 'error': job.error, 'result': job.result}))"
        ).splitlines()[-1]
    )


def events(portal: Portal, action: str) -> list[dict]:
    return json.loads(
        portal.shell(
            "import json; from parks.models import SecurityEvent\n"
            f"told = SecurityEvent.objects.filter(action={action!r}).order_by('pk')\n"
            "print(json.dumps(list(told.values('about', 'result', 'details'))))"
        )
    )


def ready(portal: Portal) -> dict:
    with urllib.request.urlopen(f"{portal.url}/readyz", timeout=20) as answer:
        return json.load(answer)


def backups(portal: Portal) -> list[str]:
    folder = portal.home / "backups"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_nightly_backup_is_proved_told_and_comes_back(portal, elsewhere):
    scene.enter_firms(portal, 5)
    scene.keep_file(portal)
    portal.start()
    assert (ready(portal)["backup"], ready(portal)["last_backup_hours"]) == ("none", None)
    done = run_job(portal, "backup")
    assert done["state"] == "done", done
    assert done["result"]["problems"] == []
    assert (ready(portal)["backup"], ready(portal)["last_backup_hours"]) == ("ok", 0)
    (name,) = backups(portal)
    (told,) = events(portal, "backed_up")
    assert (told["about"], told["result"]) == (name, "ok")
    assert [event["result"] for event in events(portal, "verified")] == ["ok"]
    scene.manage(elsewhere, "restore", str(portal.home / "backups" / name))
    assert scene.written(elsewhere) == scene.written(portal)
    assert scene.found(elsewhere) == {}
    assert [event["about"] for event in events(elsewhere, "restored")] == [name]


def test_it_is_encrypted_and_sent_and_opens_with_the_key_alone(
    portal, elsewhere, keys, elsewhere_hook, tmp_path_factory
):
    (identity, public), (place, hook) = keys, elsewhere_hook
    scene.enter_firms(portal, 2)
    scene.keep_file(portal)
    portal.environment |= {"BACKUP_RECIPIENTS": public, "BACKUP_HOOK": hook, "SECRET": "shown"}
    assert run_job(portal, "backup")["result"]["sent"] is True
    (name,) = backups(portal)
    assert name.endswith(".tar.gz.age")
    assert "SECRET" not in (place / "environment").read_text()
    sent = place / name
    assert scene.open_to_others(portal.home / "backups") == []
    assert "--identity" in scene.refusal(elsewhere, "restore", str(sent))
    other = tmp_path_factory.mktemp("keys") / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    assert "私钥不是" in scene.refusal(elsewhere, "restore", str(sent), "--identity", str(other))
    cut = place / f"cut-{name}"
    cut.write_bytes(sent.read_bytes()[:-1000])
    assert "截断" in scene.refusal(elsewhere, "restore", str(cut), "--identity", str(identity))
    scene.manage(elsewhere, "restore", str(sent), "--identity", str(identity))
    assert scene.written(elsewhere) == scene.written(portal)
    assert not [path for path in elsewhere.home.iterdir() if path.name.startswith(".")]


def test_what_went_wrong_reaches_the_administrator(portal):
    portal.shell(
        "from parks.models import User; User.objects.create(username='a', role='bureau_admin')"
    )
    portal.environment |= {"BACKUP_HOOK": "/bin/sh -c 'echo no route >&2; exit 7'"}
    done = run_job(portal, "backup")
    assert (done["state"], done["result"]["sent"]) == ("done", False)
    assert "no route" in done["result"]["complaint"]
    lost = scene.keep_file(portal)
    lost.unlink()
    portal.environment["BACKUP_HOOK"] = ""
    assert any(
        "缺少来源文件" in problem for problem in run_job(portal, "backup")["result"]["problems"]
    )
    portal.environment["BACKUP_RECIPIENTS"] = "age1nonsense"
    failed = run_job(portal, "backup")
    assert failed["state"] == "failed"
    assert "公钥" in failed["error"]
    notices = portal.shell(
        "from enterprises.models import Notice; print('\\n'.join(n.text for n in Notice.objects.all()))"
    )
    for told in ("没有送出", "核对数据发现1个问题", "备份没有做成"):
        assert told in notices
    assert [event["result"] for event in events(portal, "backed_up")] == ["ok", "ok", "failed"]


def test_old_ones_go_only_after_a_new_one_stands(portal):
    folder = portal.home / "backups"
    folder.mkdir()
    old = [f"2020-01-{day:02d}_010000" for day in range(1, 31)]
    for name in [*old, "what somebody put there", "2020-01-01_010000.copy"]:
        (folder / name).mkdir()
    portal.environment["BACKUP_RECIPIENTS"] = "age1nonsense"
    assert run_job(portal, "backup")["state"] == "failed"
    assert len(backups(portal)) == len(old) + 2
    portal.environment["BACKUP_RECIPIENTS"] = ""
    portal.environment |= {
        "BACKUP_KEEP_DAYS": "2",
        "BACKUP_KEEP_WEEKS": "2",
        "BACKUP_KEEP_MONTHS": "2",
    }
    done = run_job(portal, "backup")
    kept = backups(portal)
    # Of two days today's and the last; that is the newest of its week and of its month, too.
    assert set(kept) == {
        done["result"]["name"],
        old[-1],
        "what somebody put there",
        "2020-01-01_010000.copy",
    }
    assert len(done["result"]["removed"]) == len(old) - 1


def test_a_check_by_hand_leaves_nothing_behind(portal):
    scene.enter_firms(portal, 2)
    before = {path.name for path in portal.home.iterdir()}
    assert run_job(portal, "verify")["result"] == {"problems": 0}
    beside = {"broker", "portal.sqlite3-wal", "portal.sqlite3-shm"}
    assert {path.name for path in portal.home.iterdir()} <= before | beside
    assert backups(portal) == []
