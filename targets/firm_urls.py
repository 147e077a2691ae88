from django.urls import path

from targets import firm_views

urlpatterns = [
    path("firms/", firm_views.firm_list, name="firm_list"),
    path("firms/export.xlsx", firm_views.firm_export, name="firm_export"),
]
