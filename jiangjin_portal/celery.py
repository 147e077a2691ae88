import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
# Before any connection is made: kombu knows transports by these names alone.
TRANSPORT_ALIASES["portalfs"] = "jiangjin_portal.fsbroker:Transport"

app = Celery("jiangjin_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
