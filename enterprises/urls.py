from django.urls import include, path

from enterprises.applications import agency_views
from enterprises.applications import list_views as application_list_views
from enterprises.applications import views as application_views
from enterprises.applications.desk import DESK as APPLICATIONS
from enterprises.bulk import urls as bulk_urls
from enterprises.firms import ledger_views
from enterprises.firms import views as firm_views
from enterprises.firms.owners import views as owner_views
from enterprises.firms.self_check import views as self_check_views
from enterprises.firms.talks import views as talk_views
from enterprises.ip_list import views as ip_views
from enterprises.mining import views as mining_views
from enterprises.notices import views as notice_views

urlpatterns = [
    path("firms/<slug:uscc>/", firm_views.firm_page, name="firm"),
    path("firms/<slug:uscc>/self-check/", self_check_views.firm_self_check, name="firm_self_check"),
    path("firms/<slug:uscc>/owner/", owner_views.firm_owner, name="firm_owner"),
    path("firms/<slug:uscc>/talks/", talk_views.firm_talks, name="firm_talks"),
    path(
        "firms/<slug:uscc>/talks/<int:pk>/answer/", talk_views.talk_answer, name="firm_talk_answer"
    ),
    path(
        "firms/<slug:uscc>/talks/<int:pk>/withdraw/",
        talk_views.talk_withdraw,
        name="firm_talk_withdraw",
    ),
    path(
        "firms/<slug:uscc>/application/",
        application_views.firm_application,
        name="firm_application",
    ),
    path("applications/", application_list_views.applications, name="applications"),
    path(
        "applications/paste/", application_list_views.applications_paste, name="applications_paste"
    ),
    path("agencies/", agency_views.agency_list, name="agencies"),
    path("agencies/names/", agency_views.agency_names, name="agency_names"),
    path("agencies/<slug:code>/", agency_views.agency_page, name="agency"),
    *bulk_urls.paths(APPLICATIONS, "applications/"),
    path("pool/candidates/", mining_views.candidates, name="pool-candidates"),
    path(
        "pool/candidates/export.xlsx", mining_views.candidates_export, name="pool-candidates-export"
    ),
    path("ip/", ip_views.ip_items, name="ip_items"),
    path("ip/export.xlsx", ip_views.ip_items_export, name="ip_items_export"),
    path("registers/", include("enterprises.records.web.urls")),
    path("ledger/", ledger_views.ledger_page, name="ledger"),
    path("notices/", notice_views.notice_list, name="notices"),
    path("notices/read/", notice_views.notices_read, name="notices_read"),
    path("notices/<int:pk>/read/", notice_views.notice_read, name="notice_read"),
]
