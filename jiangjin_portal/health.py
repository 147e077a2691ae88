"""What watches the portal asks: is the process alive, can it serve, does background work get on."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from enterprises.models import Job
from jiangjin_portal.condition.backups import last_backup


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503.

    `oldest_waiting_job_seconds` grows when no worker gets on: that is the number to watch.
    `backup`: "ok", "late" or "none"; `last_backup_hours`: since the last one that was proved. A
    portal without a backup can serve, so neither turns the answer into a 503.
    """
    try:
        seconds = Job.objects.longest_wait()
        backup = last_backup()
    except DatabaseError:
        return JsonResponse({"mode": settings.MODE, "database": "unreachable"}, status=503)
    return JsonResponse(
        {
            "mode": settings.MODE,
            "database": "ok",
            "oldest_waiting_job_seconds": seconds,
            "backup": backup.state,
            "last_backup_hours": backup.hours,
        }
    )
