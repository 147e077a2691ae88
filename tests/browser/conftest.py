"""Chromium of the system, the portal behind it, and what every page must keep: no outside request, no broken policy."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from jiangjin_portal.assets import TEST_ASSETS
from parks.models import User
from tests import cast

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # Playwright's own event loop runs in this thread

BROWSERS = ("chromium-headless-shell", "chromium")
"""The first has no window and no tool bar of its own to draw, and takes half the time."""
PATIENCE = 120_000
"""Milliseconds until a test gives up. On a busy machine everything takes long: no test may tell from that."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", event => window.refused.push(event.violatedDirective));
"""


def missing(what: str) -> NoReturn:
    """Ends the test: skipped on a developer's machine, failed where all is to be tried (CI=true, as in `make test`)."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        missing("no Chromium on this machine")
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", *quiet],
    }


@pytest.fixture(autouse=True, scope="session")
def _patient_looks() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def district(kept_demo, transactional_db) -> dict[str, User]:
    """The demo district with its series computed and its tasks reported on; the people who look at it."""
    kept_demo.restore()
    return cast.present()


@pytest.fixture
def watched(page: Page, live_server) -> Iterator[Page]:
    """A page that fails the test for an outside request, a script error or a refused style or script."""
    trouble: list[str] = []
    page.on(
        "request",
        lambda sent: (
            None if _own(sent.url, live_server.url) else trouble.append(f"outside: {sent.url}")
        ),
    )
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on(
        "console",
        lambda said: trouble.append(f"console: {said.text}") if said.type == "error" else None,
    )
    page.add_init_script(LISTEN)
    yield page
    assert trouble == []


@pytest.fixture
def sign_in(watched: Page, live_server) -> Callable[[str], Page]:
    def as_whom(name: str) -> Page:
        watched.goto(f"{live_server.url}/login/")
        watched.fill("#id_username", name)
        watched.fill("#id_password", "test-password")
        watched.click("main button")
        watched.wait_for_url(lambda url: "/login/" not in url)
        return watched

    return as_whom


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Checks a page against WCAG 2.2 AA and axe's best practices; what it found, rule by rule."""
    if not (TEST_ASSETS / "axe.min.js").exists():
        missing("axe-core is not staged: run jiangjin_portal/assets.py --tests")
    source = (TEST_ASSETS / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        # What is in order is not told of: to find it takes as long as to find what is not.
        options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
        found = page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
        return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]

    return check


def _own(url: str, server: str) -> bool:
    return url.startswith((server, "data:", "blob:"))
