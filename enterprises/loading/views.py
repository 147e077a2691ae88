"""The bureau's page for loading lists: upload, look at what would change, confirm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.loading import register_job, storage
from enterprises.loading.forms import MovesForm, UploadForm
from enterprises.models import Job, SourceFile
from parks.access import bureau_only, person

RECENT = 10
for_bureau = bureau_only("只有科技局人员可以办理名册入库。")


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def load(request: HttpRequest) -> HttpResponse:
    """The upload form and the latest jobs; a POST stores the files and starts a dry run."""
    user = person(request)
    form = UploadForm()
    if request.method == "POST":
        # `or None`: a POST without files is an unbound form, which is shown again without an error.
        form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            sources = [
                storage.keep(file.chunks(), file.name, by=user)
                for file in form.cleaned_data["registers"]
            ]
        except storage.StorageError as error:
            form.add_error("registers", str(error))
        else:
            # Never written at once: first somebody looks at what would change.
            job = register_job.submit(sources, apply=False, moves_on=None, by=user)
            return redirect("load_job", pk=job.pk)
    recent = _load_jobs().select_related("created_by")[:RECENT]
    return render(request, "enterprises/loading/load.html", {"form": form, "recent": recent})


@require_safe
@never_cache
@for_bureau
def load_job(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(_load_jobs(), pk=pk)
    return render(request, "enterprises/loading/job.html", _job_context(job))


@require_safe
@never_cache
@for_bureau
def load_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """The live part of the job's page: progress, then the outcome."""
    job = get_object_or_404(_load_jobs(), pk=pk)
    return render(request, "enterprises/loading/outcome.html", _job_context(job))


@require_POST
@for_bureau
def load_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The same files once more, with the day of the moves they show."""
    job = get_object_or_404(_load_jobs(), pk=pk)
    form = MovesForm(request.POST)
    if not form.is_valid():
        context = _job_context(job) | {"moves": form}
        return render(request, "enterprises/loading/job.html", context, status=422)
    moves_on = form.cleaned_data["moves_on"]
    new_job = register_job.submit(
        _sources_of(job), apply=False, moves_on=moves_on, by=person(request)
    )
    return redirect("load_job", pk=new_job.pk)


@require_POST
@for_bureau
def load_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what a dry run has shown; everything is checked anew before it is written."""
    # Only what somebody has looked at can be loaded.
    job = get_object_or_404(_load_jobs().filter(kind=register_job.CHECK), pk=pk)
    if not job.result or job.result["blocked"]:
        messages.error(request, "检查尚未完成，或仍有问题需要更正，不能入库。")
        return redirect("load_job", pk=pk)
    day = job.params.get("moves_on")
    moves_on = dt.date.fromisoformat(day) if day else None
    new_job = register_job.submit(
        _sources_of(job), apply=True, moves_on=moves_on, by=person(request)
    )
    return redirect("load_job", pk=new_job.pk)


def _load_jobs() -> Any:
    return Job.objects.filter(kind__in=[register_job.CHECK, register_job.LOAD])


def _job_context(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "result": job.result,
        "moves": MovesForm(),
        "is_check": job.kind == register_job.CHECK,
    }


def _sources_of(job: Job) -> list[SourceFile]:
    """The job's files in their order, without those whose rows were deleted."""
    sources = SourceFile.objects.in_bulk(job.params["sources"])
    return [sources[pk] for pk in job.params["sources"] if pk in sources]
