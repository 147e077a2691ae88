"""What the portal writes of itself: a part of the settings."""

import os

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
"""Who shows it gets /metrics; without one there is no such page."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "jiangjin_portal.observing.lines.RequestFilter"}},
    "formatters": {
        "line": {
            # request: its number; person: the number of the account, never a name.
            "format": "%(asctime)s %(levelname)s %(name)s %(request)s %(person)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
