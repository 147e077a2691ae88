"""Pages about background jobs. Everybody sees the list, as far as `visible_to` allows."""

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
    """The list; for htmx only its table, which asks again while a job on it is unfinished."""
    user = person(request)
    visible = Job.objects.visible_to(user).select_related("created_by")
    page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(job, job.may_be_retried_by(user)) for job in page],
        "live": any(not job.is_finished for job in page),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "enterprises/jobs/table.html" if is_fragment else "enterprises/jobs/jobs.html"
    return render(request, template, context)


@require_safe
@never_cache
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The live fragment of one job, for any page; it stops asking when the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(person(request)), pk=pk)
    return render(request, "enterprises/jobs/status.html", {"job": job})


@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """A failed job once more, as a new job; for the bureau."""
    user = person(request)
    job = get_object_or_404(Job.objects.visible_to(user), pk=pk)
    if not job.may_be_retried_by(user):
        raise PermissionDenied("只有失败的任务可以重试，且只能由科技局重试。")
    # Another job: the failed one keeps its reason in the list.
    again = queue.submit(kind=job.kind, params=job.params, by=user)
    messages.success(request, f"已重新提交：{again.kind_label} #{again.pk}")
    return redirect("jobs")
