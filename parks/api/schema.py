"""The OpenAPI description: what the views declare, and the one shape that every refusal has."""

from __future__ import annotations

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated

from parks.api.views import PROBLEM_JSON, PortalApi

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
REFUSAL = {
    "description": "未受理",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Generator(SchemaGenerator):
    """Adds to every operation the refusal, which no view has to declare."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        schema = super().get_schema(request, public)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for operations in schema["paths"].values():
            for operation in operations.values():
                # A default: an operation that describes its own refusals keeps them.
                operation["responses"].setdefault("default", REFUSAL)
        return schema


class Schema(SpectacularJSONAPIView):
    """The description as JSON, for those who may use the API."""

    permission_classes = [IsAuthenticated]
    generator_class = Generator

    def get_exception_handler(self) -> Any:
        return PortalApi.get_exception_handler(self)  # type: ignore[arg-type]
