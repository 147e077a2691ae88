"""Jobs: what is done in the background, with the database as the queue of record."""

from enterprises.jobs.alive import kept_alive
from enterprises.jobs.overtaken import Overtaken, until_it_holds
from enterprises.jobs.queue import (
    RUN_TASK,
    Commit,
    Handler,
    JobContext,
    LeaseLost,
    Params,
    Result,
    UserError,
    follow_up,
    nightly,
    ring,
    run,
    run_inline,
    run_next,
    submit,
)
from enterprises.jobs.sweeping import sweep

__all__ = [
    "RUN_TASK",
    "Commit",
    "Handler",
    "JobContext",
    "LeaseLost",
    "Overtaken",
    "Params",
    "Result",
    "UserError",
    "follow_up",
    "kept_alive",
    "nightly",
    "ring",
    "run",
    "run_inline",
    "run_next",
    "submit",
    "sweep",
    "until_it_holds",
]
