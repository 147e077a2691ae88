"""How the API answers acts that the registry refused, or of which it asks to look once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response

from enterprises.refusal import Refusal
from enterprises.registry import ActsRefused
from parks.api.problems import PROBLEM_JSON, Declined, problem

UNCONFIRMED = "请核对。确需登记的，写明 reason，并以 confirmed=true 重新提交。"


def by_field(refused: ActsRefused) -> exceptions.ValidationError:
    """The objections, each at its field."""
    errors: dict[str, list[str]] = {}
    for error in refused.errors:
        errors.setdefault(error.field or "__all__", []).append(error.message)
    return exceptions.ValidationError(errors)


def second_look(doubts: Sequence[str], **more: Any) -> Response:
    """Nothing is written; told is what is doubtful, and `more` of what would come of it."""
    code = status.HTTP_422_UNPROCESSABLE_ENTITY
    told = problem(code, "second_look", "".join(doubts) + UNCONFIRMED) | {"title": "须再核对"}
    return Response(told | {"doubts": doubts} | more, status=code, content_type=PROBLEM_JSON)


def declined(refusal: Refusal) -> Declined:
    """400 for a mistake in the request, 409 where it does not fit how things stand."""
    is_mistake = refusal.code == "invalid"
    code = status.HTTP_400_BAD_REQUEST if is_mistake else status.HTTP_409_CONFLICT
    return Declined(refusal.message, refusal.code, code)
