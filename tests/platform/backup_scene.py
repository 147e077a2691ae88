"""What the tests of backups do to a portal's home, through its own commands and processes."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.portal_process import Portal
from tests.services import BASE_DIR

WRITER = """
import random, sys, time
from pathlib import Path
from enterprises import registry
from enterprises.loading import storage
from enterprises.models import Enterprise
from tests.platform.scene import firms
chance = random.Random({seed})
acts = firms({firms})
for start in range(0, len(acts), 3):
    content = chance.randbytes(chance.randrange(1, 200_000))
    source = storage.keep([content], f"名单{{start}}.xlsx", by=None)
    registry.apply(acts[start : start + 3], by=None, source=source)
    print(start, flush=True)
"""
"""One firm after the other, each with a file of its own that tells of it."""


COMMAND = """
import contextlib, io, json
from django.core.management import execute_from_command_line
out, error, code = io.StringIO(), io.StringIO(), 0
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
    try:
        execute_from_command_line(["manage.py", *{arguments!r}])
    except SystemExit as end:
        code = end.code
print("=" + json.dumps([code, out.getvalue(), error.getvalue()]))
"""


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def run(portal: Portal, *arguments: str) -> Done:
    """A management command on this portal's home, whatever comes of it; a stack trace is none."""
    told = portal.shell(COMMAND.format(arguments=list(arguments)))
    return Done(*json.loads(told.rpartition("\n=")[2].removeprefix("=")))


def manage(portal: Portal, *arguments: str) -> str:
    done = run(portal, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refusal(portal: Portal, *arguments: str) -> str:
    """What a command that refuses says; never a stack trace."""
    done = run(portal, *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip()


def start_writer(portal: Portal, firms: int, seed: int) -> subprocess.Popen[str]:
    """Another process that writes until it is killed or has no more to write."""
    code = f"import django; django.setup()\n{WRITER.format(firms=firms, seed=seed)}"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=portal.environment | {"DJANGO_SETTINGS_MODULE": "jiangjin_portal.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_writing(writer: subprocess.Popen[str], seconds: float) -> None:
    """Until it has written something, and some seconds more."""
    assert writer.stdout
    assert writer.stdout.readline()
    time.sleep(seconds)


def written(portal: Portal) -> dict[str, int]:
    """Firms, ledger entries and stored files of the portal."""
    return json.loads(
        portal.shell(
            "import json; from enterprises.models import *\n"
            "print(json.dumps({'firms': Enterprise.objects.count(), 'entries':"
            " LedgerEntry.objects.count(), 'files': SourceFile.objects.count()}))"
        )
    )


def enter_firms(portal: Portal, number: int) -> None:
    portal.shell(
        "from enterprises import registry; from tests.platform.scene import firms\n"
        f"registry.apply(firms({number}), by=None)"
    )


def keep_file(portal: Portal) -> Path:
    """A file that somebody sent, and where it lies."""
    name = portal.shell(
        "from enterprises.loading import storage\n"
        "print(storage.path_of(storage.keep([b'a list'], '名单.xlsx', by=None)))"
    )
    return Path(name)


def found(portal: Portal) -> dict[str, list[str]]:
    """What `verify` finds wrong, by the name of the check; {} where all is sound."""
    done = run(portal, "verify", "--json")
    reply: dict[str, Any] = json.loads(done.stdout)
    problems = {check["name"]: check["problems"] for check in reply["checks"] if check["problems"]}
    assert (done.returncode == 0) == reply["sound"] == (not problems), done.stderr
    return problems


def open_to_others(home: Path) -> list[str]:
    return [str(path) for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]
