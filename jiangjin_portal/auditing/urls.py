from django.urls import path, re_path

from jiangjin_portal.auditing import views

urlpatterns = [
    path("", views.log_page, name="security_log"),
    re_path(r"^export\.(?P<form_at>xlsx|csv)$", views.log_export, name="security_log_export"),
    path("seals.json", views.seals_file, name="seals_file"),
]
