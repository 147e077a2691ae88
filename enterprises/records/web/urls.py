from django.urls import path, re_path

from enterprises.records.web import load_views, views

urlpatterns = [
    path("", views.registers, name="registers"),
    path("records/<int:pk>/", views.record, name="record"),
    path(
        "records/<int:pk>/entries/<int:entry>/take-back/",
        views.record_take_back,
        name="record_take_back",
    ),
    path("records/<int:pk>/<slug:act>/", views.record_act, name="record_act"),
    path("<slug:code>/", views.register, name="register"),
    re_path(
        r"^(?P<code>[-\w]+)/export\.(?P<form_at>xlsx|csv)$",
        views.register_export,
        name="register_export",
    ),
    path("<slug:code>/template.xlsx", views.register_template, name="register_template"),
    path("<slug:code>/new/", views.register_new, name="register_new"),
    path("<slug:code>/load/", load_views.register_load, name="register_load"),
    path("<slug:code>/load/<int:pk>/", load_views.register_job, name="register_job"),
    path(
        "<slug:code>/load/<int:pk>/outcome/", load_views.register_outcome, name="register_outcome"
    ),
    path("<slug:code>/load/<int:pk>/titles/", load_views.register_titles, name="register_titles"),
    path("<slug:code>/load/<int:pk>/apply/", load_views.register_apply, name="register_apply"),
    path("<slug:code>/load/<int:pk>/undo/", load_views.register_undo, name="register_undo"),
]
