from django.urls import path, re_path

from targets import (
    bridge_views,
    bulletin_views,
    goal_views,
    outlook_views,
    release_views,
    reported_views,
    task_views,
    views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("units/<slug:code>/", views.unit, name="unit"),
    path("targets/", views.targets, name="targets"),
    path("outlook/", outlook_views.page, name="outlook"),
    path("outlook/charts/<slug:name>.svg", outlook_views.chart, name="outlook_chart"),
    path("outlook/data.xlsx", outlook_views.data, name="outlook_data"),
    path("goals/", goal_views.page, name="goals"),
    path("goals/charts/<slug:name>.svg", goal_views.chart, name="goal_chart"),
    re_path(r"^goals/export\.(?P<form_at>xlsx|csv)$", goal_views.export, name="goal_export"),
    path("goals/<int:year>/edit/", goal_views.edit, name="goal_edit"),
    path("goals/<int:year>/<int:number>/", goal_views.revision, name="goal_revision"),
    path("charts/<slug:name>.svg", views.chart_image, name="chart_image"),
    path("bridge/", bridge_views.bridge, name="bridge"),
    re_path(r"^bridge/export\.(?P<form_at>xlsx|csv)$", bridge_views.bridge_export, name="bridge_export"),
    path("bridge/chart.svg", bridge_views.bridge_image, name="bridge_image"),
    path("bridge/list/", bridge_views.bridge_firms, name="bridge_firms"),
    re_path(
        r"^bridge/list/export\.(?P<form_at>xlsx|csv)$", bridge_views.bridge_firms_export, name="bridge_firms_export"
    ),
    path("tasks/", task_views.tasks, name="tasks"),
    path("tasks/files/<int:pk>/", task_views.task_file, name="task_file"),
    path("tasks/<slug:quarter>/remind/", task_views.tasks_remind, name="tasks_remind"),
    re_path(r"^tasks/(?P<kind>task|safeguard)-(?P<number>\d{1,3})/$", task_views.task, name="task"),
    re_path(
        r"^tasks/(?P<kind>task|safeguard)-(?P<number>\d{1,3})/(?P<quarter>\d{4}Q\d)/(?P<unit>[\w-]{1,20})/$",
        task_views.task_report,
        name="task_report",
    ),
    path("reported/", reported_views.reported, name="reported"),
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
