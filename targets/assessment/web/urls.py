from django.urls import path, re_path

from targets.assessment.web import entry_views, scheme_views, views

SHEET = r"^assessment/(?P<year>20\d\d)/(?P<kind>park|town)"
DEED = r"(?P<deed>propose|withdraw|decree|reopen|ask-freeze|freeze)"

urlpatterns = [
    path("assessment/", views.assessment, name="assessment"),
    re_path(
        r"^assessment/export\.(?P<form_at>xlsx|csv)$", views.export_file, name="assessment_export"
    ),
    re_path(rf"{SHEET}/new/$", scheme_views.new, name="assessment_new"),
    re_path(rf"{SHEET}/edit/$", scheme_views.edit, name="assessment_edit"),
    re_path(rf"{SHEET}/{DEED}/$", scheme_views.deed, name="assessment_deed"),
    path("assessment/items/<int:pk>/", entry_views.enter, name="assessment_enter"),
    path("assessment/items/<int:pk>/<slug:code>/", views.cases, name="assessment_cases"),
    path("assessment/files/<int:pk>/", views.evidence, name="assessment_file"),
    path("assessment/objections/<int:pk>/", entry_views.answer, name="assessment_answer"),
    path("assessment/units/<slug:code>/", views.unit, name="assessment_unit"),
    path("assessment/units/<slug:code>/object/", entry_views.object_to, name="assessment_object"),
]
