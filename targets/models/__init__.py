from targets.models.batches import ApplicationBatch
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
    "ApplicationBatch",
    "Baseline",
    "BulletinTemplate",
    "Definition",
    "Expectation",
    "FrozenFigure",
    "FrozenSpan",
    "GoalRevision",
    "Indicator",
    "KeyTask",
    "KnownDay",
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
