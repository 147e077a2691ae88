from django.urls import path

from enterprises import load_views

urlpatterns = [
    path("", load_views.load, name="load"),
    path("<int:pk>/", load_views.load_job, name="load_job"),
    path("<int:pk>/outcome/", load_views.load_outcome, name="load_outcome"),
    path("<int:pk>/check/", load_views.load_check, name="load_check"),
    path("<int:pk>/apply/", load_views.load_apply, name="load_apply"),
]
