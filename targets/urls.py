from django.urls import path

from targets import outlook_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("outlook/", outlook_views.page, name="outlook"),
    path("outlook/charts/<slug:name>.svg", outlook_views.chart, name="outlook_chart"),
    path("outlook/data.xlsx", outlook_views.data, name="outlook_data"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("recompute/", views.recompute, name="recompute"),
]
