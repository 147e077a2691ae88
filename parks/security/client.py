"""From where a request comes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

LONGEST_ADDRESS = 45
"""An IPv6 address with an IPv4 one in it; what is longer is none."""


def kept_address(request: HttpRequest) -> str:
    """As it is written into a table."""
    return client_address(request)[:LONGEST_ADDRESS]


def client_address(request: HttpRequest) -> str:
    """The address whose wrong passwords are counted together, and that the security log names."""
    # Behind the gateway that is the address the gateway appended last. What stands before it in
    # X-Forwarded-For, the client may have written itself.
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
