from django.urls import path

from targets import release_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("recompute/", views.recompute, name="recompute"),
    path("releases/", release_views.release_list, name="releases"),
    path("releases/publish/", release_views.publish, name="release_publish"),
    path("releases/<slug:code>/", release_views.release, name="release"),
    path("releases/<slug:code>/firms/", release_views.release_firms, name="release_firms"),
    path("releases/<slug:code>/firms.xlsx", release_views.release_firms_export, name="release_firms_export"),
]
