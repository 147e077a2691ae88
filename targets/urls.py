from django.urls import path

from targets import bulletin_views, release_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("recompute/", views.recompute, name="recompute"),
    path("releases/", release_views.release_list, name="releases"),
    path("releases/publish/", release_views.publish, name="release_publish"),
    path("releases/template.docx", bulletin_views.template, name="bulletin_template"),
    path("releases/<slug:code>/bulletin.docx", bulletin_views.word, name="bulletin_word"),
    path("releases/<slug:code>/bulletin.xlsx", bulletin_views.workbook, name="bulletin_workbook"),
    path("releases/<slug:code>/template/", bulletin_views.replace_template, name="bulletin_replace_template"),
    path("releases/<slug:code>/", release_views.release, name="release"),
    path("releases/<slug:code>/firms/", release_views.release_firms, name="release_firms"),
    path("releases/<slug:code>/firms.xlsx", release_views.release_firms_export, name="release_firms_export"),
]
