"""Sessions as a way into the API, refused in Chinese."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme
from rest_framework import authentication, exceptions, status
from rest_framework.request import Request


class CsrfFailed(exceptions.APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "csrf_failed"
    default_detail = "请求缺少有效的 CSRF 令牌：请带上 X-CSRFToken 请求头，或改用令牌登录。"


class SessionAuthentication(authentication.SessionAuthentication):
    """Django REST framework's, with a Chinese sentence where the CSRF token is missing."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            # With a code of its own: a program can tell it from a lack of rights.
            raise CsrfFailed from error


class SessionDescription(SessionScheme):
    """Named by class, not by subclass: the OpenAPI description would leave ours out."""

    target_class = "parks.api.authentication.SessionAuthentication"
    priority = 0
