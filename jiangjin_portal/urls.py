from django.contrib import admin
from django.urls import include, path

from jiangjin_portal import health

handler400 = "jiangjin_portal.refusals.bad_request"
handler404 = "jiangjin_portal.refusals.not_found"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("parks.urls")),
    path("jobs/", include("enterprises.job_urls")),
    path("load/", include("enterprises.load_urls")),
    path("rosters/", include("enterprises.review_urls")),
    path("rosters/", include("enterprises.roster_urls")),
    path("", include("targets.firm_urls")),
    path("", include("enterprises.urls")),
    path("", include("targets.urls")),
    path("api/v1/", include("jiangjin_portal.api_urls")),
]
