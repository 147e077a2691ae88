"""The portal's own settings, with the jobs of scene.py beside its own."""

from jiangjin_portal.settings import *  # noqa: F403
from jiangjin_portal.settings import JOB_FOLLOW_UPS as FOLLOW_UPS
from jiangjin_portal.settings import JOB_HANDLERS as HANDLERS

JOB_HANDLERS = HANDLERS | {
    "stamp": "tests.enterprises.job_handlers.stamp",
    "slow": "tests.enterprises.job_handlers.slow",
    "killer": "tests.platform.scene.killer",
    "enter_firms": "tests.platform.scene.enter_firms",
}
JOB_FOLLOW_UPS = FOLLOW_UPS | {"enter_firms": ["recompute"]}
JOB_NIGHTLY = {}
