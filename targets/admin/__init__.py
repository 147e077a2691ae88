"""The admin of the plan, of the figures of its tasks, of the joint meeting and of assessment."""

from targets.admin import assessment, meetings, plan, task_figures

__all__ = ["assessment", "meetings", "plan", "task_figures"]
