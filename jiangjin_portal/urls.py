from django.contrib import admin
from django.urls import include, path

from jiangjin_portal import health
from jiangjin_portal.observing.views import metrics
from parks.views import LogoutView, admin_login

handler400 = "jiangjin_portal.refusals.bad_request"
handler403 = "jiangjin_portal.refusals.permission_denied"
handler404 = "jiangjin_portal.refusals.not_found"
handler500 = "jiangjin_portal.refusals.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    # One door in and one out: the admin's own would pass the security log by.
    path("admin/login/", admin_login),
    path("admin/logout/", LogoutView.as_view()),
    path("admin/", admin.site.urls),
    path("", include("parks.urls")),
    path("security-log/", include("jiangjin_portal.auditing.urls")),
    path("", include("jiangjin_portal.people.urls")),
    path("condition/", include("jiangjin_portal.condition.urls")),
    path("jobs/", include("enterprises.jobs.urls")),
    path("load/", include("enterprises.loading.urls")),
    path("announcements/", include("enterprises.announcements.web.urls")),
    path("rosters/", include("enterprises.reporting.web.review_urls")),
    path("rosters/", include("enterprises.reporting.web.roster_urls")),
    path("", include("targets.firm_list.urls")),
    path("", include("targets.by_hand.urls")),
    path("", include("enterprises.urls")),
    path("", include("targets.urls")),
    path("api/v1/", include("jiangjin_portal.api_urls")),
]
