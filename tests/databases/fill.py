"""Fills what a demo district leaves empty: rosters from upload to undoing, releases, revisions.

    python -m tests.databases.fill     (on the portal of PORTAL_HOME and DATABASE_URL, a new demo)

All of it is sent to the portal's addresses, as people and programs do, so no module of the portal
is named here.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import uuid
from pathlib import Path
from typing import Any

import django
import openpyxl
from django.apps import apps
from django.core.management import call_command

from tests.databases.ask import PASSWORD, WHO

SECOND = "bureau_admin"
"""Who confirms what the first asks to publish, and approves what the first sent in."""
BEFORE, QUARTER = "2026Q2", "2026Q3"
YEAR = "2026"
DUE = "2026-10-20"
"""Past when the dump is made, so that nothing told of the quarter hangs on the day of asking."""
OPEN_FOR = dt.timedelta(days=60)
MOVED_ON, CLOSED_ON, CORRECTED_ON = "2026-08-18", "2026-06-20", "2026-09-10"
"""The second lies in the quarter before: it corrects what was published of that."""
HEADER, FIRST = 3, 4
"""Rows of a roster's template: its titles, its first firm."""
NAME, CODE, PARK, TOWN, STAFF = (
    "企业名称", "统一社会信用代码", "所属园区平台", "所属镇街", "职工总数",
)  # fmt: skip
NEW = {NAME: "重庆演示新列入机械有限公司", CODE: "91500116MA9000001E"}


class Desk:
    """The browser and the program of somebody of the bureau, who may act in any unit's stead."""

    def __init__(self, username: str = WHO) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        self.client = Client(SERVER_NAME="localhost")
        user = get_user_model().objects.get(username=username)
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, path: str) -> Any:
        return self._told(path, self.client.get(f"/api/v1/{path}"))

    def post(self, path: str, body: Any = None) -> Any:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        sent = {"data": body or {}, "content_type": "application/json", "headers": key}
        return self._told(path, self.client.post(f"/api/v1/{path}", **sent))

    def patch(self, path: str, body: Any) -> Any:
        answer = self.client.patch(f"/api/v1/{path}", body, content_type="application/json")
        return self._told(path, answer)

    def upload(self, unit: str, content: bytes, reason: str = "") -> int:
        """Sends a unit's roster and has it checked; the version's id."""
        file = io.BytesIO(content)
        file.name = f"{unit}.xlsx"
        body = {"quarter": QUARTER, "unit": unit, "reason": reason, "file": file}
        version: int = self._told("rosters/", self.client.post("/api/v1/rosters/", body))["id"]
        work_off()
        return version

    def send(self, page: str, **fields: Any) -> None:
        """A form of a page; what was refused is shown again instead of leading on."""
        answer = self.client.post(page, fields)
        assert answer.status_code == 302, (page, answer.status_code, answer.content.decode())

    def bytes_of(self, page: str) -> bytes:
        return self.client.get(page).getvalue()

    def _told(self, path: str, answer: Any) -> Any:
        assert answer.status_code < 300, (path, answer.status_code, answer.content.decode())
        return answer.json()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    change_passwords()
    desk = Desk()
    open_quarters(desk)
    work_off()
    # The demo has published it, where it is made after the quarter's end.
    if not any(release["code"].startswith(BEFORE) for release in desk.get("releases/")):
        publish(desk, BEFORE)
    say_more_of_tasks(desk)
    hand_in_rosters(desk)
    publish(desk, QUARTER)
    revise_goals(desk)
    correct_a_roster(desk)
    publish(desk, QUARTER, reason="一家企业补报注销，任务分解已修订")
    desk.send(f"/releases/{QUARTER}-2/template/")
    desk.send("/notices/read/")
    take_a_token(desk)
    clear_away_visits()


def work_off() -> None:
    """What the workers would do now."""
    call_command("run_jobs", stdout=io.StringIO())


def change_passwords() -> None:
    """From those made up for the demo to one that is known, on the page where people do it."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    for line in Path(settings.HOME, "demo-accounts.txt").read_text(encoding="utf-8").splitlines():
        username, password, _ = line.split(maxsplit=2)
        client = Client(SERVER_NAME="localhost")
        user = get_user_model().objects.get(username=username)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        words = {"old_password": password, "new_password1": PASSWORD, "new_password2": PASSWORD}
        assert client.post("/password/", words).status_code == 302, username


def open_quarters(desk: Desk) -> None:
    locks_on = str(dt.date.today() + OPEN_FOR)
    known = {quarter["code"] for quarter in desk.get("quarters/")["results"]}
    for code in {BEFORE, QUARTER} - known:
        desk.post("quarters/", {"code": code})
    desk.patch(
        f"quarters/{QUARTER}/", {"due_on": DUE, "locks_on": locks_on, "reason": "演示：系统切换"}
    )
    until = str(dt.date.today() + 2 * OPEN_FOR)
    extension = {"unit": "agri", "until": until, "reason": "演示：系统切换"}
    desk.send(f"/rosters/quarters/{QUARTER}/extension/", **extension)
    desk.send(f"/rosters/quarters/{QUARTER}/remind/")
    desk.send(f"/tasks/{QUARTER}/remind/")


def publish(desk: Desk, quarter: str, reason: str = "") -> None:
    work_off()
    known = len(desk.get("releases/"))
    seen = desk.get(f"releases/preview/{quarter}/")["mark"]
    asked = {"quarter": quarter, "seen": seen, "reason": reason}
    proposal = desk.post("release-proposals/", asked)
    Desk(SECOND).post(f"release-proposals/{proposal['id']}/publish/", {"seen": seen})
    assert len(desk.get("releases/")) == known + 1, (quarter, "was not published")


def say_more_of_tasks(desk: Desk) -> None:
    """A correction of the last report of all, and a figure that others publish."""
    last = desk.get(f"task-progress/?quarter={QUARTER}&in_force=true&page_size=1")["results"][0]
    said = {name: last[name] for name in ("task", "unit", "quarter")}
    correction = {"state": "behind", "text": "（演示）更正：进度滞后。", "seen": last["version"]}
    desk.post("task-progress/", said | correction)
    figure = {"indicator": "rd_intensity", "year": 2024, "value": 2.58}
    desk.post("reported-figures/", figure | {"published_on": "2026-01-15", "source": "演示修订"})


def revise_goals(desk: Desk) -> None:
    page = f"/goals/{YEAR}/edit/"
    entered = fields_of(desk.client.get(page).content.decode())
    entered["hnte-shuangfu-stock"] = str(int(entered["hnte-shuangfu-stock"]) + 3)
    desk.send(page, **(entered | {"reason": "演示：双福增加三家", "act": "save"}))


def fields_of(page: str) -> dict[str, str]:
    """What stands in the input fields of a page."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and value:
            found[name[1]] = value[1]
    return found


def take_a_token(desk: Desk) -> None:
    account = {"username": "auditor", "password": PASSWORD}
    assert desk.post("login/", account)["token"]


# --- rosters ----------------------------------------------------------------------------------
class Roster:
    """A unit's template as a clerk fills it in: each firm by its titles."""

    def __init__(self, desk: Desk, unit: str) -> None:
        content = desk.bytes_of(f"/rosters/{QUARTER}/{unit}/template/")
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book.active
        self.titles = [plain(cell.value) for cell in self.sheet[HEADER] if cell.value]
        self.firms = [firm for firm in self._rows() if firm[NAME]]

    def _rows(self) -> list[dict[str, Any]]:
        cells = self.sheet.iter_rows(min_row=FIRST, max_col=len(self.titles), values_only=True)
        return [dict(zip(self.titles, row, strict=True)) for row in cells]

    def content(self, renamed: dict[str, str] | None = None) -> bytes:
        """The file, with columns that the unit calls otherwise."""
        for title, own in (renamed or {}).items():
            self.sheet.cell(HEADER, 1 + self.titles.index(title)).value = own
        empty: list[dict[str, Any]] = [{}] * (len(self._rows()) - len(self.firms))
        for row, firm in enumerate(self.firms + empty, FIRST):
            for column, title in enumerate(self.titles, 1):
                self.sheet.cell(row, column).value = firm.get(title)
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


def plain(title: str) -> str:
    """A title of the template without its line breaks and marks."""
    return title.replace("\n（必填）", "").replace("\n", "")


def hand_in_rosters(desk: Desk) -> None:
    """A firm goes from 双福 to 珞璜, as the bureau decides; one closes, one is new."""
    giving, receiving = Roster(desk, "shuangfu"), Roster(desk, "luohuang")
    moved, closed = giving.firms.pop(0), giving.firms.pop(0)
    giving.firms.append(giving.firms[0] | NEW)
    receiving.firms.append(moved | {title: receiving.firms[0][title] for title in (PARK, TOWN)})
    farewell = {"word": "moved", "day": MOVED_ON, "to_unit": "luohuang"}
    said = {moved[CODE]: farewell, closed[CODE]: {"word": "closed", "day": CLOSED_ON}}
    versions = [
        hand_in(desk, desk.upload("shuangfu", giving.content()), said),
        hand_in(desk, in_own_words(desk, receiving), {moved[CODE]: {"day": MOVED_ON}}),
    ]
    decide_cases(desk)
    remark = {"text": "请核对新列入企业的注册日期。", "uscc": NEW[CODE]}
    desk.post(f"roster-versions/{versions[0]}/remarks/", remark)
    for version in versions:
        approve(desk, version)
    undo_one(desk)
    leave_one_faulty(desk)


def hand_in(desk: Desk, version: int, said: dict[str, Any]) -> int:
    """Answers what is asked, gives every warning a reason, hands in."""
    checked = desk.get(f"roster-versions/{version}/")
    assert checked["state"] == "ready", checked["summary"]
    groups = [group for group in checked["summary"]["groups"] if group["severity"] == "warning"]
    reasons = {group["key"]: "已核实" for group in groups}
    desk.post(f"roster-versions/{version}/answers/", {"firms": said, "reasons": reasons})
    desk.post(f"roster-versions/{version}/hand-in/")
    return version


def in_own_words(desk: Desk, roster: Roster) -> int:
    """A column has the unit's own title, which is then explained."""
    version = desk.upload("luohuang", roster.content({STAFF: "在岗员工"}))
    desk.post(f"roster-versions/{version}/mapping/", {"titles": {"在岗员工": "staff"}})
    work_off()
    return version


def decide_cases(desk: Desk) -> None:
    for case in desk.get("cases/")["results"]:
        told = desk.get(f"cases/{case['id']}/")["statements"]
        claim = next(statement for statement in told if statement["kind"] != "missing")
        place = {"park": claim["park"], "town": claim["town"], "moved_on": claim["day"]}
        desk.post(f"cases/{case['id']}/decide/", {"decision": "placed"} | place)


def approve(desk: Desk, version: int) -> None:
    """By another person than the one who sent it in."""
    Desk(SECOND).post(f"roster-versions/{version}/approve/")
    work_off()
    state = desk.get(f"roster-versions/{version}/")
    assert state["state"] == "applied", state["outcome"]


def undo_one(desk: Desk) -> None:
    roster = Roster(desk, "500116002")
    roster.firms[0][STAFF] = int(roster.firms[0][STAFF] or 0) + 5
    version = hand_in(desk, desk.upload("500116002", roster.content()), {})
    approve(desk, version)
    desk.post(f"roster-versions/{version}/undo/", {"reason": "演示：误批"})


def leave_one_faulty(desk: Desk) -> None:
    roster = Roster(desk, "baisha")
    roster.firms[0][CODE] = "91500116MA9000002X"
    desk.upload("baisha", roster.content())


def correct_a_roster(desk: Desk) -> None:
    roster = Roster(desk, "shuangfu")
    closed = roster.firms.pop(0)
    version = desk.upload("shuangfu", roster.content(), reason="漏报一家注销企业")
    hand_in(desk, version, {closed[CODE]: {"word": "closed", "day": CORRECTED_ON}})
    approve(desk, version)


def clear_away_visits() -> None:
    """Who signed in when is of no use to anybody who loads the dump."""
    for name in ("sessions", "axes"):
        for model in apps.get_app_config(name).get_models():
            model.objects.all().delete()


if __name__ == "__main__":
    main()
