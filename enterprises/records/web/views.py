"""Pages of the registers: all of them, one list, its files, one record and what is done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.models import Record, RecordEntry, RecordKind
from enterprises.records import by_hand, door
from enterprises.records.by_kind import first_of_year
from enterprises.records.filters import RegisterFilter
from enterprises.records.forms import RecordForm, TakeBackEntriesForm
from enterprises.records.kinds import kind_coded
from enterprises.records.web import export, page
from enterprises.records.web.record_page import entries_since, record_context
from enterprises.records.web.template import template_of
from enterprises.refusal import Refusal
from parks.access import person, posted_data
from parks.filters import problems, styled

ROWS_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """Every register in use, with what stands today or happened this year."""
    today = timezone.localdate()
    context = {"lines": page.all_kinds(person(request), today), "today": today}
    return render(request, "enterprises/records/registers.html", context)


@require_safe
def register(request: HttpRequest, code: str) -> HttpResponse:
    """A question that was not understood lists nothing, and is a 400."""
    kind, user = kind_or_404(code), person(request)
    filtered = _filtered(request, kind, beside=("page",))
    wrong = problems(filtered.form)
    rows: Any = filtered.qs
    day = timezone.localdate() if wrong else filtered.day
    shown = Paginator(_ordered(rows), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    form = styled(filtered.form)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "kind": kind,
        "form": form,
        "further": filtered.shown,
        "wrong": wrong,
        "day": day,
        "asked_on": not wrong and form.cleaned_data.get("on"),
        "shown": shown,
        "lead": page.lead_of(kind),
        "heads": [(head, head.role in page.NUMBERS) for head in page.heads_of(kind)],
        "lines": page.lines_of(kind, shown, day),
        "totals": "" if wrong else page.totals_of(kind, rows, day),
        "pages": shown.paginator.get_elided_page_range(shown.number),
        "page_address": f"?{query.urlencode()}&".replace("?&", "?"),
        "query": query.urlencode(),
        "filtered": bool(query),
        "may_write": kind.may_be_written_by(user),
    }
    return render(
        request, "enterprises/records/register.html", context, status=400 if wrong else 200
    )


@require_safe
def register_export(request: HttpRequest, code: str, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    kind = kind_or_404(code)
    filtered = _filtered(request, kind)
    if problems(filtered.form):
        raise Http404
    said = [f"{field.label}：{_in_words(field)}" for field in filtered.form if field.value()]
    rows = _ordered(filtered.qs)
    return export.export(kind, rows, form_at, said=["；".join(said)], user=person(request))


@require_safe
def register_template(request: HttpRequest, code: str) -> HttpResponse:
    kind = kind_or_404(code)
    response = HttpResponse(template_of(kind), content_type=XLSX)
    response.headers["Content-Disposition"] = export.attachment(f"{kind.name}台账模板.xlsx")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def register_new(request: HttpRequest, code: str) -> HttpResponse:
    """One record, entered by hand."""
    kind, user = kind_or_404(code), person(request)
    refuse_unless_written_by(kind, user)
    form = RecordForm(kind, posted_data(request))
    if form.is_valid():
        try:
            record = by_hand.enter(kind, form, by=user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记{kind.name}：{record}。")
            for doubt in form.doubts:
                messages.warning(request, doubt)
            return redirect("record", record.pk)
    context = {"kind": kind, "form": form}
    return render(request, "enterprises/records/new.html", context, status=status_of(form))


@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_record(request, pk)
    return render(
        request, "enterprises/records/record.html", record_context(found, person(request))
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act: its form, and what comes of it. What was refused stays in the form."""
    found, user = _visible_record(request, pk), person(request)
    refuse_unless_written_by(found.kind, user)
    deed = by_hand.ACTS.get(act)
    posted = posted_data(request)
    if deed is None or (posted is None and deed not in by_hand.acts_for(found)):
        raise Http404
    form = deed.form(posted, record=found, seen=door.last_entry_of(found))
    columns = RecordForm(found.kind, posted, record=found) if deed is by_hand.CHANGE else None
    if _valid(form, columns):
        try:
            if columns is not None:
                by_hand.change(found, columns, form.cleaned_data, by=user)
            else:
                by_hand.act(found, deed, form.cleaned_data, by=user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记{deed.title}：{found}。")
            return redirect("record", found.pk)
    context = {"record": found, "deed": deed, "form": form, "columns": columns}
    if form.is_bound:
        # With what another person wrote meanwhile above it: once that was looked at, it may count.
        context |= {
            "seen_now": door.last_entry_of(found),
            "meanwhile": entries_since(found, form.cleaned_data.get("seen")),
        }
    return render(request, "enterprises/records/act.html", context, status=status_of(form))


def _valid(form: Any, columns: RecordForm | None) -> bool:
    """Both are looked at, so that all mistakes are told at once."""
    found = [form.is_valid(), columns is None or columns.is_valid()]
    return all(found)


@require_http_methods(["GET", "HEAD", "POST"])
def record_take_back(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take one entry back, with a reason."""
    found, user = _visible_record(request, pk), person(request)
    refuse_unless_written_by(found.kind, user)
    told = get_object_or_404(RecordEntry, pk=entry, record=found)
    form = TakeBackEntriesForm(posted_data(request))
    if form.is_valid():
        try:
            door.take_back([told], by=user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已撤销：{told.get_act_display()}（{told.on}）。")
            return redirect("record", found.pk)
    context = {"record": found, "entry": told, "form": form}
    return render(request, "enterprises/records/take_back.html", context, status=status_of(form))


# --- what these pages share ---
def status_of(form: forms.Form) -> int:
    """A form that comes back was refused."""
    return 422 if form.is_bound else 200


def kind_or_404(code: str) -> RecordKind:
    kind = kind_coded(code)
    if kind is None:
        raise Http404
    return kind


def refuse_unless_written_by(kind: RecordKind, user: Any) -> None:
    if not kind.may_be_written_by(user):
        raise PermissionDenied(by_hand.NOT_THEIRS)


def _visible_record(request: HttpRequest, pk: int) -> Record:
    rows = Record.objects.visible_to(person(request))
    rows = rows.select_related("kind", "enterprise__merged_into", "unit")
    return get_object_or_404(rows.prefetch_related("levels", "kind__fields"), pk=pk)


def _filtered(
    request: HttpRequest, kind: RecordKind, beside: tuple[str, ...] = ()
) -> RegisterFilter:
    rows = Record.objects.visible_to(person(request)).filter(kind=kind)
    asked = _with_usual_days(request.GET, kind, timezone.localdate())
    return RegisterFilter(asked, rows, kind=kind, request=request, beside=beside)


def _with_usual_days(asked: QueryDict, kind: RecordKind, today: dt.date) -> QueryDict:
    """Today, of what happens this year. A field that was emptied asks for all days."""
    data = asked.copy()
    if not kind.happens:
        data.setdefault("on", today.isoformat())
    elif "since" not in data and "until" not in data:
        data["since"], data["until"] = first_of_year(today).isoformat(), today.isoformat()
    return data


def _ordered(rows: Any) -> Any:
    return page.with_facts(rows).order_by("-since", "-pk")


def _in_words(field: Any) -> str:
    value = field.value()
    return str(dict(getattr(field.field, "choices", [])).get(value, value))
