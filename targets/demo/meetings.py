"""The demo's joint meetings: two that were held, with decisions in every state, and the next one's agenda."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.demo.clock import told_at, working_hour
from enterprises.rosters.writing.list_file import Columns, workbook_of
from parks.models import Unit, User
from targets.key_tasks import files as task_files
from targets.meetings import chasing, keeping, steps
from targets.meetings.keeping import MeetingHead
from targets.meetings.measures import Gauge
from targets.meetings.steps import DecisionMeasure, NewDecision, NewStep
from targets.models import AgendaItem, Decision, DecisionStep, Indicator, Meeting, TaskFile

DATA = Path(__file__).parent / "meetings.toml"
PAPER: Columns = (("事项", 30), ("情况", 40))
CHASED_EVERY = 7
OF_OFFICE = (
    DecisionStep.Kind.CLOSED,
    DecisionStep.Kind.SENT_BACK,
    DecisionStep.Kind.REASSIGNED,
    DecisionStep.Kind.DUE_MOVED,
)
Told = Mapping[str, Any]


def tell(today: dt.date, writer_for: Callable[[Unit], User], bureau: list[User], mark: str) -> None:
    """Nothing where only one person of the bureau could close what another asks to close."""
    if len(bureau) < 2 or Meeting.objects.exists():
        return
    MeetingsStory(today, writer_for, bureau, mark).tell()


def _of_key(item: AgendaItem, said: Mapping[str, str]) -> str:
    return next((text for key, text in said.items() if item.key.startswith(key)), "")


class MeetingsStory:
    """Told in the order of the days: what a meeting finds open depends on what was done before."""

    def __init__(
        self,
        today: dt.date,
        writer_for: Callable[[Unit], User],
        bureau: list[User],
        mark: str,
    ) -> None:
        self.today, self.writer_for, self.bureau, self.mark = today, writer_for, bureau, mark
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.events: list[tuple[dt.date, int, Callable[[dt.date], object]]] = []
        self.planned = 0

    def tell(self) -> None:
        data = tomllib.loads(DATA.read_text(encoding="utf-8"))
        held = [row for row in data["meeting"] if "days_ago" in row]
        for number, row in enumerate(data["meeting"], data["first_number"]):
            if row in held:
                self._plan(self._ago(row["days_ago"]), self._hold, number, row)
            else:
                self._plan(self.today, self._propose, number, row)
        first = max(row["days_ago"] for row in held)
        for days_ago in range(first - 1, -1, -CHASED_EVERY):
            self._plan(self._ago(days_ago), self._chase)
        # The list grows while it is told: a meeting that is held plans what follows from it.
        while self.events:
            self.events.sort(key=lambda event: event[:2])
            day, number, do = self.events.pop(0)
            with told_at(working_hour(day, number)):
                do(day)

    def _plan(self, day: dt.date, do: Callable[..., object], *args: Any) -> None:
        self.planned += 1
        self.events.append((day, self.planned, lambda on: do(on, *args)))

    def _ago(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)

    def _chase(self, day: dt.date) -> None:
        chasing.remind(day)

    # --- meetings ---
    def _propose(self, day: dt.date, number: int, row: Told) -> Meeting:
        ahead = dt.timedelta(days=row.get("days_ahead", 0))
        head = MeetingHead(day + ahead, row["place"], row["chair"])
        return keeping.open_meeting(number, head, today=day, by=self.bureau[0])

    def _hold(self, day: dt.date, number: int, row: Told) -> None:
        meeting = self._propose(day, number, row)
        keeping.hold(meeting, seen=meeting.version, today=day)
        meeting.refresh_from_db()
        items = list(meeting.items.all())
        said = {item.pk: _of_key(item, row["minutes"]) for item in items}
        keeping.write_minutes(meeting, said, seen=meeting.version)
        meeting.refresh_from_db()
        gauge = Gauge(day)
        for told in row["decision"]:
            item = next((one for one in items if one.key.startswith(told["item"])), None)
            new = NewDecision(
                words=told["words"],
                lead=self.units[told["lead"]],
                due=day + dt.timedelta(days=told["due"]),
                item=item,
                supporting=[self.units[code] for code in told.get("supporting", ())],
                measure=self._measure(told, gauge),
            )
            decision = steps.decide(meeting, new, by=self.bureau[0])
            for step in told["steps"]:
                self._plan(self._ago(step["days_ago"]), self._take, decision, step)

    def _measure(self, told: Told, gauge: Gauge) -> DecisionMeasure | None:
        if "quantity" not in told:
            return None
        unit = self.units[told["unit"]]
        indicator = Indicator.objects.get(code=told["indicator"])
        now = gauge.read(told["quantity"], indicator.code, unit)
        return DecisionMeasure(told["quantity"], indicator, unit, told["value"], now)

    # --- decisions ---
    def _take(self, day: dt.date, decision: Decision, told: Told) -> None:
        decision = Decision.objects.get(pk=decision.pk)
        due = told.get("due")
        new = NewStep(
            kind=told["kind"],
            text=told["text"],
            files=[self._paper(told["file"])] if "file" in told else [],
            lead=self.units[told["lead"]] if "lead" in told else None,
            due=decision.meeting.day + dt.timedelta(days=due) if due else None,
        )
        steps.take(decision, new, by=self._writer(decision, new.kind), seen=decision.last.number)

    def _writer(self, decision: Decision, kind: str) -> User:
        """The lead's own person; of the bureau never the one who asked to close."""
        if kind not in OF_OFFICE:
            return self.writer_for(decision.last.lead)
        return next(person for person in self.bureau if person != decision.last.by)

    def _paper(self, title: str) -> TaskFile:
        rows = [[title, "演示：内容从略"]]
        file = workbook_of(title=title, head=["演示数据（程序生成）"], rows=rows, columns=PAPER)
        return task_files.keep(SimpleUploadedFile(f"{title}{self.mark}.xlsx", file.read()))
