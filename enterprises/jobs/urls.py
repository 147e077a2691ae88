from django.urls import path

from enterprises.jobs import views

urlpatterns = [
    path("", views.job_list, name="jobs"),
    path("<int:pk>/status/", views.job_status, name="job_status"),
    path("<int:pk>/retry/", views.job_retry, name="job_retry"),
]
