"""Settings of both shapes: embedded (SQLite, file broker), server (DATABASE_URL, REDIS_URL)."""

import os
from pathlib import Path

import dj_database_url

from jiangjin_portal.account_settings import (  # noqa: F401 - settings, too
    ACCOUNT_DISABLE_DAYS,
    ACCOUNT_UNUSED_DAYS,
    AUTH_PASSWORD_VALIDATORS,
    AXES_CLIENT_IP_CALLABLE,
    AXES_COOLOFF_TIME,
    AXES_FAILURE_LIMIT,
    AXES_HANDLER,
    AXES_LOCKOUT_PARAMETERS,
    AXES_LOCKOUT_TEMPLATE,
    AXES_VERBOSE,
    CSRF_COOKIE_NAME,
    FIRST_PASSWORD_DAYS,
    LOGIN_LIMITS,
    PASSWORD_MAX_AGE_DAYS,
    SECOND_FACTOR_ROLES,
    SESSION_COOKIE_AGE,
    SESSION_COOKIE_NAME,
    SESSION_IDLE_MINUTES,
)
from jiangjin_portal.api_settings import (  # noqa: F401 - settings, too
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
)
from jiangjin_portal.home import open_home
from jiangjin_portal.job_kinds import (  # noqa: F401 - settings, too
    JOB_FOLLOW_UPS,
    JOB_HANDLERS,
    JOB_NIGHTLY,
    JOB_TRIALS,
)
from jiangjin_portal.log_settings import LOGGING, METRICS_TOKEN  # noqa: F401 - settings, too
from jiangjin_portal.safekeeping.retention import RetentionRule
from jiangjin_portal.secret_key import read_field_key, read_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = open_home(Path(os.environ.get("PORTAL_HOME", BASE_DIR / "var")))
"""Where this installation keeps its data: database, uploads, broker files, key."""


def _flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default) == "1"


SECRET_KEY = read_secret_key(HOME)
FIELD_KEY = read_field_key(HOME)
DEBUG = _flag("PORTAL_DEBUG")
SECURE = _flag("PORTAL_HTTPS")
"""Behind TLS: secure cookies, HSTS, trust the proxy's X-Forwarded-Proto."""
PORT = int(os.environ.get("PORT", "8000"))
# This machine alone unless somebody decides otherwise.
BIND = os.environ.get("PORTAL_BIND", "127.0.0.1")
"""Address that `make run` listens on; 0.0.0.0 opens it to the network (set ALLOWED_HOSTS, too)."""
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = list(filter(None, os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",")))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, for FORM_RENDERER
    "django_filters",
    "django_htmx",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "parks",
    "enterprises",
    "targets",
    "jiangjin_portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before sessions and sign-in: static files need neither, and the sign-in page has them too.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jiangjin_portal.observing.requests.observe",
    "jiangjin_portal.headers.keep_out_of_caches",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "parks.security.leaving.note_what_leaves",
    # Closed by default: a view that forgets to ask is still behind the sign-in.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After the messages, by which it says why.
    "jiangjin_portal.people.duties.see_to_duties",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, as Axes asks: it answers what the sign-in has left on the request.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "jiangjin_portal.urls"
WSGI_APPLICATION = "jiangjin_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parks.district.context",
            ],
        },
    }
]

FORM_RENDERER = "jiangjin_portal.rendering.PortalRenderer"

# --- database -----------------------------------------------------------------------------------
if url := os.environ.get("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    if "postgresql" in DATABASES["default"]["ENGINE"]:
        OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
        # The shortest there is: people wait for the sentence that says so.
        OPTIONS.setdefault("connect_timeout", 2)
        OPTIONS.setdefault(
            "options",
            "-c lock_timeout=20s -c idle_in_transaction_session_timeout=10min"
            # Compiling the long counting queries takes five times as long as running them.
            " -c jit=off",
        )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "portal.sqlite3"),
            "OPTIONS": {
                # IMMEDIATE: a writer waits its turn at BEGIN instead of failing in the middle.
                # Longer than a load that has to be prepared under the lock in the end keeps it:
                # 22 seconds of processor time, where it is otherwise two (docs/adr/0016).
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                # Recursive triggers: INSERT OR REPLACE would else delete past the guards of ledgers.
                " PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
            },
            # Tests use a file as well: a database in memory locks in another way.
            "TEST": {"NAME": str(HOME / "test.sqlite3")},
        }
    }
EMBEDDED = "sqlite" in DATABASES["default"]["ENGINE"]
MODE = "embedded mode: one machine, about 20 users" if EMBEDDED else "server mode: PostgreSQL"
DEMO = _flag("PORTAL_DEMO", "1" if EMBEDDED else "0")
"""Fill an empty database with a demo district, demo accounts and demo reports on the key tasks."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "parks.User"
AUTHENTICATION_BACKENDS = [
    # First: it refuses a locked-out name before any password is tried.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True

# --- language, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- static files, uploads ----------------------------------------------------------------------
STATIC_URL = "static/"
VENDOR_DIR = BASE_DIR / ".vendor"
"""ECharts, Bootstrap and icons, staged from the npm lockfile by `make setup`."""
STATICFILES_DIRS = [BASE_DIR / "static", *([VENDOR_DIR] if VENDOR_DIR.exists() else [])]
STATIC_ROOT = BASE_DIR / ".static"
MEDIA_ROOT = HOME / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o600
MAX_REGISTER_BYTES = 20_000_000
"""Largest register file accepted, as sent."""
MAX_ATTACHMENT_BYTES = 10_000_000
"""Largest file that may go with a report on a key task."""
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
"""host:port or path of a clamd; each received file is shown to it. Without one none is."""
UPLOAD_RESERVE_BYTES = int(os.environ.get("UPLOAD_RESERVE_MB", "200")) * 1_000_000
"""Room that files leave on the disk: where the database lies there too, people must be able to sign
in and to see what is full."""
MAX_UPLOAD_BYTES = 5 * MAX_REGISTER_BYTES
"""Largest request: all files of one upload together."""

# --- reading files: each in a child process of its own, killed when it goes beyond these --------
READER_MEMORY_BYTES = int(os.environ.get("READER_MEMORY_MB", "1024")) * 1024 * 1024
"""Address space. The largest list allowed needs a fifth of it, one with 200 columns a third."""
READER_CPU_SECONDS = int(os.environ.get("READER_CPU_SECONDS", "30"))
"""The largest file allowed takes about two."""
READER_WALL_SECONDS = float(os.environ.get("READER_WALL_SECONDS", "120"))
"""Longer than the processor time: a sound file on a busy machine must not be called hostile."""

# --- security -----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SECURE:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    # The health checks are asked inside the container, behind the TLS gateway.
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- jobs: the database is the queue of record, the broker only rings the bell ------------------
CELERY_BROKER_URL = os.environ.get("REDIS_URL") or "portalfs://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if CELERY_BROKER_URL.startswith("portalfs:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(HOME / "broker")}
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 1200,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
"""Keeps no file: what is due is decided by job rows, the scheduler only sweeps."""
# The message is only a bell; a bell that a dying worker had heard may ring again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# One at a time: a worker with a long job must not keep other bells to itself.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
JOB_BELL_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0}
"""Of the broker: how long a request that rings the bell waits for it."""

JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "60"))
JOB_SWEEP_SECONDS = int(os.environ.get("JOB_SWEEP_SECONDS", "10"))
JOB_MAX_ATTEMPTS = 3
WORKER_PATIENCE_SECONDS = float(os.environ.get("WORKER_PATIENCE_SECONDS", "120"))
"""Jobs wait and no worker holds one for this long: the supervisor restarts the workers."""

CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "enterprises.tasks.sweep",
        "schedule": float(JOB_SWEEP_SECONDS),
        "options": {"expires": JOB_SWEEP_SECONDS * 3},
    }
}

# --- backups: each night, proved, kept by the rule (docs/operations.md) -------------------------
BACKUP_NIGHTLY = _flag("BACKUP_NIGHTLY", "1")
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or HOME / "backups")
"""A disk of its own is better, another machine better still: see BACKUP_HOOK."""
BACKUP_RECIPIENTS = os.environ.get("BACKUP_RECIPIENTS", "").replace(",", " ").split()
"""Public keys (age1…) to which nightly backups are encrypted; without any they are not."""
BACKUP_HOOK = os.environ.get("BACKUP_HOOK", "")
"""A command that sends a backup elsewhere; it gets the path as its last argument."""
BACKUP_KEEP = RetentionRule(
    days=int(os.environ.get("BACKUP_KEEP_DAYS", "7")),
    weeks=int(os.environ.get("BACKUP_KEEP_WEEKS", "5")),
    months=int(os.environ.get("BACKUP_KEEP_MONTHS", "12")),
    upgrades=3,
)
BACKUP_LATE_HOURS = float(os.environ.get("BACKUP_LATE_HOURS", "30"))
"""Older than this, the last good backup is late: /readyz, the admin and administrators are told."""
VERIFY_AT_START = _flag("VERIFY_AT_START", "0" if "DATABASE_URL" in os.environ else "1")
"""One program on one machine checks its data each time it starts; a server does so each night."""

# --- e-mail: nothing is sent unless EMAIL_HOST names a server -----------------------------------
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "portal@localhost")
PORTAL_URL = os.environ.get("PORTAL_URL", "").rstrip("/")
"""Where people reach the portal (https://portal.example.gov.cn); links in mails begin with it."""
