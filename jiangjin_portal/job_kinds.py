"""Kinds of background jobs: who does them, what follows, which come each night.

A part of the settings.
"""

JOB_HANDLERS = {
    "recompute": "targets.recompute.run",
    "load": "enterprises.loading.register_job.run",
    "check": "enterprises.loading.register_job.run",
    "record_check": "enterprises.records.loading.run",
    "record_load": "enterprises.records.loading.run",
    "announcement_read": "enterprises.announcements.intake.run",
    "roster_check": "enterprises.reporting.checking.run",
    "roster_dry_run": "enterprises.reporting.rehearsal.run",
    "roster_apply": "enterprises.reporting.applying.run",
    "reminders": "enterprises.reporting.reminders.run",
    "task_reminders": "targets.key_tasks.reminders.run",
    "renewal_reminders": "targets.renewals.reminders.run",
    "talk_reminders": "enterprises.firms.talks.reminders.run",
    "duty_reminders": "targets.duties.reminders.run",
    "pool_reminders": "targets.pool.reminders.run",
    "decision_reminders": "targets.meetings.chasing.run",
    "seal": "jiangjin_portal.sealed_books.run",
    "backup": "jiangjin_portal.safekeeping.nightly.run",
    "verify": "jiangjin_portal.safekeeping.nightly.check",
    "accounts": "jiangjin_portal.people.unused.run",
    "statistics": "enterprises.jobs.statistics.run",
    "mail": "enterprises.notices.sending.send_mails",
}
"""Kind → the function that does it."""

JOB_TRIALS = ["roster_dry_run"]
"""What only tries something out waits until nothing else does."""

JOB_FOLLOW_UPS = {"load": ["recompute"], "roster_apply": ["recompute"]}
"""A finished job of the left kind queues jobs of the right kinds in the same transaction."""

JOB_NIGHTLY = dict(
    seal="00:05",
    # Before the count of the night, which it would hold up; what is counted can be counted anew.
    backup="01:00",
    accounts="00:30",
    recompute="02:00",
    statistics="03:00",
    reminders="08:30",
    task_reminders="08:40",
    renewal_reminders="08:50",
    talk_reminders="08:20",
    duty_reminders="09:00",
    pool_reminders="09:10",
    decision_reminders="09:20",
)
"""Kind → local time of day from which that day's run is due."""
