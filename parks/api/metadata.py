"""What OPTIONS answers: the methods of an address, the same for everybody."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class AllowedMethods(BaseMetadata):
    """Nothing of a row or a form: those would be read, and asked for a serializer they may lack.

    What each method takes and gives stands in the description at `schema/`.
    """

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        return {"methods": list(view.allowed_methods)}
