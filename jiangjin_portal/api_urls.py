from django.contrib.auth.decorators import login_required
from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from enterprises.applications import api as application_api
from enterprises.applications import courses_api
from enterprises.firms import api as enterprises
from enterprises.firms.self_check import api as self_check
from enterprises.firms.talks import api as talks_api
from enterprises.ip_list import api as ip_api
from enterprises.mining import api as mining_api
from enterprises.records import api as record_api
from enterprises.reporting.api import quarters, rosters
from parks.api import schema as api_schema
from parks.api import views as parks
from targets.application_plan import api as plan_api
from targets.assessment import api as assessment_api
from targets.bridge import api as bridge
from targets.duties import api as duty_api
from targets.duties.freshness import api as freshness_api
from targets.followup import api as followup_api
from targets.goals import api as goal_api
from targets.home import api as targets
from targets.key_tasks import api as tasks
from targets.meetings import api as meeting_api
from targets.outlook import api as outlook_api
from targets.pool import api as pool_api
from targets.releases import api as releases
from targets.releases import bridge_api as release_bridge
from targets.releases import proposal_api
from targets.renewals import api as renewal_api
from targets.reported import api as reported_api
from targets.task_figures import api as task_figures

router = SimpleRouter()
router.register("units", parks.UnitViewSet, basename="api-units")
router.register("enterprises", targets.FirmViewSet, basename="api-enterprises")
router.register("qualifications", enterprises.QualificationViewSet, basename="api-qualifications")
router.register("placements", enterprises.PlacementViewSet, basename="api-placements")
router.register("pool-entries", enterprises.PoolEntryViewSet, basename="api-pool-entries")
router.register("ip-items", ip_api.IpItemViewSet, basename="api-ip-items")
router.register("record-kinds", record_api.RecordKindViewSet, basename="api-record-kinds")
router.register("records", record_api.RecordViewSet, basename="api-records")
router.register("applications", application_api.ApplicationsApi, basename="api-applications")
router.register(
    "application-courses", courses_api.CourseViewSet, basename="api-application-courses"
)
router.register("pool/candidates", mining_api.CandidateViewSet, basename="api-pool-candidates")
router.register("agencies", application_api.AgencyViewSet, basename="api-agencies")
router.register("talks", talks_api.TalkViewSet, basename="api-talks")
router.register("followup", followup_api.FollowUpViewSet, basename="api-followup")
router.register("ledger", enterprises.LedgerViewSet, basename="api-ledger")
router.register("indicators", targets.IndicatorViewSet, basename="api-indicators")
router.register("targets", targets.TargetViewSet, basename="api-targets")
router.register("flows/firms", bridge.FlowFirms, basename="api-flow-firms")
router.register("task-progress", tasks.TaskProgressViewSet, basename="api-task-progress")
router.register("meetings", meeting_api.MeetingViewSet, basename="api-meetings")
router.register("decisions", meeting_api.DecisionViewSet, basename="api-decisions")
router.register("pool", pool_api.PoolViewSet, basename="api-pool")
router.register("duties", duty_api.DutyViewSet, basename="api-duties")
router.register("data-freshness", freshness_api.FreshnessViewSet, basename="api-data-freshness")
router.register("renewals", renewal_api.RenewalViewSet, basename="api-renewals")
router.register(
    "reported-figures", reported_api.ReportedFigureViewSet, basename="api-reported-figures"
)
router.register(
    "release-proposals", proposal_api.ReleaseProposalViewSet, basename="api-release-proposals"
)
router.register("jobs", enterprises.JobViewSet, basename="api-jobs")
router.register("quarters", quarters.QuarterViewSet, basename="api-quarters")
router.register("cases", quarters.CaseViewSet, basename="api-cases")
router.register("rosters", rosters.RosterViewSet, basename="api-rosters")
router.register("roster-versions", rosters.RosterVersionViewSet, basename="api-roster-versions")

# The split view keeps its script in a file of its own, as the content security policy demands.
docs = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema", permission_classes=[AllowAny], template_name="docs/api.html"
)

urlpatterns = [
    *router.urls,
    path(
        "application-courses/summary/",
        courses_api.CourseSummary.as_view(),
        name="api-application-summary",
    ),
    path(
        "enterprises/<slug:uscc>/self-check/",
        self_check.FirmSelfCheckView.as_view(),
        name="api-self-check",
    ),
    path("figures/", targets.Figures.as_view(), name="api-figures"),
    path("flows/", bridge.FlowsView.as_view(), name="api-flows"),
    path("progress/", targets.ProgressView.as_view(), name="api-progress"),
    path("goals/", goal_api.GoalsView.as_view(), name="api-goals"),
    path("assessment/", assessment_api.AssessmentView.as_view(), name="api-assessment"),
    path(
        "assessment/<slug:code>/",
        assessment_api.UnitAssessmentView.as_view(),
        name="api-assessment-unit",
    ),
    path("tasks/", tasks.Tasks.as_view(), name="api-tasks"),
    path("task-figures/", task_figures.TaskFigures.as_view(), name="api-task-figures"),
    path("pool/plan/", plan_api.ApplicationPlanView.as_view(), name="api-pool-plan"),
    path("outlook/", outlook_api.OutlookView.as_view(), name="api-outlook"),
    path("releases/", releases.Releases.as_view(), name="api-releases"),
    path(
        "releases/preview/<slug:code>/",
        proposal_api.ReleasePreview.as_view(),
        name="api-release-preview",
    ),
    path("releases/<slug:code>/", releases.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<slug:code>/firms/", releases.ReleaseFirms.as_view(), name="api-release-firms"),
    path(
        "releases/<slug:code>/bridge/",
        release_bridge.ReleaseBridge.as_view(),
        name="api-release-bridge",
    ),
    path(
        "releases/<slug:code>/changes/",
        release_bridge.ReleaseChanges.as_view(),
        name="api-release-changes",
    ),
    path("recompute/", targets.Recompute.as_view(), name="api-recompute"),
    path("login/", parks.Login.as_view(), name="api-login"),
    path("logout/", parks.Logout.as_view(), name="api-logout"),
    path("schema/", api_schema.Schema.as_view(), name="api-schema"),
    # A browser opens this one: it is led to the sign-in instead of being refused in JSON.
    path("docs/", login_required(docs), name="api-docs"),
]
