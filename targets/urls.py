from django.urls import path

from targets import views

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("recompute/", views.recompute, name="recompute"),
]
