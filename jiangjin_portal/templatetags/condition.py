"""The state of the backups, for pages of administrators."""

from django import template

from jiangjin_portal.condition.backups import LastBackup, last_backup

register = template.Library()


@register.simple_tag(name="last_backup")
def backup_of_now() -> LastBackup:
    return last_backup()
