"""The admin of the plan, its tasks' figures, the joint meeting, assessment and the bulletin."""

from targets.admin import assessment, bulletin, meetings, plan, task_figures

__all__ = ["assessment", "bulletin", "meetings", "plan", "task_figures"]
