"""Requests that may be sent again: the same Idempotency-Key gives the same answer, effects once.

The key is inserted before anything is done; a request that cannot insert it is a repetition.
Effects and answer are committed in one transaction, so no crash leaves one without the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.conditional import HEADER as IF_MATCH
from parks.api.problems import PROBLEM_JSON
from parks.api.views import PortalApi
from parks.models import IdempotencyKey, User

HEADER, REPLAY = "Idempotency-Key", "Idempotent-Replay"
KEPT = dt.timedelta(days=2)
ABANDONED = dt.timedelta(minutes=5)
"""A key that has had no answer for so long belongs to a run that died, and may be taken over."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

DESCRIBED = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="发送方自拟的键（如 UUID）。同键同请求得到同一回答，只办理一次；保留48小时",
)
Method = Callable[..., Response]


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "这个幂等键已用于另一个请求，请换一个。"


class StillRunning(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "idempotency_key_running"
    default_detail = "同一请求正在办理，请稍后再试。"
    wait = 1


class TakenOver(Exception):
    """Another run has the key now: what this one did is rolled back."""


def idempotent(method: Method) -> Method:
    """A decorator for API methods that change something. Without the header they run as they are.

    Refusals (4xx) are answers like any other. After a failure of the server (5xx) the key is free
    again.
    """

    @wraps(method)
    def run_once(view: PortalApi, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        # Before the method, in a transaction of its own: a repetition must see it at once.
        claim = _claim_key(request, key)
        if claim.status is not None:
            return _replay_answer(claim)
        try:
            with transaction.atomic():
                response = _answer_or_refusal(view, lambda: method(view, request, *args, **kwargs))
                _store_answer(claim, response)
        except TakenOver:
            raise StillRunning from None
        except BaseException:
            # Also when the process is told to stop: the sender may try again at once.
            IdempotencyKey.objects.filter(pk=claim.pk, owner=claim.owner, status=None).delete()
            raise
        return response

    run_once.is_idempotent = True  # type: ignore[attr-defined]
    return run_once


def _answer_or_refusal(view: PortalApi, run: Callable[[], Response]) -> Response:
    """The method's answer, or its refusal after everything it did is rolled back."""
    try:
        with transaction.atomic():
            return run()
    except Exception as error:
        response = cast(Response, view.handle_exception(error))
        if response.status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
            raise
        # As the framework marks its own refusals.
        response.exception = True
        return response


# --- the key ------------------------------------------------------------------------------------
def _claim_key(request: Request, key: str) -> IdempotencyKey:
    """The key, ours to work under, or with the answer it once got (then `status` is set)."""
    if not _KEY.fullmatch(key):
        raise exceptions.ValidationError({HEADER: ["应为1至255个可见的ASCII字符，不含空格。"]})
    user = cast(User, request.user)
    now = timezone.now()
    # Every new key clears away the old ones, so no job has to.
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    new = IdempotencyKey(
        user=user,
        key=key,
        action=f"{request.method} {request.get_full_path()}"[:300],
        fingerprint=request_fingerprint(request),
        owner=secrets.token_hex(16),
        created_at=now,
    )
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.bulk_create([new])[0]
    except IntegrityError:
        return _earlier_key(new)


def _earlier_key(new: IdempotencyKey) -> IdempotencyKey:
    """The key that is there already: with its answer, or taken over from a run that died."""
    earlier = IdempotencyKey.objects.filter(user=new.user, key=new.key).first()
    # A failed run has freed it since the insertion was tried.
    if earlier is None:
        raise StillRunning
    # The same key for something else is a mistake of the sender: it must not get the old answer.
    if earlier.fingerprint != new.fingerprint:
        raise KeyReused
    if earlier.status is not None:
        return earlier
    if earlier.created_at > new.created_at - ABANDONED:
        raise StillRunning
    # Of several repetitions that find it abandoned, one takes it over.
    abandoned = IdempotencyKey.objects.filter(pk=earlier.pk, owner=earlier.owner, status=None)
    if not abandoned.update(owner=new.owner, created_at=new.created_at):
        raise StillRunning
    earlier.owner = new.owner
    return earlier


def _store_answer(claim: IdempotencyKey, response: Response) -> None:
    body = json.loads(JSONRenderer().render(response.data) or "null")
    answer = {
        "status": response.status_code,
        "body": body,
        "location": response.headers.get("Location", ""),
    }
    ours = IdempotencyKey.objects.filter(pk=claim.pk, owner=claim.owner, status=None)
    # Checked last, inside the transaction: whoever took the key over decides alone.
    if not ours.update(**answer):
        raise TakenOver


def _replay_answer(claim: IdempotencyKey) -> Response:
    headers = {REPLAY: "true"}
    if claim.location:
        headers["Location"] = claim.location
    is_refusal = cast(int, claim.status) >= status.HTTP_400_BAD_REQUEST
    content_type = PROBLEM_JSON if is_refusal else None
    return Response(claim.body, claim.status, headers=headers, content_type=content_type)


def request_fingerprint(request: Request) -> str:
    """sha256 of what the request asks for, however it is encoded.

    That is: address, condition, fields, and files by name and bytes.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    # On another condition it is another request: its answer may be the other one.
    if IF_MATCH in request.headers:
        digest.update(f"{IF_MATCH} {request.headers[IF_MATCH]}\n".encode())
    # A JSON body; forms and uploads arrive as a QueryDict.
    if not isinstance(request.data, QueryDict):
        digest.update(json.dumps(request.data, sort_keys=True).encode())
        return digest.hexdigest()
    # Sorted: the order of fields in a form says nothing, and a repetition may send another one.
    for name, values in sorted(request.data.lists()):
        for value in values:
            file = value if isinstance(value, UploadedFile) else None
            digest.update(json.dumps([name, file.name if file else value, bool(file)]).encode())
            if file:
                digest.update(_sha256_of(file))
    return digest.hexdigest()


def _sha256_of(file: UploadedFile) -> bytes:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    # The view reads the file again.
    file.seek(0)
    return digest.digest()
