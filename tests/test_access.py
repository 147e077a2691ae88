"""Who may open what: every address of the portal × every role, against a written table. A new address needs a row."""

import datetime as dt
import io
from collections.abc import Iterator
from types import SimpleNamespace

import openpyxl
import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from parks.models import Unit, User
from tests import cast
from tests.effort import drawn
from tests.firms import TODAY

pytestmark = pytest.mark.django_db
AUDIENCE = ["anonymous", "安安", "小石", "老郑", "审计", "德感", "街道"]
"""Nobody, administrator, bureau staff, leader, auditor, reporter of the park 德感, reporter of the street 德感街道."""
WHOLE = ["安安", "小石", "老郑", "审计"]
"""Who see the whole district."""

PUBLIC = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
ADMIN_ONLY = "302 200 403 403 403 403 403"
AUDITOR_ONLY = "302 403 403 403 200 403 403"
BUREAU_PAGE = "302 200 200 403 403 403 403"
WHOLE_DISTRICT = "302 200 200 200 200 403 403"
BUREAU_POST = "302 302 302 403 403 403 403"
PARK_ONLY, TOWN_ONLY, NO_UNIT = (
    "302 200 200 200 200 200 404",
    "302 200 200 200 200 404 200",
    "302 200 200 200 200 404 404",
)
PORTAL = "jiangjin_portal.urls"
OF_PARK, OF_TOWN, OF_NO_UNIT = (
    "302 200 200 200 200 200 403",
    "302 200 200 200 200 403 200",
    "302 200 200 200 200 403 403",
)
BRIDGE: list[tuple[str, dict[str, str]]] = [
    ("bridge", {}),
    ("bridge_image", {}),
    ("bridge_export", {"form_at": "xlsx"}),
    ("bridge_firms", {"?term": "first"}),
    ("bridge_firms_export", {"form_at": "csv", "?term": "first"}),
]
TASK = {"kind": "task", "number": "1", "quarter": "2026Q3"}
MEETING = {"number": "7"}
MEETING_FORMS = ("meeting_agenda", "meeting_minutes", "decision_new")
MEETING_DEEDS = ("meeting_propose", "meeting_hold")
OF_WHOLE_DISTRICT = "302 200 200 200 200 404 404"
API = "401 200 200 200 200 200 200"
API_PARK, API_TOWN, API_NO_UNIT = (
    "401 200 200 200 200 200 404",
    "401 200 200 200 200 404 200",
    "401 200 200 200 200 404 404",
)

OPEN_TO_THE_DISTRICT = ("roster_version", "roster_progress", "roster_receipt")
WITH_CONTACTS = ("roster_original", "roster_annotated", "roster_problems")
FILLED_IN = ("roster_recheck", "roster_columns", "roster_reasons", "roster_hand_in")


def same_for_each(route: str, key: str, **rows: str) -> list[tuple]:
    return [
        (route, "GET", {key: f"{{{whose}.{key}}}"}, expected) for whose, expected in rows.items()
    ]


def unit_pages() -> list[tuple]:
    """A unit's roster: the unit's and the bureau's to fill in; what was handed in is the district's to see."""
    at_park = {"quarter": "2026Q3", "unit": "degan"}
    handed_in, draft = {"pk": "{version}"}, {"pk": "{draft}"}
    return [
        ("roster", "GET", at_park, "302 200 200 200 200 200 404"),
        ("roster", "GET", {**at_park, "unit": "baisha"}, "302 200 200 200 200 404 404"),
        ("roster", "GET", {**at_park, "unit": "kjj"}, "302 404 404 404 404 404 404"),
        ("roster", "GET", {**at_park, "quarter": "2026Q1"}, "302 404 404 404 404 404 404"),
        ("roster", "POST", at_park, "302 422 422 403 403 422 404"),
        ("roster_template", "GET", at_park, "302 200 200 403 403 200 404"),
        ("roster_nil", "GET", at_park, "302 200 200 403 403 200 404"),
        ("roster_nil", "POST", at_park, "302 422 422 403 403 422 404"),
        *[(name, "GET", handed_in, "302 200 200 200 200 200 404") for name in OPEN_TO_THE_DISTRICT],
        *[(name, "GET", draft, "302 200 200 404 404 200 404") for name in OPEN_TO_THE_DISTRICT[:2]],
        ("roster_receipt", "GET", draft, "302 404 404 404 404 404 404"),
        *[(name, "GET", handed_in, "302 200 200 403 403 200 404") for name in WITH_CONTACTS],
        *[(name, "GET", draft, "302 200 200 404 404 200 404") for name in WITH_CONTACTS],
        *[(name, "POST", handed_in, "302 302 302 403 403 302 404") for name in FILLED_IN],
        *[
            (name, "POST", draft, "302 302 302 404 404 302 404")
            for name in ("roster_hand_in", "roster_take_back")
        ],
        *[
            (name, "GET", handed_in, "302 405 405 405 405 405 405")
            for name in (*FILLED_IN, "roster_take_back")
        ],
        ("roster_answers", "POST", handed_in, "302 422 422 403 403 422 404"),
    ]


def registers() -> list[tuple]:
    """Everybody reads, a unit what is its own and its firms'; the bureau and the keepers write."""
    kind, job = {"code": "member"}, {"code": "member", "pk": "{record_check}"}
    places = (("park", "200 404"), ("town", "404 200"), ("other", "404 404"))
    rows: list[tuple] = [
        ("registers", "GET", {}, SIGNED_IN),
        ("register", "GET", kind, SIGNED_IN),
        ("register", "GET", {"code": "nothing"}, "302 404 404 404 404 404 404"),
        ("register_export", "GET", {**kind, "form_at": "xlsx"}, SIGNED_IN),
        ("register_template", "GET", kind, SIGNED_IN),
        ("register_new", "GET", kind, BUREAU_PAGE),
        ("register_new", "POST", kind, "302 422 422 403 403 403 403"),
        ("register_load", "GET", kind, BUREAU_PAGE),
        ("register_load", "POST", kind, "302 422 422 403 403 403 403"),
        ("register_job", "GET", job, BUREAU_PAGE),
        ("register_outcome", "GET", job, BUREAU_PAGE),
        ("register_titles", "POST", job, BUREAU_POST),
        ("register_titles", "GET", job, "302 405 405 405 405 405 405"),
        ("register_apply", "POST", job, BUREAU_POST),
        ("register_undo", "POST", job, "302 422 422 403 403 403 403"),
        ("register_undo", "GET", job, "302 405 405 405 405 405 405"),
        ("api-record-kinds-list", "GET", {}, API),
        ("api-record-kinds-detail", "GET", kind, API),
        ("api-records-list", "GET", {}, API),
        ("api-records-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
        ("api-records-list", "POST", {}, "401 400 400 400 400 400 400"),
    ]
    for whose, units in places:
        one = {"pk": f"{{{whose}.record}}"}
        entry = {**one, "entry": f"{{{whose}.record_entry}}"}
        kept = units.replace("200", "403")
        rows += [
            ("record", "GET", one, f"302 200 200 200 200 {units}"),
            ("record_act", "GET", {**one, "act": "change"}, f"302 200 200 403 403 {kept}"),
            ("record_act", "POST", {**one, "act": "end"}, f"302 422 422 403 403 {kept}"),
            ("record_take_back", "GET", entry, f"302 200 200 403 403 {kept}"),
            ("record_take_back", "POST", entry, f"302 422 422 403 403 {kept}"),
            ("api-records-detail", "GET", one, f"401 200 200 200 200 {units}"),
            ("api-records-changes", "POST", one, f"401 400 400 403 403 {kept}"),
        ]
    return rows


def assessment() -> list[tuple]:
    """The parks' sheet of 2026 is in force, the towns' a draft, which no unit sees."""
    draft, in_force = {"year": "2026", "kind": "town"}, {"?year": "2026", "?kind": "park"}
    of_park, item = {"code": "{park.code}", "?year": "2026"}, {"pk": "{assessment_item}"}
    return [
        ("assessment", "GET", {}, SIGNED_IN),
        ("assessment", "GET", in_force, "302 200 200 200 200 200 400"),
        ("assessment_export", "GET", {"form_at": "xlsx", **in_force}, PARK_ONLY),
        ("assessment_unit", "GET", of_park, OF_PARK),
        ("assessment_unit", "GET", {"code": "{other.code}"}, OF_NO_UNIT),
        ("assessment_unit", "GET", {"code": "jw"}, "302 404 404 404 404 404 404"),
        ("assessment_cases", "GET", {**item, "code": "{park.code}"}, OF_PARK),
        ("assessment_cases", "GET", {**item, "code": "{other.code}"}, OF_NO_UNIT),
        ("assessment_file", "GET", {"pk": "{assessment_file}"}, PARK_ONLY),
        ("assessment_edit", "GET", draft, BUREAU_PAGE),
        ("assessment_edit", "GET", {**draft, "kind": "park"}, BUREAU_POST),
        ("assessment_edit", "POST", draft, "302 422 422 403 403 403 403"),
        ("assessment_new", "POST", draft, BUREAU_POST),
        ("assessment_new", "GET", draft, "302 405 405 405 405 405 405"),
        ("assessment_deed", "POST", {**draft, "deed": "propose"}, "302 422 422 403 403 403 403"),
        ("assessment_deed", "GET", {**draft, "deed": "decree"}, "302 405 405 405 405 405 405"),
        ("assessment_enter", "GET", item, BUREAU_PAGE),
        ("assessment_enter", "POST", item, "302 422 422 403 403 403 403"),
        ("assessment_object", "POST", of_park, "302 403 403 403 403 422 403"),
        ("assessment_object", "GET", of_park, "302 405 405 405 405 405 405"),
        ("assessment_answer", "POST", {"pk": "{objection}"}, "302 422 422 403 403 403 403"),
        ("assessment_answer", "GET", {"pk": "{objection}"}, "302 405 405 405 405 405 405"),
        ("api-assessment", "GET", in_force, "401 200 200 200 200 200 400"),
        ("api-assessment-unit", "GET", of_park, "401 200 200 200 200 200 403"),
        ("api-assessment-unit", "GET", {"code": "{other.code}"}, "401 200 200 200 200 403 403"),
    ]


def facts_of(route: str, fact: str) -> list[tuple]:
    found = (("park", API_PARK), ("town", API_TOWN), ("other", API_NO_UNIT))
    return [(route, "GET", {"pk": f"{{{whose}.{fact}}}"}, expected) for whose, expected in found]


TABLE: list[tuple] = [
    ("livez", "GET", {}, PUBLIC),
    ("readyz", "GET", {}, PUBLIC),
    ("favicon", "GET", {}, "301 301 301 301 301 301 301"),
    ("login", "GET", {}, "200 302 302 302 302 302 302"),
    ("logout", "POST", {}, "302 302 302 302 302 302 302"),
    ("logout", "GET", {}, "302 405 405 405 405 405 405"),
    ("password_change", "GET", {}, SIGNED_IN),
    ("security_log", "GET", {}, AUDITOR_ONLY),
    ("security_log_export", "GET", {"form_at": "csv"}, AUDITOR_ONLY),
    ("seals_file", "GET", {}, AUDITOR_ONLY),
    ("own_account", "GET", {}, SIGNED_IN),
    ("own_session_end", "POST", {"pk": "999999"}, "302 404 404 404 404 404 404"),
    ("own_key_end", "POST", {"token_key": "none"}, "302 404 404 404 404 404 404"),
    ("own_access_end", "POST", {}, "302 302 302 302 302 302 302"),
    ("login_code", "GET", {}, "302 302 302 302 302 302 302"),
    ("second_factor", "GET", {}, SIGNED_IN),
    ("second_factor_on", "POST", {}, "302 400 400 400 400 400 400"),
    ("second_factor_off", "POST", {}, "302 302 302 302 302 302 302"),
    ("accounts_factor_reset", "POST", {"pk": "999999"}, "302 404 403 403 403 403 403"),
    ("accounts", "GET", {}, ADMIN_ONLY),
    ("accounts_unlock", "POST", {}, "302 400 403 403 403 403 403"),
    ("accounts_import", "GET", {}, ADMIN_ONLY),
    ("accounts_import", "POST", {}, "302 400 403 403 403 403 403"),
    ("condition", "GET", {}, ADMIN_ONLY),
    ("metrics", "GET", {}, "404 404 404 404 404 404 404"),
    ("condition_start", "POST", {"kind": "backup"}, "302 302 403 403 403 403 403"),
    ("condition_start", "POST", {"kind": "verify"}, "302 302 403 403 403 403 403"),
    ("home", "GET", {}, "302 200 200 200 200 302 302"),
    *same_for_each("unit", "code", park=PARK_ONLY, town=TOWN_ONLY, other=NO_UNIT),
    ("unit", "GET", {"code": "kjj"}, "302 404 404 404 404 404 404"),
    ("targets", "GET", {}, SIGNED_IN),
    ("desk", "GET", {}, "302 200 200 403 403 200 200"),
    ("home", "GET", {"?release": "{release}"}, "302 200 200 200 200 302 302"),
    ("unit", "GET", {"code": "{park.code}", "?release": "{release}"}, PARK_ONLY),
    ("chart_image", "GET", {"name": "lapsing", "?scope": "{park.code}", "?release": "{release}"}, PARK_ONLY),
    ("chart_image", "GET", {"name": "lapsing"}, NO_UNIT),
    ("chart_image", "GET", {"name": "lapsing", "?scope": "{park.code}"}, PARK_ONLY),
    ("chart_image", "GET", {"name": "lapsing", "?scope": "{other.code}"}, NO_UNIT),
    ("chart_export", "GET", {"name": "lapsing", "form_at": "csv"}, NO_UNIT),
    ("chart_export", "GET", {"name": "lapsing", "form_at": "xlsx", "?scope": "{park.code}"}, PARK_ONLY),
    ("chart_export", "GET", {"name": "lapsing", "form_at": "csv", "?scope": "{other.code}"}, NO_UNIT),
    *[(name, "GET", arguments, SIGNED_IN) for name, arguments in BRIDGE],
    *[(name, "GET", {**arguments, "?scope": "{park.code}"}, OF_PARK) for name, arguments in BRIDGE],
    *[(name, "GET", {**arguments, "?scope": "{town.code}"}, OF_TOWN) for name, arguments in BRIDGE],
    *[(name, "GET", {**arguments, "?scope": "{other.code}"}, OF_NO_UNIT) for name, arguments in BRIDGE],
    *[(name, "GET", {**arguments, "?scope": "parks"}, OF_NO_UNIT) for name, arguments in BRIDGE],
    ("outlook", "GET", {}, SIGNED_IN),
    ("outlook", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("outlook", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("renewals", "GET", {}, SIGNED_IN),
    ("renewals", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("renewals", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("renewals_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("renewals_export", "GET", {"form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("renewals_paste", "GET", {}, "302 200 200 403 403 200 200"),
    ("renewals_bulk", "POST", {}, "302 422 422 403 403 422 422"),
    ("renewals_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("renewals_bulk_run", "GET", {"pk": "{renewal_bulk}"}, "302 200 200 403 403 200 404"),
    ("renewals_bulk_run", "POST", {"pk": "{renewal_bulk}"}, "302 422 422 403 403 422 404"),
    ("renewals_bulk_undo", "POST", {"pk": "{renewal_bulk}"}, "302 302 302 403 403 302 404"),
    ("renewals_bulk_undo", "GET", {"pk": "{renewal_bulk}"}, "302 405 405 405 405 405 405"),
    ("followup", "GET", {}, SIGNED_IN),
    ("followup", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("followup", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("followup_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("followup_export", "GET", {"form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("followup_paste", "GET", {}, "302 200 200 403 403 200 200"),
    ("followup_bulk", "POST", {}, "302 422 422 403 403 422 422"),
    ("followup_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("followup_bulk_run", "GET", {"pk": "{followup_bulk}"}, "302 200 200 403 403 200 404"),
    ("followup_bulk_run", "POST", {"pk": "{followup_bulk}"}, "302 422 422 403 403 422 404"),
    ("followup_bulk_undo", "POST", {"pk": "{followup_bulk}"}, "302 302 302 403 403 302 404"),
    ("followup_bulk_undo", "GET", {"pk": "{followup_bulk}"}, "302 405 405 405 405 405 405"),
    *[
        ("unit_contact", method, {"code": f"{{{whose}.code}}"}, f"302 {told} {told} 403 403 {units}")
        for method, told in (("GET", 200), ("POST", 422))
        for whose, units in (("park", f"{told} 404"), ("town", f"404 {told}"), ("other", "404 404"))
    ],
    ("duties", "GET", {}, SIGNED_IN),
    ("duties", "GET", {"?duty": "tech_update"}, SIGNED_IN),
    ("duties", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("duties", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("duties_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("duties_export", "GET", {"form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("duties_paste", "GET", {}, "302 200 200 403 403 200 200"),
    ("duties_bulk", "POST", {}, "302 422 422 403 403 422 422"),
    ("duties_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("duties_bulk_run", "GET", {"pk": "{duty_bulk}"}, "302 200 200 403 403 200 404"),
    ("duties_bulk_run", "POST", {"pk": "{duty_bulk}"}, "302 422 422 403 403 422 404"),
    ("duties_bulk_undo", "POST", {"pk": "{duty_bulk}"}, "302 302 302 403 403 302 404"),
    ("duties_bulk_undo", "GET", {"pk": "{duty_bulk}"}, "302 405 405 405 405 405 405"),
    ("data_freshness", "GET", {}, SIGNED_IN),
    ("data_freshness", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("data_freshness_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("data_freshness_export", "GET", {"form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("outlook_chart", "GET", {"name": "lapses"}, SIGNED_IN),
    ("outlook_chart", "GET", {"name": "lapses", "?unit": "{other.code}"}, NO_UNIT),
    ("outlook_chart", "GET", {"name": "nothing"}, "302 404 404 404 404 404 404"),
    ("outlook_data", "GET", {}, SIGNED_IN),
    ("outlook_data", "GET", {"?unit": "{other.code}"}, NO_UNIT),
    ("quarterly", "GET", {"?quarter": TASK["quarter"]}, SIGNED_IN),
    ("quarterly", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("quarterly", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("quarterly_table", "GET", {"code": "exchange", "form_at": "xlsx", "?unit": "{park.code}"}, PARK_ONLY),
    ("quarterly_table", "GET", {"code": "bureau", "form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("tasks", "GET", {}, SIGNED_IN),
    ("tasks", "GET", {"?by": "body", "?quarter": "2026Q3"}, SIGNED_IN),
    ("tasks_export", "GET", {"form_at": "xlsx", "?by": "entry"}, SIGNED_IN),
    ("task", "GET", {"kind": "safeguard", "number": "3"}, SIGNED_IN),
    ("task_report", "GET", {**TASK, "unit": "degan"}, "302 200 200 403 403 200 403"),
    ("task_report", "GET", {**TASK, "unit": "500116002"}, "302 200 200 403 403 403 200"),
    ("task_report", "POST", {**TASK, "unit": "degan"}, "302 422 422 403 403 422 403"),
    ("task_report", "GET", {**TASK, "unit": "jrfz"}, "302 404 404 404 404 404 404"),
    ("task_file", "GET", {"pk": "{task_file}"}, SIGNED_IN),
    ("task_figure", "GET", {"code": "incubators"}, SIGNED_IN),
    ("tasks_confirm", "POST", {"quarter": TASK["quarter"]}, "302 403 403 403 403 302 302"),
    ("tasks_remind", "POST", {"quarter": "2026Q3"}, BUREAU_POST),
    ("tasks_remind", "GET", {"quarter": "2026Q3"}, "302 405 405 405 405 405 405"),
    ("meetings", "GET", {}, SIGNED_IN),
    ("meetings", "GET", {"?state": "overdue", "?unit": "{park.code}"}, SIGNED_IN),
    ("meeting_new", "GET", {}, BUREAU_PAGE),
    ("meeting_new", "POST", {}, "302 422 422 403 403 403 403"),
    ("meeting", "GET", MEETING, OF_WHOLE_DISTRICT),
    *[(name, "GET", MEETING, BUREAU_PAGE) for name in ("meeting_edit", *MEETING_FORMS)],
    *[(name, "POST", MEETING, "302 422 422 403 403 403 403") for name in MEETING_FORMS],
    *[(name, "POST", MEETING, "302 422 422 403 403 403 403") for name in MEETING_DEEDS],
    *[(name, "GET", MEETING, "302 405 405 405 405 405 405") for name in MEETING_DEEDS],
    ("meeting_word", "GET", {**MEETING, "purpose": "agenda"}, OF_WHOLE_DISTRICT),
    ("meeting_template", "GET", {"purpose": "minutes"}, BUREAU_PAGE),
    ("meeting_replace_template", "POST", {**MEETING, "purpose": "agenda"}, BUREAU_POST),
    ("decision", "GET", {"pk": "{decision}"}, PARK_ONLY),
    ("decision_step", "POST", {"pk": "{decision}", "kind": "progress"}, "302 422 422 403 403 422 404"),
    ("decision_step", "POST", {"pk": "{decision}", "kind": "close"}, "302 422 422 403 403 403 404"),
    ("step_file", "GET", {"pk": "{step_file}"}, PARK_ONLY),
    *assessment(),
    ("applications", "GET", {}, SIGNED_IN),
    ("applications", "GET", {"?view": "list"}, SIGNED_IN),
    ("applications", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("applications", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("applications_paste", "GET", {}, "302 200 200 403 403 200 200"),
    ("applications_bulk", "POST", {}, "302 422 422 403 403 422 422"),
    ("applications_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("applications_bulk_run", "GET", {"pk": "{bulk}"}, "302 200 200 403 403 200 404"),
    ("applications_bulk_run", "POST", {"pk": "{bulk}"}, "302 422 422 403 403 422 404"),
    ("applications_bulk_undo", "POST", {"pk": "{bulk}"}, "302 302 302 403 403 302 404"),
    ("applications_bulk_undo", "GET", {"pk": "{bulk}"}, "302 405 405 405 405 405 405"),
    ("pool-candidates", "GET", {}, SIGNED_IN),
    ("pool-candidates", "GET", {"?show": "at_risk"}, SIGNED_IN),
    ("pool-candidates", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("pool-candidates", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("pool-candidates-export", "GET", {}, SIGNED_IN),
    ("pool-candidates-export", "GET", {"?unit": "{other.code}"}, NO_UNIT),
    ("agencies", "GET", {}, SIGNED_IN),
    ("agency", "GET", {"code": "{agency}"}, SIGNED_IN),
    ("agency", "POST", {"code": "{agency}"}, BUREAU_POST),
    ("agency_names", "POST", {}, BUREAU_POST),
    ("agency_names", "GET", {}, "302 405 405 405 405 405 405"),
    ("pool-plan", "GET", {}, SIGNED_IN),
    ("pool-plan", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("pool-plan", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("pool-plan-export", "GET", {}, SIGNED_IN),
    ("pool-plan-export", "GET", {"?unit": "{other.code}"}, NO_UNIT),
    ("pool-plan-word", "GET", {}, SIGNED_IN),
    ("pool-plan-word", "GET", {"?unit": "{other.code}"}, NO_UNIT),
    ("calendar", "GET", {}, SIGNED_IN),
    ("batch_new", "GET", {}, BUREAU_PAGE),
    ("batch_new", "POST", {}, "302 422 422 403 403 403 403"),
    ("batch", "GET", {"pk": "{batch}"}, BUREAU_PAGE),
    ("batch", "POST", {"pk": "{batch}"}, "302 422 422 403 403 403 403"),
    ("reported", "GET", {}, SIGNED_IN),
    ("reported_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("reported", "POST", {}, "302 422 422 403 403 403 403"),
    ("goals", "GET", {}, SIGNED_IN),
    ("glossary", "GET", {}, SIGNED_IN),
    ("goal_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("goal_edit", "GET", {"year": "2027"}, BUREAU_PAGE),
    ("goal_edit", "GET", {"year": "2040"}, "302 404 404 403 403 403 403"),
    ("goal_edit", "POST", {"year": "2027"}, "302 422 422 403 403 403 403"),
    ("goal_revision", "GET", {"year": "2027", "number": "1"}, SIGNED_IN),
    ("goal_revision", "GET", {"year": "2027", "number": "2"}, "302 404 404 404 404 404 404"),
    ("releases", "GET", {}, SIGNED_IN),
    ("release_preview", "GET", {"code": "2026Q3"}, BUREAU_PAGE),
    ("release_preview", "GET", {"code": "2026Q1"}, "302 404 404 403 403 403 403"),
    ("release_ask", "POST", {"code": "2026Q2"}, "302 422 422 403 403 403 403"),
    ("release_ask", "GET", {"code": "2026Q2"}, "302 405 405 405 405 405 405"),
    ("bulletin_write", "GET", {"code": "2026Q3"}, BUREAU_PAGE),
    ("bulletin_write", "GET", {"code": "2026Q1"}, "302 404 404 403 403 403 403"),
    ("bulletin_write", "POST", {"code": "2026Q3"}, "302 422 422 403 403 403 403"),
    ("bulletin_redraft", "POST", {"code": "2026Q3"}, BUREAU_PAGE),
    ("bulletin_redraft", "GET", {"code": "2026Q3"}, "302 405 405 405 405 405 405"),
    ("release_publish", "POST", {"pk": "{proposal}"}, "302 422 422 403 403 403 403"),
    ("release_publish", "GET", {"pk": "{proposal}"}, "302 405 405 405 405 405 405"),
    ("release_withdraw", "POST", {"pk": "{proposal}"}, BUREAU_POST),
    ("release_withdraw", "GET", {"pk": "{proposal}"}, "302 405 405 405 405 405 405"),
    ("release", "GET", {"code": "{release}"}, SIGNED_IN),
    ("release_firms", "GET", {"code": "{release}", "?indicator": "hnte"}, SIGNED_IN),
    ("release_firms_export", "GET", {"code": "{release}", "?indicator": "hnte"}, SIGNED_IN),
    ("release_changes", "GET", {"code": "{release}", "?kind": "hnte", "?term": "added"}, SIGNED_IN),
    ("release_changes", "GET", {"code": "{release}", "?kind": "hnte"}, "302 404 404 404 404 404 404"),
    ("release_changes_export", "GET", {"code": "{release}", "?kind": "hnte", "?term": "added"}, SIGNED_IN),
    ("bulletin_template", "GET", {}, BUREAU_PAGE),
    ("bulletin_page", "GET", {"code": "{release}"}, WHOLE_DISTRICT),
    ("bulletin_word", "GET", {"code": "{release}"}, WHOLE_DISTRICT),
    ("bulletin_workbook", "GET", {"code": "{release}"}, WHOLE_DISTRICT),
    ("bulletin_replace_template", "POST", {"code": "{release}"}, BUREAU_POST),
    ("recompute", "POST", {}, BUREAU_POST),
    ("recompute", "GET", {}, "302 405 405 405 405 405 405"),
    ("firm_list", "GET", {}, SIGNED_IN),
    ("firm_export", "GET", {}, SIGNED_IN),
    *same_for_each("firm", "uscc", park=PARK_ONLY, town=TOWN_ONLY, other=NO_UNIT),
    *same_for_each("firm_self_check", "uscc", park=PARK_ONLY, town=TOWN_ONLY, other=NO_UNIT),
    ("firms_bulk", "POST", {}, "302 422 422 403 403 403 403"),
    ("firms_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("firms_bulk_run", "GET", {"pk": "{firm_bulk}"}, BUREAU_PAGE),
    ("firms_bulk_run", "POST", {"pk": "{firm_bulk}"}, "302 422 422 403 403 403 403"),
    ("firms_bulk_undo", "POST", {"pk": "{firm_bulk}"}, BUREAU_POST),
    ("firms_bulk_undo", "GET", {"pk": "{firm_bulk}"}, "302 405 405 405 405 405 405"),
    ("firm_new", "GET", {}, BUREAU_PAGE),
    ("firm_new", "POST", {}, "302 422 422 403 403 403 403"),
    ("firm_take_back", "GET", {"uscc": "{park.uscc}", "pk": "{park.entry}"}, BUREAU_PAGE),
    ("firm_take_back", "POST", {"uscc": "{park.uscc}", "pk": "{park.entry}"}, "302 422 422 403 403 403 403"),
    ("firm_take_back", "GET", {"uscc": "{town.uscc}", "pk": "{park.entry}"}, "302 404 404 403 403 403 403"),
    ("firm_change", "GET", {"uscc": "{park.uscc}"}, BUREAU_PAGE),
    ("firm_change", "GET", {"uscc": "{other.uscc}", "?act": "move"}, BUREAU_PAGE),
    *[
        ("firm_change", "GET", {"uscc": "{park.uscc}", "?act": act}, BUREAU_PAGE)
        for act in ("figures", "details", "incident", "owner", "duty", "withdraw_duty")
    ],
    *[
        ("firm_change", "GET", {"uscc": "{park.uscc}", "?act": act}, BUREAU_PAGE)
        for act in ("ip_item", "end_ip_item", "use_ip_item")
    ],
    *[
        ("firm_owner", method, {"uscc": f"{{{whose}.uscc}}"}, f"302 {told} {told} 403 403 {units}")
        for method, told in (("GET", 200), ("POST", 422))
        for whose, units in (("park", f"{told} 404"), ("town", f"404 {told}"), ("other", "404 404"))
    ],
    *same_for_each("firm_talks", "uscc", park=PARK_ONLY, town=TOWN_ONLY, other=NO_UNIT),
    *[
        ("firm_talks", "POST", {"uscc": f"{{{whose}.uscc}}"}, f"302 422 422 403 403 {units}")
        for whose, units in (("park", "422 404"), ("town", "404 422"), ("other", "404 404"))
    ],
    *[
        (f"firm_talk_{act}", method, {"uscc": f"{{{whose}.uscc}}", "pk": f"{{{whose}.talk}}"},
         f"302 {told} {told} 403 403 {units}")
        for act in ("answer", "withdraw")
        for method, told in (("GET", 200), ("POST", 422))
        for whose, units in (("park", f"{told} 404"), ("town", f"404 {told}"), ("other", "404 404"))
    ],
    *[
        ("firm_application", method, {"uscc": f"{{{whose}.uscc}}"}, f"302 {told} {told} 403 403 {units}")
        for method, told in (("GET", 200), ("POST", 422))
        for whose, units in (("park", f"{told} 404"), ("town", f"404 {told}"), ("other", "404 404"))
    ],
    ("firm_change", "POST", {"uscc": "{park.uscc}"}, "302 422 422 403 403 403 403"),
    ("ledger", "GET", {}, SIGNED_IN),
    ("ip_items", "GET", {}, SIGNED_IN),
    ("ip_items_export", "GET", {}, SIGNED_IN),
    *registers(),
    ("announcements", "GET", {}, BUREAU_PAGE),
    ("announcements", "POST", {}, "302 422 422 403 403 403 403"),
    ("claims", "GET", {}, SIGNED_IN),
    ("announcement", "GET", {"pk": "{announcement}"}, BUREAU_PAGE),
    ("announcement_preview", "GET", {"pk": "{announcement}"}, BUREAU_PAGE),
    ("announcement_of_source", "GET", {"source": "{list_file}"}, BUREAU_POST),
    ("announcement_meaning", "POST", {"pk": "{announcement}"}, "302 422 422 403 403 403 403"),
    *[
        (f"announcement_{deed}", "POST", {"pk": "{announcement}"}, BUREAU_POST)
        for deed in ("decide", "write", "undo")
    ],
    ("load", "GET", {}, BUREAU_PAGE),
    ("load", "POST", {}, BUREAU_PAGE),
    ("load_job", "GET", {"pk": "{check}"}, BUREAU_PAGE),
    ("load_outcome", "GET", {"pk": "{check}"}, BUREAU_PAGE),
    ("load_check", "POST", {"pk": "{check}"}, "302 422 422 403 403 403 403"),
    ("load_undo", "POST", {"pk": "{check}"}, "302 422 422 403 403 403 403"),
    ("load_undo", "GET", {"pk": "{check}"}, "302 405 405 405 405 405 405"),
    ("load_titles", "POST", {"pk": "{check}"}, BUREAU_POST),
    ("load_apply", "POST", {"pk": "{check}"}, BUREAU_POST),
    ("load_apply", "GET", {"pk": "{check}"}, "302 405 405 405 405 405 405"),
    ("roster_board", "GET", {}, "302 200 200 200 200 302 302"),
    ("roster_board_export", "GET", {"code": "2026Q3"}, "302 200 200 200 200 403 403"),
    ("quarter_open", "GET", {}, BUREAU_PAGE),
    ("quarter_open", "POST", {}, "302 422 422 403 403 403 403"),
    ("quarter_act", "GET", {"code": "2026Q3", "act": "days"}, BUREAU_PAGE),
    ("quarter_act", "POST", {"code": "2026Q3", "act": "extension"}, "302 422 422 403 403 403 403"),
    ("quarter_remind", "POST", {"code": "2026Q3"}, BUREAU_POST),
    ("quarter_remind", "GET", {"code": "2026Q3"}, "302 405 405 405 405 405 405"),
    ("roster_queue", "GET", {}, BUREAU_PAGE),
    ("roster_approve_many", "POST", {}, BUREAU_POST),
    ("roster_approve_many", "GET", {}, "302 405 405 405 405 405 405"),
    *[("roster_review", "GET", {"pk": "{version}", "act": act}, "302 200 200 403 403 403 404")
      for act in ("approve", "return", "undo")],
    ("roster_review", "GET", {"pk": "{version}", "act": "remark"}, "302 200 200 403 403 200 404"),
    ("roster_review", "POST", {"pk": "{version}", "act": "undo"}, "302 422 422 403 403 403 404"),
    ("roster_review", "POST", {"pk": "{version}", "act": "remark"}, "302 422 422 403 403 422 404"),
    ("roster_review", "GET", {"pk": "{draft}", "act": "remark"}, "302 200 200 404 404 200 404"),
    *unit_pages(),
    ("cases", "GET", {}, SIGNED_IN),
    ("cases_agreed", "POST", {"code": "2026Q3"}, BUREAU_POST),
    ("case", "GET", {"pk": "{case}"}, "302 200 200 200 200 200 404"),
    ("case", "POST", {"pk": "{case}"}, "302 422 422 403 403 403 404"),
    ("notices", "GET", {}, SIGNED_IN),
    ("notice_read", "POST", {"pk": "{notice}"}, "302 404 404 404 404 302 404"),
    ("notices_read", "POST", {}, "302 302 302 302 302 302 302"),
    ("jobs", "GET", {}, SIGNED_IN),
    ("job_status", "GET", {"pk": "{other.job}"}, NO_UNIT),
    ("job_status", "GET", {"pk": "{park.job}"}, PARK_ONLY),
    ("job_retry", "POST", {"pk": "{other.job}"}, "302 302 302 403 403 404 404"),
    ("job_retry", "POST", {"pk": "{park.job}"}, "302 302 302 403 403 403 404"),
    # The API
    *[(f"api-{name}-list", "GET", {}, API) for name in (
        "units", "enterprises", "qualifications", "placements", "pool-entries", "ledger", "indicators", "targets",
        "jobs", "ip-items",
    )],
    *[("api-units-detail", "GET", {"code": f"{{{whose}.code}}"}, expected) for whose, expected in (
        ("park", API_PARK), ("town", API_TOWN), ("other", API_NO_UNIT)
    )],
    *[(route, "GET", {"uscc": f"{{{whose}.uscc}}"}, expected)
      for route in ("api-enterprises-detail", "api-self-check")
      for whose, expected in (("park", API_PARK), ("town", API_TOWN), ("other", API_NO_UNIT))],
    ("api-enterprises-list", "POST", {}, "401 400 400 403 403 403 403"),
    ("api-enterprises-take-back", "POST", {"uscc": "{park.uscc}"}, "401 400 400 403 403 403 404"),
    ("api-enterprises-changes", "POST", {"uscc": "{park.uscc}"}, "401 400 400 403 403 403 404"),
    *facts_of("api-qualifications-detail", "qualification"),
    *facts_of("api-placements-detail", "placement"),
    *facts_of("api-pool-entries-detail", "pool"),
    *facts_of("api-ip-items-detail", "right"),
    *facts_of("api-applications-detail", "application"),
    ("api-followup-list", "GET", {}, API),
    ("api-followup-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-talks-list", "GET", {}, API),
    ("api-talks-list", "POST", {}, "401 400 400 400 400 400 400"),
    *facts_of("api-talks-detail", "talk"),
    *[
        (f"api-talks-{act}", "POST", {"pk": f"{{{whose}.talk}}"}, f"401 400 400 403 403 {units}")
        for act in ("answer", "withdraw")
        for whose, units in (("park", "400 404"), ("town", "404 400"), ("other", "404 404"))
    ],
    ("api-applications-list", "POST", {}, "401 400 400 400 400 400 400"),
    ("api-application-courses-list", "GET", {}, API),
    ("api-application-courses-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-application-summary", "GET", {}, API),
    ("api-pool-candidates-list", "GET", {}, API),
    ("api-pool-candidates-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-agencies-list", "GET", {}, API),
    ("api-agencies-list", "POST", {}, "401 400 400 403 403 403 403"),
    ("api-agencies-detail", "GET", {"code": "{agency}"}, API),
    ("api-agencies-changes", "POST", {"code": "{agency}"}, "401 400 400 403 403 403 403"),
    *facts_of("api-ledger-detail", "entry"),
    ("api-indicators-detail", "GET", {"code": "hnte"}, API),
    ("api-targets-detail", "GET", {"pk": "{target}"}, API),
    ("api-jobs-detail", "GET", {"pk": "{park.job}"}, API_PARK),
    ("api-jobs-detail", "GET", {"pk": "{other.job}"}, API_NO_UNIT),
    ("api-figures", "GET", {}, API),
    ("api-figures", "GET", {"?release": "{release}"}, API),
    ("api-progress", "GET", {"?release": "{release}"}, API),
    ("api-progress", "GET", {}, API),
    ("api-progress", "GET", {"?scope": "district"}, "401 200 200 200 200 200 200"),
    ("api-progress", "GET", {"?scope": "{park.code}"}, "401 200 200 200 200 200 403"),
    ("api-flows", "GET", {}, API),
    ("api-flows", "GET", {"?scope": "{park.code}"}, "401 200 200 200 200 200 403"),
    ("api-flows", "GET", {"?scope": "outside"}, "401 200 200 200 200 403 403"),
    ("api-flow-firms-list", "GET", {"?term": "first"}, API),
    ("api-flow-firms-list", "GET", {"?term": "first", "?scope": "{town.code}"}, "401 200 200 200 200 403 200"),
    ("api-applications-list", "GET", {}, API),
    ("pool", "GET", {}, SIGNED_IN),
    ("pool", "GET", {"?unit": "{park.code}"}, "302 200 200 200 200 200 400"),
    ("pool", "GET", {"?unit": "{other.code}"}, "302 200 200 200 200 400 400"),
    ("pool_export", "GET", {"form_at": "xlsx"}, SIGNED_IN),
    ("pool_export", "GET", {"form_at": "csv", "?unit": "{other.code}"}, NO_UNIT),
    ("pool_bulk", "POST", {}, "302 422 422 403 403 422 422"),
    ("pool_bulk", "GET", {}, "302 405 405 405 405 405 405"),
    ("pool_bulk_run", "GET", {"pk": "{pool_bulk}"}, "302 200 200 403 403 200 404"),
    ("pool_bulk_run", "POST", {"pk": "{pool_bulk}"}, "302 422 422 403 403 422 404"),
    ("pool_bulk_undo", "POST", {"pk": "{pool_bulk}"}, "302 302 302 403 403 302 404"),
    ("pool_bulk_undo", "GET", {"pk": "{pool_bulk}"}, "302 405 405 405 405 405 405"),
    ("api-pool-list", "GET", {}, API),
    ("api-pool-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-duties-list", "GET", {}, API),
    ("api-duties-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-data-freshness-list", "GET", {}, API),
    ("api-data-freshness-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-renewals-list", "GET", {}, API),
    ("api-renewals-list", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-outlook", "GET", {}, API),
    ("api-outlook", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-pool-plan", "GET", {}, API),
    ("api-pool-plan", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-goals", "GET", {}, API),
    ("api-tasks", "GET", {}, API),
    ("api-task-figures", "GET", {}, API),
    ("api-task-figures", "GET", {"?unit": "{other.code}"}, "401 200 200 200 200 400 400"),
    ("api-task-progress-list", "GET", {}, API),
    ("api-task-progress-detail", "GET", {"pk": "{task_entry}"}, API),
    ("api-task-progress-list", "POST", {}, "401 400 400 403 403 400 400"),
    ("api-meetings-list", "GET", {}, API),
    ("api-meetings-detail", "GET", {"pk": "{meeting}"}, "401 200 200 200 200 404 404"),
    ("api-decisions-list", "GET", {}, API),
    ("api-decisions-detail", "GET", {"pk": "{decision}"}, API_PARK),
    ("api-decisions-steps", "POST", {"pk": "{decision}"}, "401 400 400 403 403 400 404"),
    ("api-reported-figures-list", "GET", {}, API),
    ("api-reported-figures-list", "POST", {}, "401 400 400 403 403 403 403"),
    ("api-reported-figures-detail", "GET", {"pk": "{figure}"}, API),
    ("api-releases", "GET", {}, API),
    ("api-release", "GET", {"code": "{release}"}, API),
    ("api-release-preview", "GET", {"code": "2026Q3"}, "401 200 200 403 403 403 403"),
    ("api-release-proposals-list", "GET", {}, API),
    ("api-release-proposals-list", "POST", {}, "401 400 400 403 403 403 403"),
    ("api-release-proposals-detail", "GET", {"pk": "{proposal}"}, "401 200 200 404 404 404 404"),
    ("api-release-proposals-publish", "POST", {"pk": "{proposal}"}, "401 400 400 403 403 403 403"),
    ("api-release-proposals-withdraw", "POST", {"pk": "{withdrawn}"}, "401 200 200 403 403 403 403"),
    ("api-release-bridge", "GET", {"code": "{release}"}, API),
    ("api-release-changes", "GET", {"code": "{release}", "?kind": "hnte", "?term": "added"}, API),
    ("api-release-firms", "GET", {"code": "{release}", "?indicator": "hnte"}, API),
    ("api-recompute", "POST", {}, "401 202 202 403 403 403 403"),
    ("api-recompute", "GET", {}, "401 405 405 405 405 405 405"),
    ("api-quarters-list", "GET", {}, API),
    ("api-quarters-list", "POST", {}, "401 400 400 403 403 403 403"),
    ("api-quarters-detail", "GET", {"code": "2026Q3"}, API),
    ("api-quarters-detail", "PATCH", {"code": "2026Q3"}, "401 200 200 403 403 403 403"),
    ("api-quarters-board", "GET", {"code": "2026Q3"}, API),
    ("api-quarters-events", "GET", {"code": "2026Q3"}, "401 200 200 200 200 403 403"),
    ("api-rosters-list", "POST", {}, "401 400 400 403 403 400 400"),
    ("api-rosters-list", "GET", {}, "401 405 405 405 405 405 405"),
    ("api-roster-versions-list", "GET", {}, API),
    *[
        (f"api-roster-versions-{part}", "GET", {"pk": f"{{{whose}.version}}"}, expected)
        for part in ("detail", "problems", "firms", "remarks")
        for whose, expected in (("park", API_PARK), ("town", API_TOWN), ("other", API_NO_UNIT))
    ],
    *[
        (f"api-roster-versions-{part}", "GET", {"pk": "{park.draft}"}, "401 200 200 404 404 200 404")
        for part in ("detail", "problems", "firms", "remarks", "file")
    ],
    ("api-roster-versions-file", "GET", {"pk": "{park.version}"}, "401 200 200 403 403 200 404"),
    ("api-roster-versions-file", "GET", {"pk": "{other.version}"}, "401 200 200 403 403 404 404"),
    *[
        (f"api-roster-versions-{act}", "POST", {"pk": f"{{{whose}.version}}"}, f"401 {told} {told} 403 403 {units}")
        for act, told in (("answers", 409), ("hand-in", 409), ("recheck", 409), ("mapping", 400), ("remarks", 400))
        for whose, units in (("park", f"{told} 404"), ("town", f"404 {told}"), ("other", "404 404"))
    ],
    ("api-roster-versions-take-back", "POST", {"pk": "{park.draft}"}, "401 409 409 404 404 409 404"),
    ("api-roster-versions-take-back", "POST", {"pk": "{other.draft}"}, "401 409 409 404 404 404 404"),
    *[
        (f"api-roster-versions-{act}", "POST", {"pk": "{park.draft}"}, f"401 {told} {told} 404 404 403 404")
        for act, told in (("approve", 409), ("return", 400), ("undo", 400))
    ],
    *[
        (f"api-roster-versions-{act}", "POST", {"pk": "{other.version}"}, f"401 {told} {told} 403 403 404 404")
        for act, told in (("undo", 400),)
    ],
    ("api-cases-list", "GET", {}, API),
    ("api-cases-detail", "GET", {"pk": "{park.case}"}, API_PARK),
    ("api-cases-detail", "GET", {"pk": "{other.case}"}, API_NO_UNIT),
    ("api-cases-decide", "POST", {"pk": "{park.case}"}, "401 400 400 403 403 403 404"),
    ("api-login", "POST", {}, "400 400 400 400 400 400 400"),
    ("api-logout", "POST", {}, "401 401 401 401 401 401 401"),  # takes a token, not a session
    ("api-schema", "GET", {}, API),
    ("api-docs", "GET", {}, SIGNED_IN),
]  # fmt: skip
OWN_ADMIN = ("admin:index", "admin:login", "admin:logout")


@pytest.fixture
def people(kept_world, db) -> dict[str, User]:
    kept_world.restore()
    return cast.present()


@pytest.fixture
def world(kept_world, people) -> SimpleNamespace:
    _, world = kept_world.made
    return world


def signed_in(people, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(route: str, arguments: dict[str, str], world: SimpleNamespace) -> str:
    filled = {name: str(value).format(**vars(world)) for name, value in arguments.items()}
    query = "&".join(f"{name[1:]}={value}" for name, value in filled.items() if name[0] == "?")
    path = reverse(route, kwargs={name: value for name, value in filled.items() if name[0] != "?"})
    return f"{path}?{query}" if query else path


def routes(patterns: list, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(pattern, name) of everything that answers, with its namespace."""
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, path, inner)
        elif isinstance(entry, URLPattern):
            yield path, f"{space}{entry.name}" if entry.name else ""


def test_every_address_has_a_row_in_the_table():
    named = {
        name or path
        for path, name in routes(get_resolver(PORTAL).url_patterns)
        if not path.startswith("admin/")
    }
    assert named == {route for route, *_ in TABLE}


def answered(row: tuple) -> dict[str, int]:
    """Who tries the row, and the status that is to come.

    Every refusal is tried. Of those who see the whole district two open a page that is open to more.
    """
    route, method, arguments, expected = row
    statuses = dict(zip(AUDIENCE, map(int, expected.split()), strict=True))
    alike = [who for who in WHOLE if statuses[who] == 200] if method == "GET" else []
    spared = set(alike) - set(drawn(2, alike, f"{route} {arguments}"))
    return {who: status for who, status in statuses.items() if who not in spared}


@pytest.mark.parametrize("who", AUDIENCE)
def test_the_table_holds(people, world, who):
    wrong, client = [], signed_in(people, who)
    for row in TABLE:
        route, method, arguments, _ = row
        wanted = answered(row).get(who)
        if wanted is None:
            continue
        path = address(route, arguments, world)
        answer = (signed_in(people, who) if route == "logout" else client).generic(
            method, path, content_type="application/json" if "api" in path else ""
        )
        if answer.status_code != wanted:
            wrong.append(f"{method} {path}: {answer.status_code}, not {wanted}")
        elif who == "anonymous" and wanted == 302:
            wrong += (
                []
                if answer.headers["Location"].startswith("/login/")
                else [f"{path} → {answer.headers['Location']}"]
            )
    assert not wrong


# --- lists show one's own unit's rows only ---------------------------------------------------------------------------
LISTS = ["firm_list", "firm_export", "api-enterprises-list", "api-qualifications-list", "api-placements-list",
         "api-pool-entries-list", "api-applications-list", "api-application-courses-list", "followup",
         "api-followup-list", "api-talks-list", "api-ledger-list", "api-cases-list", "ledger",
         "ip_items", "ip_items_export", "api-ip-items-list", "api-records-list"]  # fmt: skip


def content(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return body.decode()
    return " ".join(str(cell) for row in workbook(body) for cell in row)


def workbook(body: bytes) -> Iterator[tuple]:
    return openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)


@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize(
    ("who", "sees"), [("德感", {"park"}), ("街道", {"town"}), ("老郑", {"park", "town", "other"})]
)
def test_a_list_shows_the_rows_of_ones_own_unit_and_no_others(people, world, route, who, sees):
    shown = content(signed_in(people, who).get(reverse(route)))
    assert {
        whose for whose in ("park", "town", "other") if getattr(world, whose).uscc in shown
    } == sees


def test_the_list_behind_another_units_figure_stays_shut(people, world):
    for route in ("firm_list", "firm_export", "api-enterprises-list"):
        for scope in ("baisha", "district", "outside"):
            path = (
                f"{reverse(route)}?indicator=hnte&on={TODAY}&scope={scope}&definition=certificate"
            )
            shown = content(signed_in(people, "德感").get(path))
            assert world.other.uscc not in shown
            assert world.town.uscc not in shown


def test_the_list_behind_a_change_shows_the_own_units_firms_only(people, world):
    for path in (
        reverse("bridge_firms"),
        reverse("bridge_firms_export", args=["xlsx"]),
        reverse("api-flow-firms-list"),
    ):
        query = f"?kind=hnte&scope=district&term=first&since=2009-12-31&until={TODAY}"
        for who, sees in (
            ("德感", {"park"}),
            ("街道", {"town"}),
            ("老郑", {"park", "town", "other"}),
        ):
            shown = content(signed_in(people, who).get(path + query))
            assert {
                whose for whose in ("park", "town", "other") if getattr(world, whose).uscc in shown
            } == sees


def test_the_list_of_renewals_shows_the_own_units_firms_only(people, world):
    query = "?since=2026-01-01&until=2027-12-31&state=all"
    for path in (
        reverse("renewals"),
        reverse("renewals_export", args=["xlsx"]),
        reverse("api-renewals-list"),
    ):
        for who, sees in (
            ("德感", {"park"}),
            ("街道", {"town"}),
            ("老郑", {"park", "town", "other"}),
        ):
            shown = content(signed_in(people, who).get(path + query))
            assert {
                whose for whose in ("park", "town", "other") if getattr(world, whose).uscc in shown
            } == sees


def test_a_search_finds_no_firm_of_another_unit(people, world):
    other = Enterprise.objects.get(uscc=world.other.uscc)
    parameter = {"firm_list": "q", "api-enterprises-list": "q"}
    for route, name in parameter.items():
        answer = signed_in(people, "德感").get(reverse(route), {name: other.name})
        assert answer.status_code == 200
        assert world.other.uscc not in content(answer)


def test_units_figures_and_jobs_are_ones_own(people, world):
    client = signed_in(people, "德感")
    assert {row["code"] for row in client.get(reverse("api-units-list")).json()["results"]} == {
        "degan"
    }
    assert {row["scope"] for row in client.get(reverse("api-figures")).json()["figures"]} == {
        "degan"
    }
    assert {row["id"] for row in client.get(reverse("api-jobs-list")).json()["results"]} == {
        world.park.job
    }
    home = client.get(reverse("home"))
    assert home.headers["Location"] == reverse("unit", args=["degan"])


def test_a_unit_that_a_firm_has_left_still_opens_its_past_but_not_its_new_place(people, world):
    left = world.park.uscc
    registry.apply(
        [acts.Move(uscc=left, park="baisha", town="500116108", on=TODAY + dt.timedelta(days=1))],
        by=None,
    )
    client = signed_in(people, "德感")
    assert client.get(reverse("firm", args=[left])).status_code == 200
    shown = client.get(reverse("api-placements-list")).json()["results"]
    assert [row["id"] for row in shown] == [world.park.placement]


def test_no_address_of_the_api_writes_but_those_in_the_table(people, world):
    writes = {(route, method) for route, method, *_ in TABLE}
    client = signed_in(people, "安安")
    for route, _, arguments, _ in TABLE:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if route.startswith("api-") and (route, method) not in writes:
                answer = client.generic(
                    method, address(route, arguments, world), content_type="application/json"
                )
                assert answer.status_code in (401, 405), (route, method)


# --- the admin is the administrators' alone ------------------------------------------------------------------------
def admin_pages(world: SimpleNamespace) -> Iterator[str]:
    for path, name in routes(get_resolver().url_patterns):
        if not path.startswith("admin/") or not name or name in OWN_ADMIN:
            continue
        for arguments in ([], ["1"], ["parks"], ["1", "1"]):
            try:
                yield reverse(name, args=arguments)
                break
            except NoReverseMatch:
                continue
        else:
            pytest.fail(f"cannot open {name}")
    yield "/admin/nothing-here/"


@pytest.mark.parametrize("who", AUDIENCE)
def test_the_admin_is_for_administrators(people, world, who):
    client, wrong = signed_in(people, who), []
    pages = sorted(set(admin_pages(world)))
    assert len(pages) > 100
    for path in pages:
        answer = client.get(path)
        inside = answer.status_code in (
            200,
            301,
            302,
            403,
            404,
        ) and "/login/" not in answer.headers.get("Location", "")
        if inside != (who == "安安"):
            wrong.append(f"{path}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert not wrong


def test_every_list_of_the_admin_opens(people, world):
    client = signed_in(people, "安安")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert client.get(reverse(name)).status_code == 200, name
        assert client.get(reverse(name), {"q": "江津"}).status_code == 200, name
    assert Unit.objects.exists()


def test_it_is_the_role_that_opens_the_admin_and_not_the_flag(people, world):
    people["审计"].is_staff = people["审计"].is_superuser = True
    people["审计"].save()
    client = signed_in(people, "审计")
    for model in admin.site._registry:
        if model._meta.app_label in ("parks", "enterprises", "targets"):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            assert client.get(reverse(name)).status_code == 403, name
