"""The processes of the portal: web, the workers, the scheduler. Each is a fork of the supervisor."""

import gc
import os
import signal
import warnings
from functools import partial

from celery.bin.celery import celery
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from waitress import runner

from jiangjin_portal.celery import app
from jiangjin_portal.running.supervisor import Child


def load_portal() -> None:
    """Pages, tasks and jobs: what is loaded before the forks none of them loads again."""
    reverse(settings.LOGIN_URL)
    app.loader.import_default_modules()
    for handler in settings.JOB_HANDLERS.values():
        import_string(handler)
    # It stays as long as the portal: looking through it for garbage would copy its pages.
    gc.collect()
    gc.freeze()


def make_children() -> list[Child]:
    return [
        # Waitress lets running requests end on SIGINT, not on SIGTERM.
        Child("web", run_web, stop_signal=signal.SIGINT),
        *make_workers(),
        Child("beat", run_scheduler),
    ]


def make_workers() -> list[Child]:
    numbers = range(1, int(os.environ.get("PORTAL_WORKERS", "1")) + 1)
    return [Child(f"worker{number}", partial(run_worker, number)) for number in numbers]


def run_web() -> int:
    arguments = [
        f"--listen={settings.BIND}:{settings.PORT}",
        "--threads=8",
        # Many half-open requests must not shut others out.
        "--connection-limit=1000",
        "--channel-timeout=20",
        f"--max-request-body-size={settings.MAX_UPLOAD_BYTES + 1_000_000}",
        "jiangjin_portal.wsgi:application",
    ]
    return runner.run(["waitress", *arguments])


def run_worker(number: int) -> None:
    warnings.filterwarnings("ignore", "You're running the worker")
    options = ["--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    run_celery("worker", *options, "-n", f"worker{number}@%h")


def run_scheduler() -> None:
    run_celery("beat")


def run_celery(*arguments: str) -> None:
    """What the command line of Celery does; it ends with SystemExit."""
    celery(["-q", "-A", app.main, *arguments], auto_envvar_prefix="CELERY")
