"""The three addresses of a list's bulk changes."""

from __future__ import annotations

from django.urls import URLPattern, path

from enterprises.bulk import views
from enterprises.bulk.desk import BulkDesk


def paths(desk: BulkDesk, prefix: str) -> list[URLPattern]:
    """`prefix`: the list's own address, such as "renewals/"."""
    told = {"desk": desk}
    return [
        path(f"{prefix}bulk/", views.start, told, name=desk.route),
        path(f"{prefix}bulk/<int:pk>/", views.run, told, name=desk.run_route),
        path(f"{prefix}bulk/<int:pk>/undo/", views.undo, told, name=desk.undo_route),
    ]
