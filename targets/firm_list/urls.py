from django.urls import path

from targets.firm_list import views

urlpatterns = [
    path("firms/", views.firm_list, name="firm_list"),
    path("firms/export.xlsx", views.firm_export, name="firm_export"),
]
