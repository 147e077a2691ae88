"""What a sealed book is: its rows, and which of their columns a seal covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet


class PassingRows:
    """Rows on their way into a digest: how many have passed, and the key of the last one."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = rows
        self.count = self.last = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            self.count += 1
            self.last = row[0]
            yield row


@dataclass(frozen=True)
class SealedTable:
    """`name`: the key of its row in SealedBook. `forms`: number → columns; the last is used now.

    The first column of every form is the key.

    A form is never changed, for seals were made with it: a further column needs a further form.
    """

    name: str
    title: str
    model: type[Model]
    forms: Mapping[int, Sequence[str]]

    @property
    def form(self) -> int:
        return max(self.forms)

    def rows(self, form: int, *, after: int, until: int | None = None) -> QuerySet[Any, Any]:
        """The columns of the form, of the rows with later keys, as they lie in the database."""
        found = self.model._default_manager.filter(pk__gt=after)
        if until is not None:
            found = found.filter(pk__lte=until)
        return found.order_by("pk").values_list(*self.forms[form])
