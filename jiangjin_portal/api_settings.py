"""How the API asks, answers and describes itself: a part of the settings."""

from parks.district import DISTRICT

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "parks.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": "parks.api.metadata.AllowedMethods",
    "DEFAULT_SCHEMA_CLASS": "parks.api.description.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{DISTRICT.portal} API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    # What is sent and what is answered are described apart: a file is bytes in, an address out.
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "UnitKindEnum": "parks.models.Unit.Kind",
        "CaseKindEnum": "enterprises.models.Case.Kind",
        "IncidentKindEnum": "enterprises.models.Incident.Kind",
        "ConditionStateEnum": "enterprises.firms.self_check.api.STATES",
        "RosterFirmKindEnum": "enterprises.models.RosterFirm.Kind",
        "JobStateEnum": "enterprises.models.job.JobState",
        "RosterStateEnum": "enterprises.models.VersionState",
        "SettlementEnum": "enterprises.models.Settlement",
        "ContradictionEnum": "enterprises.models.Contradiction",
        "PoolStageEnum": "enterprises.models.PoolEntry.Stage",
        "PoolEndingEnum": "enterprises.models.PoolEntry.Ending",
        "PoolSourceEnum": "enterprises.models.PoolEntry.Source",
        "IpEndingEnum": "enterprises.models.IpItem.Ending",
        "ApplicationStageEnum": "enterprises.models.Application.Stage",
        "TaskStateEnum": "targets.models.TaskState",
        "MeetingStateEnum": "targets.models.MeetingState",
        "AssessmentStateEnum": "targets.models.AssessmentState",
        "DecisionStateEnum": "targets.models.DecisionState",
        "DecisionStepKindEnum": "targets.models.DecisionStep.Kind",
        "NewStepKindEnum": "targets.meetings.api.STEP_KINDS",
        "TaskStandingEnum": "targets.key_tasks.board.STANDINGS",
    },
}
