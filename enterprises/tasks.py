"""What the broker may wake a worker for. Both tasks may come late, twice or never without harm."""

from celery import shared_task

from enterprises import jobs


@shared_task(name=jobs.RUN_TASK)
def run_job(job_id: int) -> None:
    jobs.run_next(job_id)


@shared_task(name="enterprises.tasks.sweep")
def sweep() -> None:
    jobs.sweep()
