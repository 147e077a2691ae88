from django.urls import path, re_path

from enterprises.bulk import urls as bulk_urls
from targets.application_plan import views as plan_views
from targets.assessment.web import urls as assessment_urls
from targets.bridge import views as bridge_views
from targets.bulletin import views as bulletin_views
from targets.calendar import views as calendar_views
from targets.desk import views as desk_views
from targets.drafts import views as draft_views
from targets.duties import views as duty_views
from targets.duties.desk import DESK as DUTIES
from targets.duties.freshness import views as freshness_views
from targets.followup import views as followup_views
from targets.followup.desk import DESK as FOLLOWUP
from targets.goals import views as goal_views
from targets.home import views as home_views
from targets.key_tasks import views as task_views
from targets.meetings import urls as meeting_urls
from targets.outlook import views as outlook_views
from targets.pool import views as pool_views
from targets.pool.desk import DESK as POOL
from targets.quarterly import views as quarterly_views
from targets.releases import bridge_views as release_bridge_views
from targets.releases import proposal_views
from targets.releases import views as release_views
from targets.renewals import views as renewal_views
from targets.renewals.desk import DESK as RENEWALS
from targets.reported import views as reported_views
from targets.task_figures import views as figure_views
from targets.terms import views as term_views

urlpatterns = [
    path("", home_views.home, name="home"),
    path("units/<slug:code>/", home_views.unit, name="unit"),
    path("targets/", home_views.targets, name="targets"),
    path("week/", desk_views.desk, name="desk"),
    path("glossary/", term_views.glossary, name="glossary"),
    path("outlook/", outlook_views.page, name="outlook"),
    path("outlook/charts/<slug:name>.svg", outlook_views.chart, name="outlook_chart"),
    path("outlook/data.xlsx", outlook_views.data, name="outlook_data"),
    path("renewals/", renewal_views.page, name="renewals"),
    re_path(
        r"^renewals/export\.(?P<form_at>xlsx|csv)$", renewal_views.export, name="renewals_export"
    ),
    path("renewals/paste/", renewal_views.paste, name="renewals_paste"),
    *bulk_urls.paths(RENEWALS, "renewals/"),
    path("pool/", pool_views.page, name="pool"),
    re_path(r"^pool/export\.(?P<form_at>xlsx|csv)$", pool_views.export, name="pool_export"),
    *bulk_urls.paths(POOL, "pool/"),
    path("followup/", followup_views.page, name="followup"),
    re_path(
        r"^followup/export\.(?P<form_at>xlsx|csv)$", followup_views.export, name="followup_export"
    ),
    path("followup/paste/", followup_views.paste, name="followup_paste"),
    path("followup/units/<slug:code>/", followup_views.unit_contact, name="unit_contact"),
    *bulk_urls.paths(FOLLOWUP, "followup/"),
    path("pool/plan/", plan_views.plan, name="pool-plan"),
    path("pool/plan/list.xlsx", plan_views.workbook, name="pool-plan-export"),
    path("pool/plan/list.docx", plan_views.word, name="pool-plan-word"),
    path("duties/", duty_views.page, name="duties"),
    re_path(r"^duties/export\.(?P<form_at>xlsx|csv)$", duty_views.export, name="duties_export"),
    path("duties/paste/", duty_views.paste, name="duties_paste"),
    *bulk_urls.paths(DUTIES, "duties/"),
    path("duties/freshness/", freshness_views.page, name="data_freshness"),
    re_path(
        r"^duties/freshness/export\.(?P<form_at>xlsx|csv)$",
        freshness_views.export,
        name="data_freshness_export",
    ),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/new/", calendar_views.new_batch, name="batch_new"),
    path("calendar/<int:pk>/", calendar_views.batch, name="batch"),
    path("goals/", goal_views.goals_page, name="goals"),
    re_path(r"^goals/export\.(?P<form_at>xlsx|csv)$", goal_views.goals_export, name="goal_export"),
    path("goals/<int:year>/edit/", goal_views.edit_goals, name="goal_edit"),
    path("goals/<int:year>/<int:number>/", goal_views.revision_page, name="goal_revision"),
    # Images and files have addresses of their own: they work without scripts and can be kept.
    path("charts/<slug:name>.svg", home_views.chart_image, name="chart_image"),
    re_path(
        r"^charts/(?P<name>[-\w]+)\.(?P<form_at>xlsx|csv)$",
        home_views.chart_export,
        name="chart_export",
    ),
    path("bridge/", bridge_views.bridge, name="bridge"),
    re_path(
        r"^bridge/export\.(?P<form_at>xlsx|csv)$", bridge_views.bridge_export, name="bridge_export"
    ),
    path("bridge/chart.svg", bridge_views.bridge_image, name="bridge_image"),
    path("bridge/list/", bridge_views.bridge_firms, name="bridge_firms"),
    re_path(
        r"^bridge/list/export\.(?P<form_at>xlsx|csv)$",
        bridge_views.bridge_firms_export,
        name="bridge_firms_export",
    ),
    path("tasks/", task_views.tasks, name="tasks"),
    re_path(r"^tasks/export\.(?P<form_at>xlsx|csv)$", task_views.tasks_export, name="tasks_export"),
    path("tasks/files/<int:pk>/", task_views.task_file, name="task_file"),
    path("tasks/figures/<slug:code>/", figure_views.figure, name="task_figure"),
    path("tasks/<slug:quarter>/confirm/", task_views.tasks_confirm, name="tasks_confirm"),
    path("tasks/<slug:quarter>/remind/", task_views.tasks_remind, name="tasks_remind"),
    re_path(r"^tasks/(?P<kind>task|safeguard)-(?P<number>\d{1,3})/$", task_views.task, name="task"),
    re_path(
        r"^tasks/(?P<kind>task|safeguard)-(?P<number>\d{1,3})"
        r"/(?P<quarter>\d{4}Q\d)/(?P<unit>[\w-]{1,20})/$",
        task_views.task_report,
        name="task_report",
    ),
    path("quarterly/", quarterly_views.quarterly, name="quarterly"),
    re_path(
        r"^quarterly/(?P<code>[\w-]{1,20})\.(?P<form_at>xlsx|csv)$",
        quarterly_views.table,
        name="quarterly_table",
    ),
    *meeting_urls.urlpatterns,
    *assessment_urls.urlpatterns,
    path("reported/", reported_views.reported, name="reported"),
    re_path(
        r"^reported/export\.(?P<form_at>xlsx|csv)$",
        reported_views.reported_export_file,
        name="reported_export",
    ),
    path("recompute/", home_views.recompute, name="recompute"),
    path("releases/", release_views.release_list, name="releases"),
    # Fixed words come before <slug:code>, which would take them for the code of a release.
    path("releases/preview/<slug:code>/", proposal_views.preview, name="release_preview"),
    path("releases/preview/<slug:code>/ask/", proposal_views.ask, name="release_ask"),
    path("releases/preview/<slug:code>/bulletin/", draft_views.write, name="bulletin_write"),
    path(
        "releases/preview/<slug:code>/bulletin/redraft/",
        draft_views.redraft,
        name="bulletin_redraft",
    ),
    path("releases/proposals/<int:pk>/publish/", proposal_views.publish, name="release_publish"),
    path("releases/proposals/<int:pk>/withdraw/", proposal_views.withdraw, name="release_withdraw"),
    path("releases/template.docx", bulletin_views.template, name="bulletin_template"),
    path("releases/<slug:code>/bulletin/", bulletin_views.page, name="bulletin_page"),
    path("releases/<slug:code>/bulletin.docx", bulletin_views.word, name="bulletin_word"),
    path("releases/<slug:code>/bulletin.xlsx", bulletin_views.workbook, name="bulletin_workbook"),
    path(
        "releases/<slug:code>/template/",
        bulletin_views.replace_template,
        name="bulletin_replace_template",
    ),
    path("releases/<slug:code>/", release_views.release, name="release"),
    path("releases/<slug:code>/firms/", release_views.release_firms, name="release_firms"),
    path(
        "releases/<slug:code>/firms.xlsx",
        release_views.release_firms_export,
        name="release_firms_export",
    ),
    path("releases/<slug:code>/changes/", release_bridge_views.changes, name="release_changes"),
    path(
        "releases/<slug:code>/changes.xlsx",
        release_bridge_views.changes_export,
        name="release_changes_export",
    ),
]
