"""Numbers for Prometheus: requests as they come, everything else as it stands when it is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from enterprises.models import Job
from jiangjin_portal.condition.backups import last_backup
from jiangjin_portal.sealed_books import BOOKS
from parks.sealing.chain import last_seal

UNKNOWN = "none"
"""The route of a request that no address answers: any number of them must not be any number of lines."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_own = CollectorRegistry()
_requests = Counter(
    "portal_requests", "Answered requests.", ("method", "route", "status"), registry=_own
)
_seconds = Histogram(
    "portal_request_seconds", "How long answers took.", ("route",), buckets=SECONDS, registry=_own
)


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name or match.route) if match else UNKNOWN
    method = request.method if request.method in METHODS else UNKNOWN
    _requests.labels(method, route, status).inc()
    _seconds.labels(route).observe(seconds)


def registry() -> CollectorRegistry:
    """What is answered to Prometheus: of all web processes of this machine where they share a folder."""
    told = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
    else:
        told.register(_own)
    told.register(InstallationNumbers())
    return told


class InstallationNumbers:
    """How the installation stands, by the database: the same from every process."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _of_jobs()
        backup = last_backup()
        yield GaugeMetricFamily(
            "portal_last_backup_timestamp_seconds",
            "When the last backup that was proved was made; 0: never.",
            value=backup.event.at.timestamp() if backup.event else 0,
        )
        yield GaugeMetricFamily(
            "portal_backup_late_hours",
            "Age in hours from which the last backup is late.",
            value=settings.BACKUP_LATE_HOURS,
        )
        seals = GaugeMetricFamily(
            "portal_last_seal_timestamp_seconds", "When a book was last sealed.", labels=["book"]
        )
        for book in BOOKS:
            seal = last_seal(book)
            seals.add_metric([book.name], seal.at.timestamp() if seal.pk else 0)
        yield seals


def _of_jobs() -> Iterator[GaugeMetricFamily]:
    jobs = GaugeMetricFamily("portal_jobs", "Jobs by their state.", labels=["state"])
    for state, number in Job.objects.values_list("state").order_by().annotate(Count("pk")):
        jobs.add_metric([state], number)
    yield jobs
    yield GaugeMetricFamily(
        "portal_queue_age_seconds",
        "How long the oldest waiting job has waited.",
        value=Job.objects.longest_wait(),
    )
