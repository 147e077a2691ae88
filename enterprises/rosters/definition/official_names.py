"""The reader's vocabulary, from the reference data in the database."""

from __future__ import annotations

from enterprises.models import PoolEntry, QualificationKind, TechField
from enterprises.rosters.definition.vocabulary import Vocabulary, terms
from parks.models import Unit


def vocabulary() -> Vocabulary:
    """Every spelling of every park, town, technology field, kind and pool stage (three queries)."""
    units = list(Unit.objects.reporting())
    kinds = QualificationKind.objects.all()
    return Vocabulary(
        parks=terms(
            (unit.code, [unit.name, unit.running_body], unit.aliases)
            for unit in units
            if unit.kind == "park"
        ),
        towns=terms(
            (unit.code, [unit.name], unit.aliases) for unit in units if unit.kind == "town"
        ),
        fields=terms(
            (field.code, [field.name], field.aliases) for field in TechField.objects.all()
        ),
        kinds=terms((kind.code, [kind.name, kind.short_name], kind.aliases) for kind in kinds),
        pool_stages=terms((stage.value, [stage.label], []) for stage in PoolEntry.Stage),
    )
