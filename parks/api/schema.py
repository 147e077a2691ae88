"""The OpenAPI description as an answer: what the views declare, and what all of them share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated

from parks.api.description import HEADERS, PROBLEM
from parks.api.views import PortalApi


class Generator(SchemaGenerator):
    """Adds the parts that every operation refers to."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        schema = super().get_schema(request, public)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        schema["components"]["headers"] = HEADERS
        _say_anything(schema)
        return schema


def _say_anything(node: Any) -> None:
    """Where the values of an object are free, say so: an empty schema reads as if forgotten."""
    if isinstance(node, dict):
        if node.get("additionalProperties") == {}:
            node["additionalProperties"] = True
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            _say_anything(part)


class Schema(SpectacularJSONAPIView):
    """The description as JSON, for those who may use the API."""

    permission_classes = [IsAuthenticated]
    generator_class = Generator

    def get_exception_handler(self) -> Any:
        return PortalApi.get_exception_handler(self)  # type: ignore[arg-type]
