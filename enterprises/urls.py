from django.urls import path

from enterprises.applications import views as application_views
from enterprises.firms import ledger_views
from enterprises.firms import views as firm_views
from enterprises.notices import views as notice_views

urlpatterns = [
    path("firms/<slug:uscc>/", firm_views.firm_page, name="firm"),
    path(
        "firms/<slug:uscc>/application/",
        application_views.firm_application,
        name="firm_application",
    ),
    path("ledger/", ledger_views.ledger_page, name="ledger"),
    path("notices/", notice_views.notice_list, name="notices"),
    path("notices/read/", notice_views.notices_read, name="notices_read"),
    path("notices/<int:pk>/read/", notice_views.notice_read, name="notice_read"),
]
