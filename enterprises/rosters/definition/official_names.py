"""The reader's vocabulary, from the reference data in the database."""

from __future__ import annotations

from collections.abc import Iterator

from enterprises.models import Application, IpKind, PoolEntry, QualificationKind, TechField
from enterprises.models.application.course import CERTIFIED, CERTIFIED_WORD
from enterprises.rosters.definition.columns import LEAVES_POOL, LEAVES_POOL_WORD
from enterprises.rosters.definition.spelling import DATA
from enterprises.rosters.definition.vocabulary import Vocabulary, index_terms
from parks.models import Unit


def vocabulary() -> Vocabulary:
    """Every spelling of every park, town, technology field, kind, stage and right (four queries)."""
    parks, towns = [], []
    for unit in Unit.objects.reporting():
        # With the words by which the portal itself calls it, on pages and in exports.
        spellings = [*unit.aliases, unit.short_name, unit.told_apart, unit.answering_name]
        if unit.kind == Unit.Kind.PARK:
            parks.append((unit.code, [unit.name, unit.running_body], spellings))
        elif unit.kind == Unit.Kind.TOWN:
            towns.append((unit.code, [unit.name], spellings))
    fields = TechField.objects.all()
    kinds = QualificationKind.objects.all()
    return Vocabulary(
        parks=index_terms(parks),
        towns=index_terms(towns),
        fields=index_terms((field.code, [field.name], field.aliases) for field in fields),
        kinds=index_terms(
            (kind.code, [kind.name, kind.short_name], kind.aliases) for kind in kinds
        ),
        pool_stages=index_terms(_pool_words()),
        application_stages=index_terms(application_words()),
        ip_kinds=index_terms(
            (kind.code, [kind.name], kind.aliases) for kind in IpKind.objects.all()
        ),
    )


def _pool_words() -> Iterator[tuple[str, list[str], list[str]]]:
    for stage in PoolEntry.Stage:
        yield stage.value, [stage.label], [stage.label.removesuffix("库")]
    yield LEAVES_POOL, [LEAVES_POOL_WORD], ["出库", "已退库", "退出", "退出后备库"]


def application_words() -> Iterator[tuple[str, list[str], list[str]]]:
    """Also words that only official lists may say, and those that an application is not begun."""
    spellings = DATA["application_stages"]
    for stage in Application.Stage:
        yield stage.value, [stage.label], spellings[stage.value]
    yield CERTIFIED, [CERTIFIED_WORD], spellings[CERTIFIED]
    not_begun = spellings["not_begun"]
    # The code that stands for nothing: such a cell is as good as empty.
    yield "", not_begun[:1], not_begun[1:]
