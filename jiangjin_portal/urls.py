from django.contrib import admin
from django.urls import include, path

from jiangjin_portal import health

handler400 = "jiangjin_portal.refusals.bad_request"
handler403 = "jiangjin_portal.refusals.permission_denied"
handler404 = "jiangjin_portal.refusals.not_found"
handler500 = "jiangjin_portal.refusals.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("parks.urls")),
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
