from django.urls import path, re_path

from jiangjin_portal.condition import views

urlpatterns = [
    path("", views.condition, name="condition"),
    re_path(r"^(?P<kind>backup|verify)$", views.start, name="condition_start"),
]
