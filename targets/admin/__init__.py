"""The admin of the plan, of the figures of its tasks, and of the joint meeting."""

from targets.admin import meetings, plan, task_figures

__all__ = ["meetings", "plan", "task_figures"]
