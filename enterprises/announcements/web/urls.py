from django.urls import path

from enterprises.announcements.web import claim_views, views

urlpatterns = [
    path("", views.announcements, name="announcements"),
    path("claims/", claim_views.claims_page, name="claims"),
    path("<int:pk>/", views.announcement, name="announcement"),
    path("<int:pk>/meaning/", views.announcement_meaning, name="announcement_meaning"),
    path("<int:pk>/decide/", views.announcement_decide, name="announcement_decide"),
    path("<int:pk>/preview/", views.announcement_preview, name="announcement_preview"),
    path("<int:pk>/write/", views.announcement_write, name="announcement_write"),
    path("<int:pk>/undo/", views.announcement_undo, name="announcement_undo"),
    path("source/<int:source>/", views.announcement_of_source, name="announcement_of_source"),
]
