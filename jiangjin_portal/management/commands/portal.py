import signal
import socket
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiangjin_portal import home
from jiangjin_portal.preparation import collect_static, prepare_portal
from jiangjin_portal.running.forks import Fork
from jiangjin_portal.running.lock import AlreadyRunning, single_instance
from jiangjin_portal.running.processes import load_portal, make_children
from jiangjin_portal.running.supervisor import Supervisor
from jiangjin_portal.running.watchdog import Watchdog
from parks.models import User

FIRST_ACCOUNT = ".venv/bin/python manage.py createsuperuser --role bureau_admin"

NO_ACCOUNT = 3
"""Exit code of a preparation that went well and found that nobody can sign in."""


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
                if setup:
                    prepare_portal()
                else:
                    self._load_and_prepare()
                    self._run_until_stopped()
        except AlreadyRunning:
            raise CommandError(
                f"this portal is already running or being set up (it holds {settings.HOME})"
            ) from None

    def _load_and_prepare(self) -> None:
        """The supervisor loads the code; what needs the database is done meanwhile in a fork."""
        preparing = Fork("portal setup", self._prepare)
        load_portal()
        if code := preparing.wait():
            if code != NO_ACCOUNT:
                raise SystemExit(code if code > 0 else 1)
            self.nobody_can_sign_in = True

    def _prepare(self) -> int:
        # Ctrl-C ends the supervisor, and with it this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            prepare_portal()
        except CommandError as error:
            self.stderr.write(f"{type(error).__name__}: {error}")
            return error.returncode
        return 0 if User.objects.filter(is_active=True).exists() else NO_ACCOUNT

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


def port_is_free() -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((settings.BIND.replace("0.0.0.0", "127.0.0.1"), settings.PORT)) != 0
