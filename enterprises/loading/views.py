"""The bureau's page for loading lists: upload, look at what would change, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.loading import offices, register_job, storage, undoing_load
from enterprises.loading.forms import MovesForm, OfficeForm, TitlesForm, UploadForm
from enterprises.models import Job, Office, SourceFile
from enterprises.refusal import Refusal
from parks.access import bureau_only, person

RECENT = 10
for_bureau = bureau_only("只有科技局人员可以办理名册入库。")


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def load(request: HttpRequest) -> HttpResponse:
    """The upload form and the latest jobs; a POST stores the files and starts a dry run."""
    user = person(request)
    form, source = UploadForm(), OfficeForm()
    if request.method == "POST":
        # `or None`: a POST without files is an unbound form, which is shown again without an error.
        form = UploadForm(request.POST or None, request.FILES or None)
        source = OfficeForm(request.POST)
    if form.is_bound and form.is_valid() and source.is_valid():
        office = source.cleaned_data["office"]
        try:
            sources = [
                storage.keep(file.chunks(), file.name, by=user)
                for file in form.cleaned_data["registers"]
            ]
        except storage.StorageError as error:
            form.add_error("registers", str(error))
        else:
            # Never written at once: first somebody looks at what would change.
            job = register_job.submit(
                sources,
                apply=False,
                moves_on=None,
                by=user,
                office=office.code if office else "",
            )
            return redirect("load_job", pk=job.pk)
    recent = _load_jobs().select_related("created_by")[:RECENT]
    context = {"form": form, "source": source, "recent": recent}
    return render(request, "enterprises/loading/load.html", context)


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
    return _once_more(request, job, apply=False, moves_on=form.cleaned_data["moves_on"])


@require_POST
@for_bureau
def load_titles(request: HttpRequest, pk: int) -> HttpResponse:
    """What the titles of an office's list mean, and its year; the files are checked again."""
    job = get_object_or_404(_load_jobs().filter(kind=register_job.CHECK), pk=pk)
    office = _office_of(job)
    form = _titles_form(job, office, request.POST)
    if office is None or form is None:
        messages.error(request, "检查尚未完成，或没有选名单来源，不能说明列名。")
        return redirect("load_job", pk=pk)
    if not form.is_valid():
        context = _job_context(job) | {"titles": form}
        return render(request, "enterprises/loading/job.html", context, status=422)
    offices.store_titles(office, form.told, by=person(request))
    messages.success(request, f"已记住{office}的列名，正在重新检查。")
    year = form.cleaned_data["year"] or job.params.get("year")
    return _once_more(request, job, apply=False, year=year)


@require_POST
@for_bureau
def load_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what a dry run has shown; everything is checked anew before it is written."""
    # Only what somebody has looked at can be loaded.
    job = get_object_or_404(_load_jobs().filter(kind=register_job.CHECK), pk=pk)
    if not job.result or job.result["blocked"]:
        messages.error(request, "检查尚未完成，或仍有问题需要更正，不能入库。")
        return redirect("load_job", pk=pk)
    return _once_more(request, job, apply=True)


@require_POST
@for_bureau
def load_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a load has written, as a whole."""
    job = get_object_or_404(_load_jobs(), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        entries = undoing_load.undo(job, by=person(request), reason=reason)
    except Refusal as refusal:
        context = _job_context(job) | {"refused": refusal.message, "reason": reason}
        return render(request, "enterprises/loading/job.html", context, status=422)
    messages.success(request, f"已撤销这次入库，记账{entries}条。")
    return redirect("load_job", pk=pk)


def _load_jobs() -> Any:
    return Job.objects.filter(kind__in=[register_job.CHECK, register_job.LOAD])


def _job_context(job: Job) -> dict[str, Any]:
    may_be_undone, office = undoing_load.may_be_undone(job), _office_of(job)
    return {
        "job": job,
        "result": job.result,
        "moves": MovesForm(),
        "office": office,
        "titles": _titles_form(job, office),
        "is_check": job.kind == register_job.CHECK,
        "may_be_undone": may_be_undone,
        "is_undone": bool(undoing_load.stretch_of(job)) and not may_be_undone,
    }


def _once_more(request: HttpRequest, job: Job, *, apply: bool, **changes: Any) -> HttpResponse:
    """One more job of the same files. `changes`: of what was told of them."""
    told: dict[str, Any] = {
        "moves_on": register_job.moves_day(job.params),
        "office": job.params.get("office", ""),
        "year": job.params.get("year"),
    }
    new_job = register_job.submit(
        _sources_of(job), apply=apply, by=person(request), **told | changes
    )
    return redirect("load_job", pk=new_job.pk)


def _office_of(job: Job) -> Office | None:
    code = job.params.get("office")
    return Office.objects.filter(code=code).first() if code else None


def _titles_form(job: Job, office: Office | None, data: Any = None) -> TitlesForm | None:
    """The form about the titles of an office's lists; None where nothing can be said of them."""
    if office is None or not job.result or job.kind != register_job.CHECK:
        return None
    files = job.result["files"]
    initial = job.params.get("year") or offices.year_in_name(file["name"] for file in files)
    return TitlesForm(
        offices.questions_of(office, files),
        data,
        initial={"year": initial},
        wants_year=any(file["wants_year"] for file in files) or bool(job.params.get("year")),
    )


def _sources_of(job: Job) -> list[SourceFile]:
    """The job's files in their order, without those whose rows were deleted."""
    sources = SourceFile.objects.in_bulk(job.params["sources"])
    return [sources[pk] for pk in job.params["sources"] if pk in sources]
