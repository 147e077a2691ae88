import os
import signal
import socket
import sys
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from jiangjin_portal import home
from jiangjin_portal.preparation import collect_static, prepare_portal
from jiangjin_portal.supervisor import AlreadyRunning, Child, Supervisor, single_instance
from jiangjin_portal.watchdog import Watchdog
from parks.models import User

CELERY = [
    sys.executable,
    "-W",
    "ignore:You're running the worker",
    "-m",
    "celery",
    "-q",
    "-A",
    "jiangjin_portal",
]
FIRST_ACCOUNT = ".venv/bin/python manage.py createsuperuser --role bureau_admin"


class Command(BaseCommand):
    help = (
        "Sets the portal up and runs web, workers and scheduler under one supervisor until Ctrl-C."
    )
    requires_system_checks: list[str] = []
    nobody_can_sign_in = False

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--setup", action="store_true", help="set up and stop")
        only.add_argument("--static", action="store_true", help="collect the static files and stop")

    def handle(self, *args: object, setup: bool, static: bool, **options: object) -> None:
        try:
            with single_instance(settings.HOME / "portal.lock"):
                if static:
                    collect_static()
                    return
                if (settings.HOME / home.UNFINISHED).exists():
                    raise CommandError(
                        f"a restore into {settings.HOME} did not end: "
                        "start it again with manage.py restore DIR --replace"
                    )
                prepare_portal()
                self.nobody_can_sign_in = not User.objects.filter(is_active=True).exists()
                # The supervisor lives on for long: a connection left open would only grow stale.
                connections.close_all()
                if not setup:
                    self._run_until_stopped()
        except AlreadyRunning:
            raise CommandError(
                f"this portal is already running or being set up (it holds {settings.HOME})"
            ) from None

    def _run_until_stopped(self) -> None:
        # Told here in a sentence: waitress would fail, and be started again and again.
        if not port_is_free():
            raise CommandError(
                f"port {settings.PORT} is taken by another program; choose one: make run PORT=8080"
            )
        announce_once = self._make_announcer()
        watchdog = Watchdog(settings.WORKER_PATIENCE_SECONDS)

        def look_around() -> None:
            announce_once()
            if watchdog.workers_are_stuck():
                supervisor.restart_children("worker")

        supervisor = Supervisor(make_children(), on_tick=look_around)
        supervisor.run()

    def _make_announcer(self) -> Callable[[], None]:
        """A function that prints the address once, when the page answers."""
        waiting = [True]

        def announce_once() -> None:
            if waiting and not port_is_free():
                waiting.clear()
                address = f"http://{settings.BIND}:{settings.PORT}/"
                print(f"\n{address}  {settings.MODE}   (Ctrl-C stops it)", flush=True)
                if settings.DEMO and (settings.HOME / "demo-accounts.txt").exists():
                    print(f"demo accounts: {settings.HOME / 'demo-accounts.txt'}\n", flush=True)
                elif self.nobody_can_sign_in:
                    print(f"no account yet: {FIRST_ACCOUNT}\n", flush=True)

        return announce_once


def make_children() -> list[Child]:
    """The processes of the portal: web, the workers, the scheduler."""
    web = [
        sys.executable,
        "-m",
        "waitress",
        f"--listen={settings.BIND}:{settings.PORT}",
        "--threads=8",
        # Many half-open requests must not shut others out.
        "--connection-limit=1000",
        "--channel-timeout=20",
        f"--max-request-body-size={settings.MAX_UPLOAD_BYTES + 1_000_000}",
        "jiangjin_portal.wsgi:application",
    ]
    worker = [
        *CELERY,
        "worker",
        "--pool=solo",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    numbers = range(1, int(os.environ.get("PORTAL_WORKERS", "1")) + 1)
    return [
        # Waitress lets running requests end on SIGINT, not on SIGTERM.
        Child("web", web, stop_signal=signal.SIGINT),
        *(Child(f"worker{number}", [*worker, "-n", f"worker{number}@%h"]) for number in numbers),
        Child("beat", [*CELERY, "beat"]),
    ]


def port_is_free() -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((settings.BIND.replace("0.0.0.0", "127.0.0.1"), settings.PORT)) != 0
