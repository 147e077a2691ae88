"""Loading a file into a register: drop it, look at what would change, confirm, take back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.loading import storage
from enterprises.models import Job, RecordEntry, RecordKind, SourceFile
from enterprises.records import door, loading, titles
from enterprises.records.forms import TakeBackEntriesForm
from enterprises.records.web.views import kind_or_404, refuse_unless_written_by, status_of
from enterprises.refusal import Refusal
from parks.access import person, posted_data
from parks.filters import styled

RECENT = 10


class RegisterFileForm(forms.Form):
    file = forms.FileField(
        label="台账表格",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(storage.EXTENSIONS)}),
        error_messages={"required": "请选择文件。", "empty": "文件为空。"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if reason := storage.objection(file.name, file.size):
            raise ValidationError(reason)
        return file


class RegisterTitlesForm(forms.Form):
    """What the titles mean that no column of the register bears; blank ones are not read."""

    def __init__(self, kind: RecordKind, asked: list[dict[str, Any]], data: Any = None) -> None:
        super().__init__(data)
        self.asked = asked
        choices = [("", "不读取这一列"), *((each.code, each.title) for each in kind.columns)]
        for number, title in enumerate(asked):
            self.fields[f"title-{number}"] = forms.ChoiceField(
                label=f"“{title['title']}”对应哪一列",
                required=False,
                choices=choices,
                initial=title["suggestion"],
                help_text=f"{title['address']}：{'、'.join(title['samples']) or '（空）'}",
                error_messages={"invalid_choice": "没有这一列。"},
            )
        styled(self)

    @property
    def told(self) -> dict[str, str]:
        names = {title["title"]: f"title-{n}" for n, title in enumerate(self.asked)}
        found = {title: self.cleaned_data[name] for title, name in names.items()}
        return {title: code for title, code in found.items() if code}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        codes = [code for code in cleaned.values() if code]
        if len(codes) != len(set(codes)):
            raise ValidationError("同一列只能由一个列名表示。")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def register_load(request: HttpRequest, code: str) -> HttpResponse:
    """The upload form and the latest jobs; a POST stores the file and starts a dry run."""
    kind, user = kind_or_404(code), person(request)
    refuse_unless_written_by(kind, user)
    form = RegisterFileForm(posted_data(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            source = storage.keep_as(SourceFile.Kind.RECORDS, file.chunks(), file.name, by=user)
        except storage.StorageError as error:
            form.add_error("file", str(error))
        else:
            # Never written at once: first somebody looks at what would change.
            job = loading.submit(kind, source, apply=False, by=user)
            return redirect("register_job", kind.code, job.pk)
    recent = _jobs(kind).select_related("created_by").order_by("-pk")[:RECENT]
    context = {"kind": kind, "form": styled(form), "recent": recent}
    return render(request, "enterprises/records/load.html", context, status=status_of(form))


@require_safe
@never_cache
def register_job(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    kind, job = _own(request, code, pk)
    return render(request, "enterprises/records/job.html", _context(kind, job))


@require_safe
@never_cache
def register_outcome(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The live part of the job's page: progress, then the outcome."""
    kind, job = _own(request, code, pk)
    return render(request, "enterprises/records/outcome.html", _context(kind, job))


@require_POST
def register_titles(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What titles mean is kept with the register's columns; the file is checked again."""
    kind, job = _own(request, code, pk)
    asked = (job.result or {}).get("unknown_titles", [])
    if not asked:
        messages.error(request, "检查尚未完成，或没有不认识的列名。")
        return redirect("register_job", kind.code, pk)
    form = RegisterTitlesForm(kind, asked, request.POST)
    if form.is_valid():
        try:
            titles.remember(kind, form.told)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            again = loading.submit(
                kind, _source(job), apply=False, by=person(request), mapping=_passed_over(form)
            )
            messages.success(request, "已记住列名，正在重新检查。")
            return redirect("register_job", kind.code, again.pk)
    context = _context(kind, job) | {"titles": form}
    return render(request, "enterprises/records/job.html", context, status=422)


def _passed_over(form: RegisterTitlesForm) -> dict[str, str]:
    """The titles that are not read this time, so that they are not asked again."""
    return {
        titles.key_of(each["title"]): "" for each in form.asked if each["title"] not in form.told
    }


@require_POST
def register_apply(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Write what this job has shown; shown again where the register was changed meanwhile."""
    kind, job = _own(request, code, pk)
    if not _may_be_confirmed(job):
        messages.error(request, "检查尚未完成、已写入，或仍有问题需要更正，不能写入。")
        return redirect("register_job", kind.code, pk)
    written = loading.submit(
        kind,
        _source(job),
        apply=True,
        mapping=job.params["mapping"],
        shown=(job.result or {})["mark"],
        by=person(request),
    )
    return redirect("register_job", kind.code, written.pk)


@require_POST
def register_undo(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take back what a load has written, as a whole."""
    kind, job = _own(request, code, pk)
    form = TakeBackEntriesForm(request.POST)
    if form.is_valid():
        try:
            entries = _written_by(job)
            if not entries:
                raise Refusal("这次载入没有写入内容，或已经撤销。", "state")
            door.take_back(entries, by=person(request), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已撤销这次载入，记账{len(entries)}条。")
            return redirect("register_job", kind.code, pk)
    context = _context(kind, job) | {"undo": form}
    return render(request, "enterprises/records/job.html", context, status=422)


def _own(request: HttpRequest, code: str, pk: int) -> tuple[RecordKind, Job]:
    kind = kind_or_404(code)
    refuse_unless_written_by(kind, person(request))
    return kind, get_object_or_404(_jobs(kind), pk=pk)


def _jobs(kind: RecordKind) -> Any:
    return Job.objects.filter(kind__in=[loading.CHECK, loading.LOAD], params__kind=kind.code)


def _source(job: Job) -> SourceFile:
    source = SourceFile.objects.filter(pk=job.params["source"]).first()
    if source is None:
        raise Http404
    return source


def _may_be_confirmed(job: Job) -> bool:
    result = job.result
    return bool(
        result and not result["blocked"] and not result["applied"] and result["change_count"]
    )


def _written_by(job: Job) -> list[RecordEntry]:
    """What the load has written, where it is still in force."""
    stretch = (job.result or {}).get("stretch")
    if not stretch:
        return []
    return list(RecordEntry.objects.in_force().filter(pk__range=stretch).order_by("pk"))


def _context(kind: RecordKind, job: Job) -> dict[str, Any]:
    result = job.result
    may_be_undone = bool(_written_by(job))
    asked = (result or {}).get("unknown_titles", [])
    return {
        "kind": kind,
        "job": job,
        "result": result,
        "titles": RegisterTitlesForm(kind, asked)
        if asked and not (result or {})["applied"]
        else None,
        "may_be_confirmed": _may_be_confirmed(job),
        "may_be_undone": may_be_undone,
        "is_undone": bool((result or {}).get("stretch")) and not may_be_undone,
        "undo": TakeBackEntriesForm(),
    }
