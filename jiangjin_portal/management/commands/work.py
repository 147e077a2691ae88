from django.conf import settings
from django.core.management.base import BaseCommand

from jiangjin_portal.running.processes import load_portal, make_workers
from jiangjin_portal.running.supervisor import Supervisor
from jiangjin_portal.running.watchdog import Watchdog


class Command(BaseCommand):
    help = "Runs the background workers alone, and starts them anew when they are stuck."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        load_portal()
        watchdog = Watchdog(settings.WORKER_PATIENCE_SECONDS)

        def look_around() -> None:
            if watchdog.workers_are_stuck():
                supervisor.restart_children("worker")

        supervisor = Supervisor(make_workers(), on_tick=look_around)
        supervisor.run()
