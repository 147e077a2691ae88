"""The admin of the plan, of the figures of its tasks, of the joint meeting, and of the bulletin."""

from targets.admin import bulletin, meetings, plan, task_figures

__all__ = ["bulletin", "meetings", "plan", "task_figures"]
