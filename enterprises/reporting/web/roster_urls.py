from django.urls import path

from enterprises.reporting.web import roster_files, roster_views, version_views

urlpatterns = [
    # Before the addresses of rosters: `versions/1/` also looks like a quarter and a unit.
    path("versions/<int:pk>/", version_views.show_version, name="roster_version"),
    path("versions/<int:pk>/progress/", version_views.show_progress, name="roster_progress"),
    path("versions/<int:pk>/recheck/", version_views.recheck_version, name="roster_recheck"),
    path("versions/<int:pk>/columns/", version_views.store_columns, name="roster_columns"),
    path("versions/<int:pk>/reasons/", version_views.store_reasons, name="roster_reasons"),
    path("versions/<int:pk>/answers/", version_views.store_answers, name="roster_answers"),
    path("versions/<int:pk>/hand-in/", version_views.hand_in, name="roster_hand_in"),
    path("versions/<int:pk>/take-back/", version_views.take_back, name="roster_take_back"),
    path("versions/<int:pk>/receipt/", version_views.show_receipt, name="roster_receipt"),
    path("versions/<int:pk>/original/", roster_files.download_original, name="roster_original"),
    path("versions/<int:pk>/annotated/", roster_files.download_annotated, name="roster_annotated"),
    path("versions/<int:pk>/problems/", roster_files.download_problems, name="roster_problems"),
    path("<str:quarter>/<str:unit>/", roster_views.roster_page, name="roster"),
    path(
        "<str:quarter>/<str:unit>/template/", roster_files.download_template, name="roster_template"
    ),
    path("<str:quarter>/<str:unit>/nil/", roster_views.nil_return, name="roster_nil"),
]
