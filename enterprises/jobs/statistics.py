"""Job: what the database's planner knows of the tables, made fresh each night."""

from __future__ import annotations

from typing import Any

from enterprises.jobs.queue import JobContext
from parks import table_statistics


def run(job: JobContext) -> dict[str, Any]:
    """Job handler. Each table is counted at once for all: nothing waits for the job's end."""
    return {"tables": table_statistics.refresh_all(job.beat)}
