"""How an operation of the API is described: by what its view says, and by rules that hold for all.

The rules: which refusals an operation may answer with, which headers come with an answer, and which
types its filters have. A view declares none of these.
"""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema as LibrarySchema
from rest_framework.permissions import SAFE_METHODS, AllowAny

from parks.api.problems import PROBLEM_JSON, TITLES

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": TEXT | {"description": "about:blank：类别由 status 和 code 表明"},
        "title": TEXT | {"description": "status 的中文名称"},
        "status": {"type": "integer"},
        "code": TEXT | {"description": "稳定的错误代码"},
        "detail": TEXT | {"description": "中文说明"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": TEXT},
            "description": "参数 → 说明",
        },
    },
}
PROBLEM_CONTENT = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSAL = {"description": "未受理", "content": PROBLEM_CONTENT}
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "所答内容的版本", "schema": TEXT},
    "Location": {"description": "所建立或受理的内容的地址", "schema": TEXT | {"format": "uri"}},
    "Idempotent-Replay": {
        "description": "true：此前同键请求的回答，没有再次办理",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "多少秒后再试", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "登录方式", "schema": TEXT},
}
REPLAY, NOT_MODIFIED = "Idempotent-Replay", "304"


class AutoSchema(LibrarySchema):
    """The library's, with what all our views have in common."""

    def _get_serializer_name(self, serializer: Any, *args: Any, **kwargs: Any) -> str:
        # A request's serializer is called so: said twice, it would be in every client.
        name: str = super()._get_serializer_name(serializer, *args, **kwargs)
        return f"{name.removesuffix('RequestRequest')}Request" if "RequestRequest" in name else name

    def map_parsers(self) -> list[Any]:
        # One way to send a body: clients are generated from it. Forms are taken all the same.
        parsers = super().map_parsers()
        return [kind for kind in parsers if kind == "application/json"] or parsers

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            responses = operation["responses"]
            own = {int(status) for status in responses if status.isdigit() and status >= "400"}
            for status in sorted(self._refusals() | own):
                # A refusal that the view gives a shape of its own keeps it.
                if "content" not in responses.get(str(status), {}):
                    described = {"description": TITLES[status], "content": PROBLEM_CONTENT}
                    responses[str(status)] = described
            if self._says("is_revalidated"):
                responses[NOT_MODIFIED] = {"description": "与 If-None-Match 所示的相同"}
            responses["default"] = REFUSAL
            self._add_headers(responses)
            operation["responses"] = dict(sorted(responses.items()))
        return operation

    def _refusals(self) -> set[int]:
        # A wrong parameter, a type of answer that is not offered, a failure.
        statuses = {400, 406, 500}
        is_open = any(isinstance(one, AllowAny) for one in self.view.get_permissions())
        # Without a person, it is guesses that are refused.
        statuses |= {429} if is_open else {401, 403}
        if "{" in self.path:
            statuses |= {404}
        if self.method not in SAFE_METHODS:
            # A body too large or of another type; a condition that does not hold.
            statuses |= {412, 413, 415}
        if self._says("is_idempotent"):
            statuses |= {409, 422, 503}
        return statuses

    def _add_headers(self, responses: dict[str, Any]) -> None:
        for status, answer in responses.items():
            names = {"401": ["WWW-Authenticate"], "409": ["Retry-After"], "429": ["Retry-After"]}
            sent = names.get(status, [])
            is_success = status.startswith("2")
            if self._says("sends_etag") and (is_success or status == NOT_MODIFIED):
                sent = [*sent, "ETag"]
            if status in ("201", "202"):
                sent = [*sent, "Location"]
            if self._says("is_idempotent") and status != NOT_MODIFIED:
                sent = [*sent, REPLAY]
            if sent:
                refs = {name: {"$ref": f"#/components/headers/{name}"} for name in sent}
                responses[status] = {**answer, "headers": refs}

    def _says(self, mark: str) -> bool:
        """Whether a decorator has left this mark on the view's method."""
        name = getattr(self.view, "action", None) or self.method.lower()
        return bool(getattr(getattr(self.view, name, None), mark, False))


class StrictFilters(DjangoFilterExtension):
    """The parameters of a filter set, with the limits that its fields hold them to."""

    target_class = "parks.api.views.StrictFilterBackend"
    priority = 1

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, name: str, filter_field: Any
    ) -> list[dict[str, Any]]:
        described: list[dict[str, Any]] = super().resolve_filter_field(
            auto_schema, model, filterset_class, name, filter_field
        )
        limits = {"max_length": "maxLength", "min_value": "minimum", "max_value": "maximum"}
        for parameter in described:
            if filter_field.field_class is forms.IntegerField:
                parameter["schema"] |= {"type": "integer"}
            for extra, word in limits.items():
                if extra in filter_field.extra:
                    parameter["schema"][word] = filter_field.extra[extra]
        return described

    def _get_filter_method_hint(self, filter_method: Any) -> Any:
        hint = super()._get_filter_method_hint(filter_method)
        # "Any" says nothing of the parameter: then the kind of filter does.
        return super()._get_filter_method_hint(None) if hint is Any else hint

    def _get_schema_from_model_field(self, auto_schema: Any, filter_field: Any, model: Any) -> Any:
        # Choices that are read when they are needed are codes, of whatever they are.
        if callable(filter_field.extra.get("choices")):
            return dict(TEXT)
        return super()._get_schema_from_model_field(auto_schema, filter_field, model)
