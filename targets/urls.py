from django.urls import path, re_path

from targets import bridge_views, outlook_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("outlook/", outlook_views.page, name="outlook"),
    path("outlook/charts/<slug:name>.svg", outlook_views.chart, name="outlook_chart"),
    path("outlook/data.xlsx", outlook_views.data, name="outlook_data"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("bridge/", bridge_views.bridge, name="bridge"),
    re_path(r"^bridge/export\.(?P<form_at>xlsx|csv)$", bridge_views.bridge_export, name="bridge_export"),
    path("bridge/chart.svg", bridge_views.bridge_image, name="bridge_image"),
    path("bridge/list/", bridge_views.bridge_firms, name="bridge_firms"),
    re_path(
        r"^bridge/list/export\.(?P<form_at>xlsx|csv)$", bridge_views.bridge_firms_export, name="bridge_firms_export"
    ),
    path("recompute/", views.recompute, name="recompute"),
]
