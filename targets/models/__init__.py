from targets.models.assessment import (
    AssessmentEvent,
    AssessmentItem,
    AssessmentScheme,
    AssessmentState,
)
from targets.models.assessment_kept import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentFile,
    AssessmentObjection,
    AssessmentScore,
)
from targets.models.batches import ApplicationBatch
from targets.models.bulletin import BulletinDraft, BulletinHead
from targets.models.decision_chasing import ChasingRung, DecisionReminder
from targets.models.derived import (
    Definition,
    Expectation,
    KnownDay,
    MonthlySeries,
    Scope,
    Span,
    SpanMark,
)
from targets.models.goals import GoalRevision, PaceRule, UnitGoal
from targets.models.key_tasks import KeyTask, TaskBody
from targets.models.meeting_decisions import Decision, DecisionState, DecisionStep, StepFile
from targets.models.meetings import AgendaItem, Meeting, MeetingState, MeetingTemplate
from targets.models.outlook import OutlookPrior, OutlookRules
from targets.models.plan import (
    Baseline,
    Indicator,
    Operator,
    ReportedFigure,
    Target,
)
from targets.models.proposal import ReleaseProposal, proposal_of
from targets.models.release import BulletinTemplate, FrozenFigure, FrozenSpan, Release
from targets.models.renewals import RenewalReminder
from targets.models.task_figures import TaskFigure
from targets.models.tasks import TaskFile, TaskProgress, TaskReminder, TaskState

__all__ = [
    "AgendaItem",
    "ApplicationBatch",
    "AssessmentAnswer",
    "AssessmentEntry",
    "AssessmentEvent",
    "AssessmentFile",
    "AssessmentItem",
    "AssessmentObjection",
    "AssessmentScheme",
    "AssessmentScore",
    "AssessmentState",
    "Baseline",
    "BulletinDraft",
    "BulletinHead",
    "BulletinTemplate",
    "ChasingRung",
    "Decision",
    "DecisionReminder",
    "DecisionState",
    "DecisionStep",
    "Definition",
    "Expectation",
    "FrozenFigure",
    "FrozenSpan",
    "GoalRevision",
    "Indicator",
    "KeyTask",
    "KnownDay",
    "Meeting",
    "MeetingState",
    "MeetingTemplate",
    "MonthlySeries",
    "Operator",
    "OutlookPrior",
    "OutlookRules",
    "PaceRule",
    "Release",
    "ReleaseProposal",
    "RenewalReminder",
    "ReportedFigure",
    "Scope",
    "Span",
    "SpanMark",
    "StepFile",
    "Target",
    "TaskBody",
    "TaskFigure",
    "TaskFile",
    "TaskProgress",
    "TaskReminder",
    "TaskState",
    "UnitGoal",
    "proposal_of",
]
