from django.urls import path

from enterprises.bulk import urls as bulk_urls
from targets.firm_list import views
from targets.firm_list.desk import DESK

urlpatterns = [
    path("firms/", views.firm_list, name="firm_list"),
    path("firms/export.xlsx", views.firm_export, name="firm_export"),
    *bulk_urls.paths(DESK, "firms/"),
]
