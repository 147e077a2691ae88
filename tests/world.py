"""The portal that the table of tests/test_access.py is about: firms, rosters, tasks and releases of three places."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from enterprises import registry
from enterprises.announcements import intake
from enterprises.announcements.reading.reader import read_pasted
from enterprises.loading import storage
from enterprises.models import (
    Agency,
    Application,
    BulkRun,
    Case,
    Enterprise,
    IpItem,
    Job,
    LedgerEntry,
    Notice,
    Period,
    Placement,
    PoolEntry,
    Qualification,
    Quarter,
    Record,
    Roster,
    RosterVersion,
    Talk,
    TalkKind,
)
from enterprises.records import door, kinds, telling
from enterprises.registry import acts
from parks.models import Unit, User
from targets.assessment import entries as assessment_entries
from targets.figures import spans
from targets.key_tasks import entries as task_entries
from targets.key_tasks import files as task_files
from targets.meetings import steps
from targets.models import (
    ApplicationBatch,
    AssessmentFile,
    AssessmentItem,
    AssessmentScheme,
    GoalRevision,
    Indicator,
    KeyTask,
    Meeting,
    ReportedFigure,
    Target,
)
from targets.releases import publishing
from tests import clerk
from tests.firms import TODAY, firm


def made_world(people) -> SimpleNamespace:
    """A firm with one fact of each sort and a failed job for 德感, for 德感街道, and for neither."""
    owners = {"park": people["德感"], "town": people["街道"], "other": people["小石"]}
    places = {
        "park": ("degan", "500116005"),
        "town": ("", "500116002"),
        "other": ("baisha", "500116108"),
    }
    made = {whose: holdings(*place, owners[whose]) for whose, place in places.items()}
    made["town"].code = "500116002"
    quarter = clerk.third_quarter(people["小石"])
    for whose, unit in (("park", "degan"), ("town", "500116002"), ("other", "baisha")):
        vars(made[whose]).update(
            reported(quarter, Unit.objects.get(code=unit), people["小石"], made[whose].uscc)
        )
    check = Job.objects.create(
        kind="check", params={"sources": [], "moves_on": None}, created_by=people["小石"]
    )
    told = {"kind": "member", "source": 0, "mapping": {}, "shown": ""}
    record_check = Job.objects.create(kind="record_check", params=told, created_by=people["小石"])
    spans.refresh()
    publishing.publish(
        clerk.quarters.open_quarter(clerk.Period(2026, 2), by=people["小石"]), by=people["小石"]
    )
    release = publishing.publish(quarter, by=people["小石"])
    asked = {"mark": "0" * 64, "ledger_entry": 0, "asked_by": people["小石"]}
    seen = {"handed_in": 0, "applied": 0, "figures": {}, "doubts": []}
    settled = {"withdrawn_by": people["小石"], "withdrawn_at": timezone.now()}
    withdrawn = quarter.proposals.create(**asked, **settled).pk
    proposal = quarter.proposals.create(**asked, seen=seen).pk
    GoalRevision.objects.create(year=2027, number=1, basis_day=TODAY, made_by=people["小石"])
    own = {name: getattr(made["park"], name) for name in ("version", "draft", "case")}
    notice = Notice.objects.create(person=people["德感"], text="试").pk
    target = Target.objects.first().pk
    told = {"year": 2025, "value": 2, "published_on": TODAY, "source": "公报"}
    figure = ReportedFigure.objects.create(
        indicator=Indicator.objects.get(code="rd_intensity"), **told
    ).pk
    own |= told_of_a_task(people["德感"]) | {"figure": figure}
    own |= announced(people["小石"])
    own |= {"agency": Agency.objects.create(code="jia", name="甲咨询").code}
    run = {"act": "filed", "made_by": people["德感"]}
    own |= {
        "bulk": BulkRun.objects.create(desk="applications", **run).pk,
        "firm_bulk": BulkRun.objects.create(
            desk="firms", act="tech_field", made_by=people["小石"]
        ).pk,
        "renewal_bulk": BulkRun.objects.create(desk="renewals", **run).pk,
        "pool_bulk": BulkRun.objects.create(desk="pool", **(run | {"act": "review"})).pk,
        "followup_bulk": BulkRun.objects.create(desk="followup", **run | {"act": "unit_owner"}).pk,
        "duty_bulk": BulkRun.objects.create(desk="duties", **run | {"act": "done"}).pk,
    }
    own |= decided(people["德感"], people["小石"])
    own |= assessed(people)
    own |= {"batch": ApplicationBatch.objects.first().pk}
    own |= {"proposal": proposal, "withdrawn": withdrawn}
    return SimpleNamespace(
        **made,
        **own,
        notice=notice,
        check=check.pk,
        record_check=record_check.pk,
        target=target,
        release=release.code,
    )


def announced(by: User) -> dict[str, int]:
    """A list that names nobody here."""
    text = "2026年第一批高新技术企业备案公示\n1．重庆外区电子有限公司"
    contents = read_pasted(text)
    found = intake.receive_read([text.encode()], "名单.txt", contents, by=by)
    return {"announcement": found.pk, "list_file": found.source_id}


def decided(reporter: User, office: User) -> dict[str, int]:
    """The seventh joint meeting, which was held, with a decision that 德感 leads and has reported on."""
    meeting = Meeting.objects.create(number=7, day=TODAY, state="held", made_by=office)
    item = meeting.items.create(order=10, title="科技型企业任务进度", minutes="逐户摸排。")
    due = timezone.localdate() + dt.timedelta(days=30)
    new = steps.NewDecision("年底前新增认定12家", reporter.unit, due, item=item)
    decision = steps.decide(meeting, new, by=office)
    file = task_files.keep(SimpleUploadedFile("来文.pdf", b"%PDF-1.7"))
    told = steps.NewStep("progress", "已摸排", [file])
    step = steps.take(decision, told, by=reporter, seen=1)
    return {"meeting": meeting.pk, "decision": decision.pk, "step_file": step.files.get().pk}


def assessed(people: dict[str, User]) -> dict[str, int]:
    """The parks' sheet of 2026 in force, with points that were entered and an objection of 德感."""
    persons = {"proposed_by": people["小石"], "decreed_by": people["安安"]}
    days = {"proposed_at": timezone.now(), "decreed_at": timezone.now()}
    sheet = AssessmentScheme.objects.filter(year=2026, kind="park")
    sheet.update(state="decreed", document="江津府办发〔2026〕12号", **persons, **days)
    item = AssessmentItem.objects.get(scheme__in=sheet, source=AssessmentItem.Source.BY_HAND)
    file = task_files.keep(SimpleUploadedFile("走访记录.pdf", b"%PDF-1.7"))
    unit = people["德感"].unit
    assessment_entries.enter(
        item, {unit: Decimal(4)}, reason="有记录", files=[file], by=people["小石"], seen=0
    )
    objection = assessment_entries.object_to(
        sheet.get(), unit, item, "走访了12家", files=[], by=people["德感"]
    )
    kept = AssessmentFile.objects.get(entry__item=item)
    return {"assessment_item": item.pk, "assessment_file": kept.pk, "objection": objection.pk}


def told_of_a_task(by: User) -> dict[str, int]:
    """What 德感 reported on the first task for the third quarter, with a file."""
    file = SimpleUploadedFile("总结.pdf", b"%PDF-1.7")
    said = task_entries.TaskReport("done", "完成", files=[task_files.keep(file)])
    entry = task_entries.add(
        KeyTask.objects.get(kind="task", number=1), by.unit, Period(2026, 3), said, by=by
    )
    return {"task_entry": entry.pk, "task_file": entry.files.get().pk}


def holdings(park: str, town: str, owner) -> SimpleNamespace:
    one = firm(park=park, town=town, outside_parks=not park, hnte=True, hnte_expiring=True)
    # Confirmed: on a late day of the clock the day of both is one of long ago.
    told = {"uscc": one.uscc, "on": TODAY, "confirmed": True}
    today = timezone.localdate()
    # Lists of applications are of this year.
    applied = acts.Apply(kind="hnte", year=today.year, stage="filed", **told | {"on": today})
    # As a file of acts says it: by hand nobody enters a firm that holds the certificate.
    right = {"right": "software", "number": f"2020SR{one.uscc[10:17]}", "granted_on": TODAY}
    owned = acts.RecordIpItem(uscc=one.uscc, **right)
    registry.apply([acts.EnterPool(stage="seed", **told), owned], by=None)
    registry.apply([applied], by=owner, reason="补登")
    failed = {"state": "failed", "error": "试", "finished_at": timezone.now()}
    asked = {"asked": "何时发证？", "answerer": owner, "answer_by": TODAY}
    talk = Talk.objects.create(
        enterprise=one, on=TODAY, kind=TalkKind.objects.first(), said="谈", by=owner, **asked
    )
    record = recorded(one, owner)
    return SimpleNamespace(
        code=park,
        record=record.pk,
        record_entry=record.entries.get().pk,
        talk=talk.pk,
        uscc=one.uscc,
        qualification=Qualification.objects.filter(enterprise=one).first().pk,
        placement=Placement.objects.get(enterprise=one).pk,
        pool=PoolEntry.objects.get(enterprise=one).pk,
        right=IpItem.objects.get(enterprise=one).pk,
        application=Application.objects.get(enterprise=one).pk,
        entry=LedgerEntry.objects.filter(enterprise=one).first().pk,
        job=Job.objects.create(
            kind="recompute", created_by=owner, params={"for": one.uscc}, **failed
        ).pk,
    )


def recorded(one: Enterprise, by: User) -> Record:
    """The firm is a member of the association."""
    told = {"enterprise": one.pk, "firm_name": one.name, "since": TODAY}
    hearing = door.tell(kinds.kind_coded("member"), [telling.Telling(told, TODAY)], by=by)
    return hearing.heeded[0].record


def reported(quarter: Quarter, unit: Unit, by, uscc: str) -> dict[str, int]:
    """A roster handed in, a draft that shall correct it, and a case about one firm."""
    roster = Roster.objects.create(quarter=quarter, unit=unit)
    source = storage.keep([b"a,b"], "名册.csv", by=by)
    told = {"roster": roster, "source": source, "filename": "名册.csv", "created_by": by}
    told["annotated_as"] = storage.keep_copy(b"PK", f"{unit.code}.xlsx")
    return {
        "version": RosterVersion.objects.create(
            number=1, state="submitted", submitted_at=timezone.now(), **told
        ).pk,
        "draft": RosterVersion.objects.create(number=2, state="faulty", **told).pk,
        "case": Case.objects.create(
            quarter=quarter, uscc=uscc, name="试", kind="transfer", from_unit=unit
        ).pk,
    }
