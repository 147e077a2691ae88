"""运行状况, for administrators: what to see to, and a backup or a check at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from enterprises import jobs
from jiangjin_portal.condition import page
from parks.access import only_for, person
from parks.models import User

BY_HAND = {"backup": "备份", "verify": "核对"}
"""What an administrator may start here, by its kind of job."""


for_administrators = only_for(User.Role.BUREAU_ADMIN, "只有科技局管理员可以查看运行状况。")


@require_safe
@for_administrators
def condition(request: HttpRequest) -> HttpResponse:
    context = {
        "lines": page.lines(),
        "backups": page.backups_on_disk(),
        "running": page.running(),
    }
    return render(request, "condition/condition.html", context)


@require_POST
@for_administrators
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """A backup or a check now, in the background."""
    job = jobs.submit(kind=kind, by=person(request))
    messages.success(request, f"已开始{BY_HAND[kind]}（后台任务 #{job.pk}）。")
    return redirect("condition")
