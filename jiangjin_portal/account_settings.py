"""Passwords, sessions and lock-outs: a part of the settings."""

import os

# --- passwords ------------------------------------------------------------------------------------
STRICT = bool(os.environ.get("DATABASE_URL"))
"""The rules of 等保 2.0 level 3 are on in the server mode, unless a setting says otherwise."""
PASSWORD_MAX_AGE_DAYS = int(os.environ.get("PASSWORD_MAX_AGE_DAYS", "90" if STRICT else "0"))
"""After so many days a password has to be changed; 0: never."""
FIRST_PASSWORD_DAYS = int(os.environ.get("FIRST_PASSWORD_DAYS", "14"))
"""So long a password that somebody else has given lets in."""
_PASSWORD_LENGTH = int(os.environ.get("PASSWORD_LENGTH", "10"))
_PASSWORD_KINDS = int(os.environ.get("PASSWORD_KINDS", "3"))
_PASSWORD_HISTORY = int(os.environ.get("PASSWORD_HISTORY", "5"))
_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "parks.accounts.rules.Length", "OPTIONS": {"least": _PASSWORD_LENGTH}},
    {"NAME": "parks.accounts.rules.KindsOfSigns", "OPTIONS": {"kinds": _PASSWORD_KINDS}},
    {"NAME": f"{_RULES}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}.CommonPasswordValidator"},
    {"NAME": "parks.accounts.rules.NoLocalWords"},
    {"NAME": "parks.accounts.rules.NotUsedBefore", "OPTIONS": {"last": _PASSWORD_HISTORY}},
]

# --- second factor --------------------------------------------------------------------------------
SECOND_FACTOR_ROLES = frozenset(
    os.environ.get("SECOND_FACTOR_ROLES", "bureau_admin" if STRICT else "")
    .replace(",", " ")
    .split()
)
"""Whoever has one of these roles sets up a second factor before anything else; others may."""

# --- sessions, lock-outs --------------------------------------------------------------------------
AXES_FAILURE_LIMIT = 5
AXES_HANDLER = "parks.accounts.lockouts.ScaledHandler"
AXES_COOLOFF_TIME = 0.5  # hours
AXES_CLIENT_IP_CALLABLE = "parks.security.client.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
LOGIN_LIMITS = (
    AXES_FAILURE_LIMIT,
    int(os.environ.get("LOGIN_LIMIT_NAME", "20")),
    int(os.environ.get("LOGIN_LIMIT_ADDRESS", "50")),
)
"""Wrong passwords that lock, in the order above: a name at an address, a name everywhere, an address
for every name. A few wrong guesses from elsewhere must not lock the person out, and an office may
share one address."""
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
# Behind TLS: a name that browsers take from this host alone, with the flag for TLS, for every path.
_HOST_ALONE = "__Host-" if os.environ.get("PORTAL_HTTPS") == "1" else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST_ALONE}sessionid", f"{_HOST_ALONE}csrftoken"
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_HOURS", "12")) * 3600
"""Seconds from the sign-in until the next one, however much is done meanwhile."""
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "30" if STRICT else "0"))
"""Without a click for so long one is signed out; 0: never."""
ACCOUNT_UNUSED_DAYS = int(os.environ.get("ACCOUNT_UNUSED_DAYS", "90"))
"""An account that nobody has used for so long is shown to administrators."""
ACCOUNT_DISABLE_DAYS = int(os.environ.get("ACCOUNT_DISABLE_DAYS", "180" if STRICT else "0"))
"""An account that nobody has used for so long is switched off at night; 0: none is."""
