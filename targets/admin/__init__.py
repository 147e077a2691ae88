"""The admin of the plan, and of the joint meeting."""

from targets.admin import meetings, plan

__all__ = ["meetings", "plan"]
