"""The admin: everything is in it, in Chinese; what the registry or a reckoning writes is only shown."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from enterprises.models import Job, KindTerm, QualificationKind
from parks.models import Unit, User
from targets.models import Indicator, Target
from tests.firms import firm

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "SecurityEvent",
    "Seal",
    "SealedBook",
    "OpenSession",
    "UsedPassword",
    "SecondFactor",
    "RecoveryCode",
]
"""Not for those who administer: the auditor has a page of the log, and each person one of the sessions."""
OURS = [
    model
    for app in ("parks", "enterprises", "targets")
    for model in apps.get_app_config(app).get_models()
    if model.__name__ not in ELSEWHERE
]
WRITTEN_ELSEWHERE = [
    "enterprise", "formername", "placement", "closure", "qualification", "yearlyfigures", "incident", "poolentry", "declinedadvice",
    "firmowner", "talk",
    "dutydone", "dutyreminder", "ipitem", "record", "recordlevel", "recordentry",
    "judgementmark", "keptjudgement", "reviewreminder",
    "application", "agency", "agencyspelling", "agencyreply", "agencyevent", "bulkrun", "sourcefile", "knownday", "quarterevent", "releaseproposal",
    "ledgerentry", "ledgerhead", "job", "span", "spanmark", "monthlyseries", "release", "frozenfigure", "frozenspan",
    "bulletintemplate", "bulletindraft", "idempotencykey", "expectation", "goalrevision", "unitgoal", "pacerule",
    "quarter", "lockexception", "reminder", "roster", "rosterversion", "rosterfirm", "rosterproblem", "remark",
    "announcement", "announcementline", "namechoice",
    "columnmapping", "case", "notice", "taskprogress", "taskfile", "taskreminder", "reportedfigure", "renewalreminder",
    "assessmentscheme", "assessmentitem", "assessmententry", "assessmentevent", "assessmentobjection", "assessmentanswer",
    "assessmentfile", "assessmentscore",
    "meeting", "agendaitem", "decision", "decisionstep", "decisionreminder", "stepfile", "meetingtemplate",
]  # fmt: skip


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_is_listed_in_a_constant_number_of_queries(
    client, people, model, django_assert_max_num_queries
):
    client.force_login(people["安安"])
    for _ in range(8):
        firm(hnte=True, tech=True)
    with django_assert_max_num_queries(12):
        assert client.get(address(model, "changelist")).status_code == 200
    row = model.objects.first()
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_others_write_cannot_be_written_here(client, people, model):
    client.force_login(people["安安"])
    added = client.get(address(model, "add")).status_code
    assert added == (403 if model._meta.model_name in WRITTEN_ELSEWHERE else 200)


def test_facts_and_ledger_refuse_change_and_deletion(client, people):
    client.force_login(people["安安"])
    known = firm(hnte=True)
    for row in (
        known,
        known.ledger.first(),
        known.placements.first(),
        known.qualifications.first(),
    ):
        assert client.post(address(type(row), "change", row.pk), {"name": "改"}).status_code == 403
        assert client.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        actions = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        client.post(address(type(row), "changelist"), actions)
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", ["小石", "老郑", "审计", "德感"])
def test_others_than_administrators_see_nothing_of_it(client, people, who):
    User.objects.filter(username=who).update(is_staff=True)
    client.force_login(User.objects.get(username=who))
    for model in (User, Unit, KindTerm):
        assert client.get(address(model, "changelist")).status_code == 403


def test_an_administrator_makes_a_reporter_and_not_one_without_a_unit(client, people):
    client.force_login(people["安安"])
    form = {
        "username": "new",
        "role": "unit_staff",
        "password1": "xJ9-longer-words",
        "password2": "xJ9-longer-words",
    }
    refused = client.post(address(User, "add"), form | {"unit": ""})
    assert "填报人必须指定单位" in refused.content.decode()
    client.post(
        address(User, "add"), form | {"unit": people["德感"].unit_id, "usable_password": "true"}
    )
    made = User.objects.get(username="new")
    assert (made.unit, made.is_staff, made.is_superuser) == (people["德感"].unit, False, False)


@pytest.mark.parametrize(("years", "jobs"), [("5", 1), ("3", 0)])
def test_another_term_has_all_spans_made_anew(client, people, years, jobs):
    client.force_login(people["安安"])
    term = KindTerm.objects.get(kind__code="hnte", years=3)
    form = {
        "kind": term.kind_id,
        "since": term.since,
        "rule": "years",
        "years": years,
        "basis": term.basis,
    }
    assert client.post(address(KindTerm, "change", term.pk), form).status_code == 302
    assert Job.objects.filter(kind="recompute", params={"rebuild": True}).count() == jobs


def test_another_convention_on_the_kinds_page_does_so_too(client, people):
    client.force_login(people["安安"])
    kind = QualificationKind.objects.get(code="srdi")
    page = client.get(address(QualificationKind, "change", kind.pk)).context
    form = {
        name: value or ""
        for name, value in page["adminform"].form.initial.items()
        if name != "aliases"
    }
    forms = page["inline_admin_formsets"][0].formset
    for part in (forms.management_form, *forms.forms):
        form |= {
            part.add_prefix(name): part.get_initial_for_field(part.fields[name], name) or ""
            for name in part.fields
        }
    form |= {"class_year_convention": "on", "aliases": "专精特新企业\n专精特新"}
    assert client.post(address(QualificationKind, "change", kind.pk), form).status_code == 302
    kind.refresh_from_db()
    assert (kind.class_year_convention, kind.aliases) == (True, ["专精特新企业", "专精特新"])
    assert Job.objects.filter(params={"rebuild": True}).exists()


def test_our_models_are_all_there_is():
    assert set(OURS) == set(admin.site._registry)


def test_a_target_whose_wording_names_another_number_is_refused(client, people, plan):
    client.force_login(people["安安"])
    target = Target.objects.get(indicator__code="hnte", due__year=2027)
    sent = {
        "indicator": target.indicator_id, "unit": "", "due": "2027-12-31", "operator": target.operator,
        "value": "600", "reference": "", "doubles_baseline": "on", "wording": "超过700家",
    }  # fmt: skip
    refused = client.post(address(Target, "change", target.pk), sent).content.decode()
    assert "计划原文中的数字与目标值不一致" in refused
    client.post(address(Target, "change", target.pk), {**sent, "wording": "超过600家"})
    target.refresh_from_db()
    assert (target.value, target.wording) == (600, "超过600家")


def test_an_administrator_adds_an_indicator_and_reads_which_pages_it_touches(client, people):
    client.force_login(people["安安"])
    page = client.get(address(Indicator, "add")).content.decode()
    for name in ("首页", "单位页", "目标", "增减变动", "任务分解", "预测", "通报", "API"):
        assert name in page
    sent = {
        "code": "srdi", "name": "专精特新中小企业数量", "short_name": "专精特新", "unit_label": "家",
        "kind": "counted", "headline": "on", "in_plan": "on", "note": "", "order": "50",
        "qualification_kind": QualificationKind.objects.get(code="srdi").pk,
    }  # fmt: skip
    refusal = {"qualification_kind": ["按事实统计的指标，代码须与资质类别的代码相同。"]}
    refused = client.post(address(Indicator, "add"), {**sent, "code": "other"})
    assert refused.context["adminform"].form.errors == refusal
    assert client.post(address(Indicator, "add"), sent).status_code == 302
    added = Indicator.objects.get(code="srdi")
    assert (added.headline, added.qualification_kind.code) == (True, "srdi")
    listing = client.get(address(Indicator, "changelist")).content.decode()
    assert "专精特新中小企业" in listing
    assert "column-headline" in listing
    other = QualificationKind.objects.get(code="innovative_sme")
    change = {**sent, "qualification_kind": other.pk}
    refused = client.post(address(Indicator, "change", added.pk), change)
    assert refused.context["adminform"].form.errors == refusal
