from targets.models.derived import Definition, MonthlySeries, Scope, Span, SpanMark
from targets.models.plan import (
    ApplicationBatch,
    Baseline,
    Indicator,
    KeyTask,
    Operator,
    ReportedFigure,
    Target,
    TaskBody,
)

__all__ = [
    "ApplicationBatch",
    "Baseline",
    "Definition",
    "Indicator",
    "KeyTask",
    "MonthlySeries",
    "Operator",
    "ReportedFigure",
    "Scope",
    "Span",
    "SpanMark",
    "Target",
    "TaskBody",
]
