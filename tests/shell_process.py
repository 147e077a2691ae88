"""A Django shell that is started once and asked often: each piece of code runs in a fork of its own.

    python -m tests.shell_process

In: one JSON string of code a line. Out: one JSON object a line, `{"ended": exit code, "out": …, "error": …}`.
Starting Django takes half a second of processor time, a fork a hundredth of that.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from typing import IO, NoReturn

import django

from tests.services import BASE_DIR, die_with_parent


class ShellProcess:
    """The parent's side; ends with `close`. `environment` says which portal it is about."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = dict(environment)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.shell_process"],
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent(),
        )

    def run(self, code: str) -> str:
        """What the code prints; raises when it fails."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(code), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert answer["ended"] == 0, answer["out"] + answer["error"]
        return answer["out"]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line))), flush=True)


def answer_to(code: str) -> dict[str, object]:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
        child = os.fork()
        if not child:
            run_and_end(code, out, error)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        error.seek(0)
        return {
            "ended": os.waitstatus_to_exitcode(status),
            "out": out.read(),
            "error": error.read(),
        }


def run_and_end(code: str, out: IO[str], error: IO[str]) -> NoReturn:
    os.dup2(out.fileno(), 1)
    os.dup2(error.fileno(), 2)
    ended = 1
    try:
        exec(code, {})
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended)


if __name__ == "__main__":
    main()
