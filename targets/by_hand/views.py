"""The bureau's page for registering a change of one firm by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enterprises import registry
from enterprises.firms.acts_by_hand import FORMS
from enterprises.firms.forms.change_forms import UNCHANGED, ChangeForm, add_objections
from enterprises.firms.timeline import Altered, Teller
from enterprises.models import Enterprise, LedgerEntry
from parks.access import person, posted_data
from parks.models import User
from targets.by_hand.menu import menu_of
from targets.by_hand.merged_words import merge_in_words
from targets.by_hand.registering import BUREAU_ONLY, register_act
from targets.by_hand.second_look import SecondLook, look_again


@require_http_methods(["GET", "HEAD", "POST"])
def firm_change(request: HttpRequest, uscc: str) -> HttpResponse:
    """One act, chosen by `?act=`; a refused one comes back with its values.

    A doubtful one comes back with what it would do, to be confirmed.
    """
    user = person(request)
    if not user.in_bureau:
        raise PermissionDenied(BUREAU_ONLY)
    # Nothing can be registered of a firm whose own registration was undone.
    firm = get_object_or_404(Enterprise.objects.registered(), uscc=uscc)
    chosen = request.GET.get("act", next(iter(FORMS)))
    if chosen not in FORMS:
        raise Http404
    form = FORMS[chosen](posted_data(request), firm=firm)
    look = None
    if form.is_valid():
        try:
            entries = _register(form, firm, user)
        except registry.ActsRefused as refused:
            look = _objections_or_look(form, firm, user, refused)
        else:
            _report_changes(request, firm, entries)
            return redirect("firm", form.build_act(uscc).code_after)
    menu = menu_of(firm, chosen)
    context = {"firm": firm, "form": form, "look": look, "chosen": chosen, "menu": menu}
    return render(
        request, "targets/by_hand/change.html", context, status=422 if form.is_bound else 200
    )


def _register(form: ChangeForm, firm: Enterprise, by: User) -> list[LedgerEntry]:
    reason = form.cleaned_data["reason"]
    act = form.build_act(firm.uscc)
    return register_act(act, firm, by=by, reason=reason, confirmed=form.is_confirmed)


def _objections_or_look(
    form: ChangeForm, firm: Enterprise, by: User, refused: registry.ActsRefused
) -> SecondLook | None:
    """Objections go into the form; where there are none, only a second look is asked for."""
    if refused.asks:
        return look_again(firm, form.build_act(firm.uscc), by=by)
    add_objections(form, refused)
    return None


def _report_changes(request: HttpRequest, firm: Enterprise, entries: Sequence[LedgerEntry]) -> None:
    if not entries:
        messages.info(request, UNCHANGED)
        return
    teller = Teller(firm.qualifications.select_related("kind"))
    if entries[0].act == LedgerEntry.Act.MERGED:
        merge = merge_in_words(entries, teller)
        counts = f"转入 {len(merge.moving)} 项，不转入 {len(merge.left_out)} 项"
        messages.success(request, f"已并入另一条登记：{counts}。逐月数据随后自动重算。")
        return
    for entry in teller.tell(entries, contacts=True):
        altered = "；".join(_altered_in_words(field) for field in entry.altered)
        messages.success(request, f"已登记{entry.title}（{altered}）。逐月数据随后自动重算。")


def _altered_in_words(field: Altered) -> str:
    if field.before is None:
        return f"{field.label}：{field.after}"
    return f"{field.label}：{field.before} → {field.after}"
