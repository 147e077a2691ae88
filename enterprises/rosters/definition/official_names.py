"""The reader's vocabulary, from the reference data in the database."""

from __future__ import annotations

from enterprises.models import PoolEntry, QualificationKind, TechField
from enterprises.rosters.definition.vocabulary import Vocabulary, index_terms
from parks.models import Unit


def vocabulary() -> Vocabulary:
    """Every spelling of every park, town, technology field, kind and pool stage (three queries)."""
    parks, towns = [], []
    for unit in Unit.objects.reporting():
        if unit.kind == Unit.Kind.PARK:
            parks.append((unit.code, [unit.name, unit.running_body], unit.aliases))
        elif unit.kind == Unit.Kind.TOWN:
            towns.append((unit.code, [unit.name], unit.aliases))
    fields = TechField.objects.all()
    kinds = QualificationKind.objects.all()
    return Vocabulary(
        parks=index_terms(parks),
        towns=index_terms(towns),
        fields=index_terms((field.code, [field.name], field.aliases) for field in fields),
        kinds=index_terms(
            (kind.code, [kind.name, kind.short_name], kind.aliases) for kind in kinds
        ),
        pool_stages=index_terms((stage.value, [stage.label], []) for stage in PoolEntry.Stage),
    )
