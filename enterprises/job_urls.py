from django.urls import path

from enterprises import job_views

urlpatterns = [
    path("", job_views.job_list, name="jobs"),
    path("<int:pk>/status/", job_views.job_status, name="job_status"),
    path("<int:pk>/retry/", job_views.job_retry, name="job_retry"),
]
