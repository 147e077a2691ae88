import os

# NumPy adds up distributions and solves no equations: the threads of its linear algebra would only stand by, and the
# supervisor forks. Before anything imports it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from jiangjin_portal.celery import app as celery_app

__all__ = ["celery_app"]
