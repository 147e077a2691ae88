"""The shape of the house, read from the code: who may import whom, how long things may be, who may write facts."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from enterprises import jobs, models

FLOORS = {"parks": 1, "enterprises": 2, "targets": 3, "jiangjin_portal": 4}
BASE = Path(settings.BASE_DIR)
SOURCES = {
    str(path.relative_to(BASE)): path.read_text(encoding="utf-8")
    for app in FLOORS
    for path in sorted((BASE / app).rglob("*.py"))
    if "migrations" not in path.parts
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree_of(path: str) -> ast.Module:
    """Made when a test asks: every process of a run imports this module, one of them runs a test of it."""
    return ast.parse(SOURCES[path])


def each_file(breaches: Callable[[str], list[str]]) -> Callable[[], None]:
    """A test that runs the check on every source file and shows whatever it found, file by file."""

    def test() -> None:
        found = {path: breaches(path) for path in SOURCES}
        assert {path: what for path, what in found.items() if what} == {}

    test.__name__, test.__doc__ = breaches.__name__, breaches.__doc__
    return test


def floor(dotted: str) -> int:
    return FLOORS.get(dotted.split(".")[0].split("/")[0], 0)


def imported(tree: ast.AST) -> Iterator[str]:
    """Every imported name with its module, such as "django.db.models.F"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (
                f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names
            )


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def full_lines(source: str) -> int:
    return sum(bool(line.strip()) for line in source.splitlines())


def test_the_house_has_its_four_parts():
    assert len(SOURCES) > 60
    assert {path.split("/")[0] for path in SOURCES} == set(FLOORS)


@each_file
def test_imports_point_down_and_are_absolute(path):
    return [
        name
        for name in imported(tree_of(path))
        if name.startswith(".")
        or floor(name) > floor(path)
        or name.split(".")[0] in ("tests", "benchmarks")
    ]


@each_file
def test_nothing_is_imported_inside_a_function(path):
    return [function.name for function in functions(tree_of(path)) for _ in imported(function)]


@each_file
def test_no_signals(path):
    return [
        name
        for name in imported(tree_of(path))
        if "signals" in name.split(".") or "django.dispatch" in name
    ]


@each_file
def test_files_have_at_most_300_lines(path):
    return [str(full_lines(SOURCES[path]))] if full_lines(SOURCES[path]) > 300 else []


@each_file
def test_functions_have_at_most_50_lines(path):
    lines = SOURCES[path].splitlines()
    return [
        f.name
        for f in functions(tree_of(path))
        if full_lines("\n".join(lines[f.lineno - 1 : f.end_lineno])) > 50
    ]


def test_tests_are_short_too():
    long = {
        path.name: full_lines(path.read_text(encoding="utf-8"))
        for path in (BASE / "tests").rglob("*.py")
    }
    assert not {name: length for name, length in long.items() if length > 500}


@each_file
def test_there_is_no_drawer_for_odds_and_ends(path):
    drawers = {"utils", "util", "common", "helpers", "misc", "signals"}
    return sorted(drawers & set(Path(path).with_suffix("").parts))


@pytest.mark.parametrize("app", [app for app in FLOORS if app != "jiangjin_portal"])
def test_foreign_keys_point_down(app):
    relations = [
        (str(field), field.related_model._meta.app_label)
        for model in apps.get_app_config(app).get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.is_relation
    ]
    assert not [pair for pair in relations if FLOORS.get(pair[1], 0) > FLOORS[app]]


@each_file
def test_functions_say_what_types_they_take_and_give(path):
    bare = []
    for function in functions(tree_of(path)):
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        untyped = [
            a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")
        ]
        bare += (
            [f"{function.name}({', '.join(untyped)})"]
            if untyped or function.returns is None
            else []
        )
    return bare


# --- rooms and names ----------------------------------------------------------------------------
PER_THOUSAND_LINES = {"conditional expressions": 18, "comprehensions": 40, "long lines": 10}
"""At most so many: code that a reader takes in at once."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def test_no_folder_holds_more_than_20_modules():
    folders = Counter(Path(path).parent for path in SOURCES if not path.endswith("__init__.py"))
    assert {str(folder): number for folder, number in folders.items() if number > 20} == {}


@each_file
def test_no_conditional_expression_stands_inside_another(path):
    return [
        str(node.lineno)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.IfExp)
        and any(isinstance(part, ast.IfExp) for part in (node.test, node.body, node.orelse))
    ]


@each_file
def test_no_function_is_called_just_of(path):
    return [node.name for node in tree_of(path).body if getattr(node, "name", "") == "of"]


def test_one_class_name_means_one_thing():
    places = defaultdict(set)
    for path in SOURCES:
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
    del places["Command"]  # the name that Django wants for every management command
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_code_is_not_squeezed():
    counts, total = Counter(), 0
    for path in SOURCES:
        lines = [line for line in SOURCES[path].splitlines() if line.strip()]
        total += len(lines)
        counts["long lines"] += sum(len(line) > 100 for line in lines)
        nodes = list(ast.walk(tree_of(path)))
        counts["conditional expressions"] += sum(isinstance(node, ast.IfExp) for node in nodes)
        counts["comprehensions"] += sum(isinstance(node, COMPREHENSIONS) for node in nodes)
    too_many = {
        what: round(counts[what] * 1000 / total, 1)
        for what, most in PER_THOUSAND_LINES.items()
        if counts[what] * 1000 > most * total
    }
    assert too_many == {}


# --- who writes facts -------------------------------------------------------------------------------------------
FACTS = {
    "Enterprise",
    "FormerName",
    "Placement",
    "Closure",
    "Qualification",
    "YearlyFigures",
    "PoolEntry",
    "Incident",
    "DeclinedAdvice",
    "FirmOwner",
    "DutyDone",
    "IpItem",
    "Application",
    "LedgerEntry",
}
RELATED = {
    "former_names",
    "placements",
    "closures",
    "qualifications",
    "yearly_figures",
    "pool_entries",
    "incidents",
    "declined_advice",
    "owners",
    "duties_done",
    "ip_items",
}
RELATED |= {"applications", "ledger"}
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "save",
    "add",
}
WRITES |= {"set", "_raw_delete"}
WRITERS = {"enterprises/registry/working_copy.py", "enterprises/registry/door.py"}


def chain(node: ast.AST) -> list[str]:
    """Names along a call chain: Placement.objects.filter().update → ["Placement", "objects", "filter", "update"]."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*chain(node.value), node.attr]
    if isinstance(node, ast.Call):
        return chain(node.func)
    return []


def fact_writes(tree: ast.AST) -> list[str]:
    calls = [chain(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        ".".join(names)
        for names in calls
        if names and names[-1] in WRITES and (FACTS & set(names[:-1]) or RELATED & set(names[:-1]))
    ]


@each_file
def test_only_the_registry_writes_facts(path):
    return [] if path in WRITERS else fact_writes(tree_of(path))


RECORDS = {"Record", "RecordEntry", "RecordLevel"}


@each_file
def test_only_the_door_of_the_registers_writes_records(path):
    calls = [chain(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    found = [names for names in calls if names[-1:] and names[-1] in WRITES]
    found = [".".join(names) for names in found if RECORDS & set(names[:-1])]
    return [] if path == "enterprises/records/door.py" else found


@each_file
def test_rows_are_saved_one_by_one_only_where_they_are_no_facts(path):
    """`row.save()` hides its model from a reader of the code, so the places are listed."""
    known = {
        "enterprises/models/enterprise.py": {"super.save"},
        "enterprises/models/quarter_event.py": {"super.save"},
        "enterprises/loading/storage.py": {"source.save"},
        "enterprises/rosters/writing/cells_out.py": {"book.save"},
        "targets/bulletin/workbook.py": {"book.save"},
        "targets/bulletin/template.py": {"document.save"},
        "targets/bulletin/template_before.py": {"document.save"},
        "targets/word_templates/filling.py": {"document.save"},
        "targets/application_plan/document.py": {"document.save"},
        "enterprises/rosters/writing/list_file.py": {"book.save"},
        "targets/figures/spans.py": {"row.save"},
        # What a list is, and what became of it; its words are facts only once the registry wrote them.
        "enterprises/announcements/intake.py": {"announcement.save"},
        "enterprises/announcements/writing.py": {"announcement.save"},
        "enterprises/announcements/web/forms.py": {"announcement.save"},
        "enterprises/announcements/web/views.py": {"found.save"},
        "targets/assessment/keeping.py": {"item.save", "locked.save"},
        "targets/calendar/registering.py": {"batch.save"},
        "targets/meetings/keeping.py": {"item.save", "locked.save"},
        "targets/meetings/papers.py": {"document.save"},
        "targets/meetings/steps.py": {"step.save"},
        "enterprises/demo/past_rosters.py": {"version.save"},
        "enterprises/bulk/runs.py": {"locked.save", "run.save"},
        "enterprises/bulk/views.py": {"found.save"},
        "enterprises/bulk/taking_back.py": {"locked.save"},
        # A release and what it was asked for by are papers about the facts, guarded by triggers.
        "targets/releases/proposals.py": {"proposal.save"},
        "targets/releases/publishing.py": {"release.save"},
    }
    calls = {
        ".".join(chain(node.func)) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)
    }
    return sorted({call for call in calls if call.endswith(".save")} - known.get(path, set()))


def test_the_list_of_facts_is_complete():
    no_facts = {
        "Job",
        "KindTerm",
        "LedgerHead",
        "Notice",
        "QualificationKind",
        "SourceFile",
        "TechField",
    }
    no_facts |= {
        "Case",
        "ColumnMapping",
        "Office",
        "LockException",
        "Quarter",
        "Remark",
        "Reminder",
    }
    no_facts |= {"Announcement", "AnnouncementLine", "NameChoice"}
    no_facts |= {"Agency", "AgencyEvent", "AgencyReply", "AgencySpelling", "RejectionReason"}
    no_facts |= {"BulkRun", "FollowUpRule", "Talk", "TalkKind", "UnitContact"}
    no_facts |= {"YearlyDuty", "DutyReminder", "IpKind", "IpClassRule", "RuleSet"}
    no_facts |= {"JudgementMark", "KeptJudgement", "ReviewReminder"}
    no_facts |= {"RecordField", "RecordKind"} | RECORDS
    no_facts |= {"QuarterEvent", "QuarterRule", "ReminderRule"}
    no_facts |= {"Roster", "RosterFirm", "RosterProblem", "RosterVersion"}
    assert FACTS | no_facts == {
        model.__name__ for model in apps.get_app_config("enterprises").get_models()
    }
    assert set(models.__all__) >= FACTS


def test_the_fact_check_sees_what_it_shall_see():
    seen = "Placement.objects.filter(pk=1).update(until=None)\nfirm.placements.create()\nJob.objects.create()"
    assert fact_writes(ast.parse(seen)) == [
        "Placement.objects.filter.update",
        "firm.placements.create",
    ]


# --- names in settings ----------------------------------------------------------------------------------------------
def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled | {jobs.RUN_TASK} <= set(current_app.tasks)


def test_every_kind_of_job_has_a_handler_and_a_name():
    assert all(callable(import_string(path)) for path in settings.JOB_HANDLERS.values())
    named = set(settings.JOB_FOLLOW_UPS) | set(settings.JOB_NIGHTLY)
    named |= {kind for kinds in settings.JOB_FOLLOW_UPS.values() for kind in kinds}
    assert named <= set(settings.JOB_HANDLERS) == set(models.job.KIND_LABELS)
