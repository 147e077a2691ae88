"""Order in the house: no page unused, nothing fetched from elsewhere, every setting explained."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory

from jiangjin_portal import home
from tests.test_architecture import FACTS

BASE = Path(settings.BASE_DIR)
OUR_APPS = ("parks", "enterprises", "targets")
DERIVED = ["Span", "SpanMark", "KnownDay", "MonthlySeries", "Job", "LedgerHead", "SourceFile"]
DERIVED += ["Release", "FrozenFigure", "FrozenSpan", "BulletinTemplate", "Expectation"]
DERIVED += [
    "Quarter",
    "LockException",
    "Reminder",
    "Roster",
    "RosterVersion",
    "RosterFirm",
    "RosterProblem",
]
DERIVED += [
    "Remark",
    "Case",
    "Announcement",
    "Talk",
    "AnnouncementLine",
    "Notice",
    "GoalRevision",
    "UnitGoal",
    "TaskProgress",
    "TaskFile",
    "TaskReminder",
]
DERIVED += ["Meeting", "AgendaItem", "Decision", "DecisionStep", "DecisionReminder", "StepFile"]
ON_PAGES_OF_THEIR_OWN = {"SecurityEvent", "Seal", "SealedBook", "OpenSession", "UsedPassword"} | {
    "SecondFactor",
    "RecoveryCode",
}
"""The security log is the auditor's, sessions and passwords are each person's own."""
KEPT_BY_FRAMEWORKS = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "base.html"}
"""Found by Django by their names."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [BASE / name for name in listed.stdout.split("\0") if name and (BASE / name).is_file()]


def texts(*folders: str, endings: tuple[str, ...]) -> dict[str, str]:
    found = [
        path
        for folder in folders
        for path in sorted((BASE / folder).rglob("*"))
        if path.suffix in endings
    ]
    return {str(path.relative_to(BASE)): path.read_text(encoding="utf-8") for path in found}


def test_the_repository_holds_nothing_of_an_installation():
    """A key that everybody can read signs sessions for everybody."""
    kept = {home.DATABASE, home.UPLOADS, home.KEY, home.ACCOUNTS, home.BROKER, home.STATE}
    assert not [path for path in tracked() if kept & set(path.relative_to(BASE).parts)]


TEMPLATES = texts("templates", endings=(".html", ".txt", ".js"))
PAGES = TEMPLATES | texts("static", endings=(".js", ".css", ".svg"))
CODE = texts(*OUR_APPS, "jiangjin_portal", endings=(".py",))


def test_every_template_is_used():
    unused = []
    for path in TEMPLATES:
        name = path.removeprefix("templates/")
        elsewhere = "".join(text for other, text in (CODE | TEMPLATES).items() if other != path)
        by_django = name in KEPT_BY_FRAMEWORKS or name.startswith(("registration/", "admin/"))
        if not by_django and f'"{name}"' not in elsewhere and f"'{name}'" not in elsewhere:
            unused.append(name)
    assert not unused


def test_how_a_number_is_written_is_said_once():
    """Thousands set apart and zeros left out: `parks/numbers.py`."""
    written = re.compile(r""":[+]?,(?:\.\d+f)?}|\.normalize\(\)|rstrip\(["']0["']\)""")
    by_itself = {"parks/numbers.py", "enterprises/rosters/reading/formats/number_format.py"}
    found = {path: written.findall(text) for path, text in CODE.items() if path not in by_itself}
    assert {path: what for path, what in found.items() if what} == {}


def test_nothing_is_called_safe_by_hand():
    """Everything that a page shows is escaped where it stands (ASVS 1.2.1)."""
    by_hand = re.compile(r"mark_safe|SafeString\([^\"]|\|\s*safe\b|autoescape off|__html__")
    found = {path: by_hand.findall(text) for path, text in (CODE | TEMPLATES).items()}
    assert {path: what for path, what in found.items() if what} == {}


def test_no_template_line_is_longer_than_160_characters():
    long = [
        f"{path}:{number}"
        for path, text in PAGES.items()
        if not path.endswith(".svg")
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > 160
    ]
    assert not long


def test_no_template_compares_with_a_string():
    """The enum, the model or the page object answers: a word, an icon or a boolean."""
    tag = re.compile(r"{% *(?:if|elif)\b.*?%}")
    compared = re.compile(r"""(?:==|!=|\bin) *["']|["'] *(?:==|!=|in\b|not\b)""")
    found = [
        f"{path}: {condition}"
        for path, text in TEMPLATES.items()
        for condition in tag.findall(text)
        if compared.search(condition)
    ]
    assert not found


def test_nothing_is_fetched_from_elsewhere():
    address = re.compile(
        r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}[^\s"'<>)]*""", re.IGNORECASE
    )
    assert {path: found for path, text in PAGES.items() if (found := address.findall(text))} == {}


def test_no_script_and_no_style_stands_inside_a_page():
    """The content security policy would refuse them without a word."""
    inside = re.compile(
        r"""<script(?![^>]*\b(?:src=|type=.application/json))|<style\b|\sstyle=|\son[a-z]+=|href=.javascript:"""
    )
    assert {
        path: found for path, text in TEMPLATES.items() if (found := inside.findall(text))
    } == {}


def test_every_model_is_in_the_admin():
    missing = {
        model.__name__ for app in OUR_APPS for model in apps.get_app_config(app).get_models()
    } - {model.__name__ for model in admin.site._registry}  # fmt: skip
    inlined = {
        inline.model.__name__ for entry in admin.site._registry.values() for inline in entry.inlines
    }
    assert missing <= inlined | ON_PAGES_OF_THEIR_OWN


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*sorted(FACTS), *DERIVED])
def test_the_admin_only_shows_what_the_registry_and_the_machine_write(people, name):
    request = RequestFactory().get("/admin/")
    request.user = people["安安"]
    entries = [
        (model, entry) for model, entry in admin.site._registry.items() if model.__name__ == name
    ]
    for _, entry in entries:
        assert not entry.has_add_permission(request)
        assert not entry.has_change_permission(request)
        assert not entry.has_delete_permission(request)
    inlines = [
        i
        for entry in admin.site._registry.values()
        for i in entry.inlines
        if i.model.__name__ == name
    ]
    for inline in inlines:
        assert not inline(inline.model, admin.site).has_change_permission(request)
    assert entries or inlines


def test_operations_explain_every_environment_variable():
    read = r"""(?:environ\.get\(|environ\[|_flag\(|getenv\()\s*["']([A-Z_]+)["']"""
    variables = {name for text in CODE.values() for name in re.findall(read, text)}
    explained = set(
        re.findall(r"`([A-Z_]+)`", (BASE / "docs/operations.md").read_text(encoding="utf-8"))
    )
    assert len(variables) > 8
    assert variables - explained - {"DJANGO_SETTINGS_MODULE", "PATH", "HOME"} == set()


def test_no_tracked_file_names_a_machine():
    """Paths of somebody's computer and addresses of somebody's package mirror."""
    machine = re.compile(
        r"(?<![\w}])/(?:home|root|work|Users)/[\w.]+|(?:index-url|registry|trusted-host)[=\s]+https?://"
    )
    found = []
    for path in tracked():
        if path.suffix in (".png", ".xls", ".xlsx", ".woff2", ".ico") or path == Path(__file__):
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            if machine.search(line):
                found.append(f"{path.relative_to(BASE)}:{number}: {line.strip()[:90]}")
    assert not found


def test_every_direct_dependency_is_pinned_and_has_its_reason():
    for path in BASE.glob("requirements*.in"):
        lines = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and line[0] not in "#-"
        ]
        assert not [
            line
            for line in lines
            if not re.match(r"^[\w\[\],.-]+==[\w.]+\S*(\s*;[^#]+)?\s+# \S+", line)
        ]
