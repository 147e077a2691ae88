import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
# Else each worker and the scheduler load every page before they begin; `make lint` runs the checks.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
# Before any connection is made: kombu knows transports by these names alone.
TRANSPORT_ALIASES["portalfs"] = "jiangjin_portal.fsbroker:Transport"

app = Celery("jiangjin_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
