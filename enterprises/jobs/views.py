"""Pages about background jobs. Every signed-in person sees the list, each as far as `visible_to` allows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.jobs import queue
from enterprises.models import Job
from parks.access import person

PAGE_SIZE = 30


@require_safe
@never_cache
def job_list(request: HttpRequest) -> HttpResponse:
    """The list; asked for by htmx, only its table, which asks again while a job on it is unfinished."""
    user = person(request)
    page = Paginator(Job.objects.visible_to(user).select_related("created_by"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = [(job, job.may_be_retried_by(user)) for job in page]
    live = any(not job.is_finished for job in page)
    template = (
        "enterprises/jobs/table.html"
        if request.headers.get("HX-Request")
        else "enterprises/jobs/jobs.html"
    )
    return render(request, template, {"page": page, "rows": rows, "live": live})


@require_safe
@never_cache
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The live fragment of one job, which any page may include; it stops asking when the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(person(request)), pk=pk)
    return render(request, "enterprises/jobs/status.html", {"job": job})


@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """A failed job once more, as a new job; for the bureau."""
    user = person(request)
    job = get_object_or_404(Job.objects.visible_to(user), pk=pk)
    if not job.may_be_retried_by(user):
        raise PermissionDenied("只有失败的任务可以重试，且只能由科技局重试。")
    again = queue.submit(kind=job.kind, params=job.params, by=user)
    messages.success(request, f"已重新提交：{again.kind_label} #{again.pk}")
    return redirect("jobs")
