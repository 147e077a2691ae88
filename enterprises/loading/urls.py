from django.urls import path

from enterprises.loading import views

urlpatterns = [
    path("", views.load, name="load"),
    path("<int:pk>/", views.load_job, name="load_job"),
    path("<int:pk>/outcome/", views.load_outcome, name="load_outcome"),
    path("<int:pk>/check/", views.load_check, name="load_check"),
    path("<int:pk>/undo/", views.load_undo, name="load_undo"),
    path("<int:pk>/titles/", views.load_titles, name="load_titles"),
    path("<int:pk>/apply/", views.load_apply, name="load_apply"),
]
