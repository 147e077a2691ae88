"""304 where nothing changed; never after anything did."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import jobs, registry
from enterprises.models import (
    Enterprise,
    LockException,
    Notice,
    Period,
    Quarter,
    QuarterRule,
    RosterVersion,
    SourceFile,
)
from enterprises.records import door, kinds
from enterprises.records.telling import Telling
from enterprises.registry import acts
from enterprises.reporting import intake
from parks.models import Unit, User
from targets.figures import etag
from targets.key_tasks import board as task_board
from targets.key_tasks import entries as task_entries
from targets.key_tasks.entries import TaskReport
from targets.models import Baseline, Indicator, PaceRule, Release, ReportedFigure, Target
from targets.releases import publishing
from tests import cast, clerk
from tests.effort import examples
from tests.firms import TODAY, firm
from tests.snapshots import Snapshot

pytestmark = pytest.mark.django_db
AT = "release=2026Q3-1"
PAGES = [
    "/",
    "/?tv=1",
    f"/?{AT}",
    "/units/degan/",
    f"/units/degan/?{AT}",
    "/targets/",
    "/releases/2026Q3-1/",
]
IMAGES = ["/charts/hnte-trend.svg", f"/charts/lapsing.svg?{AT}", "/charts/lapsing.svg?scope=degan",
          f"/outlook/charts/lapses.svg?on={TODAY}", "/bridge/chart.svg"]  # fmt: skip
FILES = ["/releases/2026Q3-1/firms.xlsx?indicator=hnte", "/releases/2026Q3-1/bulletin.docx",
         "/releases/2026Q3-1/bulletin.xlsx"]  # fmt: skip
ANSWERS = [f"/api/v1/{name}" for name in ("figures/", f"figures/?{AT}", "progress/", "flows/", "goals/", "outlook/",
                                          "releases/", "releases/2026Q3-1/",
                                          "releases/2026Q3-1/firms/?indicator=hnte")]  # fmt: skip
ALL = [*PAGES, *IMAGES, *FILES, *ANSWERS]


def publish_and_hand_in(people) -> None:
    firm(name="江津甲制造有限公司", hnte=True, tech=True)
    publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    roster_state(people)


@pytest.fixture(scope="session")
def kept_release(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("conditional", publish_and_hand_in)


@pytest.fixture
def people(kept_release, db) -> dict[str, User]:
    """Those who are there when the quarter is published."""
    kept_release.restore()
    return cast.present()


@pytest.fixture
def published(people) -> Release:
    return Release.objects.get()


def tag_of(client, address: str) -> str:
    """Of the second answer: the first brings the spans up to date."""
    client.get(address)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.headers["ETag"]


def again(client, address: str, tag: str):
    return client.get(address, headers={"If-None-Match": tag})


def test_what_has_not_changed_is_not_sent_again_and_costs_four_queries(
    leader, published, django_assert_max_num_queries
):
    for address in ALL:
        tag = tag_of(leader, address)
        with django_assert_max_num_queries(4):
            answer = again(leader, address, tag)
        assert (answer.status_code, answer.content) == (304, b""), address
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Authorization"} <= set(answer.headers["Vary"].split(", "))
        assert again(leader, address, f'"another", {tag}').status_code == 304
    for other in ("*", '"another"', "nonsense"):
        assert again(leader, "/", other).status_code == 200


# --- whatever changes ----------------------------------------------------------------------------------------------
def fact(people) -> None:
    firm(hnte=True)


def renaming(people) -> None:
    one = Enterprise.objects.first()
    day = dt.date(2026, 10, 1) + dt.timedelta(one.former_names.count())
    registry.apply([acts.Rename(uscc=one.uscc, name=f"{day:改名%d}有限公司", on=day)], by=None)


def target(people) -> None:
    one = Target.objects.filter(value__isnull=False).first()
    Target.objects.filter(pk=one.pk).update(value=one.value + 1)


def baseline(people) -> None:
    one = Baseline.objects.first()
    Baseline.objects.filter(pk=one.pk).update(value=one.value + 1)


def reported_figure(people) -> None:
    indicator, day = Indicator.objects.get(code="hightech_mfg_share"), dt.date(2026, 3, 1)
    told = {
        "year": 2000 + ReportedFigure.objects.count(),
        "value": 20,
        "published_on": day,
        "source": "公报",
    }
    ReportedFigure.objects.create(indicator=indicator, **told)


def colour_rule(people) -> None:
    one = PaceRule.objects.exclude(at_least=None).first()
    PaceRule.objects.filter(pk=one.pk).update(at_least=one.at_least + 1)


def name_of_a_unit(people) -> None:
    one = Unit.objects.get(code="baisha")
    Unit.objects.filter(pk=one.pk).update(
        short_name="白沙园" if one.short_name == "白沙" else "白沙"
    )


def due_day(people) -> None:
    one = Quarter.objects.get()
    Quarter.objects.update(
        due_on=one.due_on + dt.timedelta(1), locks_on=one.locks_on + dt.timedelta(1)
    )


def rule_of_due_days(people) -> None:
    rule = QuarterRule.objects.get()
    QuarterRule.objects.update(due_days=rule.due_days + 1, lock_days=rule.lock_days + 1)


def extension(people) -> None:
    whom = {
        "quarter": Quarter.objects.get(),
        "unit": Unit.objects.get(code="degan"),
        "reason": "停电",
    }
    LockException.objects.create(**whom, until=dt.date(2099, 1, 1), granted_by=people["小石"])


def roster_state(people) -> None:
    """A draft is handed in; without one, a unit declares that it has no firms."""
    draft = RosterVersion.objects.filter(state="ready").first()
    if draft:
        clerk.submit(draft, people["小石"])
        return
    unit = (
        Unit.objects.towns()
        .exclude(code="500116002")
        .exclude(rosters__versions__isnull=False)
        .last()
    )
    clerk.checked(intake.declare_nil(Quarter.objects.get(), unit, by=people["小石"]))


def task_entry(people) -> None:
    line = task_board.build_board(Period(2026, 3), timezone.localdate()).bodies[-1].missing[0]
    task_entries.add(
        line.duty.task,
        line.duty.unit,
        Period(2026, 3),
        TaskReport("done", "完成"),
        by=people["小石"],
    )


def message(people) -> None:
    Notice.objects.create(person=people["老郑"], text="请审核")


def name_of_a_person(people) -> None:
    one = User.objects.get(pk=people["小石"].pk)
    User.objects.filter(pk=one.pk).update(first_name="小石" if one.first_name != "小石" else "石")


def permission(people) -> None:
    one = User.objects.get(username="老郑")
    User.objects.filter(pk=one.pk).update(role="auditor" if one.role == "leader" else "leader")


def recomputed(people) -> None:
    jobs.run_inline(jobs.submit(kind="recompute", params={"rebuild": True}))


def demo_file(people) -> None:
    count = SourceFile.objects.count()
    SourceFile.objects.create(
        kind="demo", name="演示", sha256=f"{count:064x}", size=1, as_of=dt.date(2026, 9, 1)
    )


def release(people) -> None:
    firm(hnte=True)
    publishing.publish(Quarter.objects.get(), by=people["小石"], reason="补录")


def record(people) -> None:
    """Of a register, as its keeper enters it."""
    told = {"subject": "江津检测中心", "klass": "testing", "since": dt.date(2026, 1, 5)}
    door.tell(kinds.kind_coded("service"), [Telling(told, told["since"])], by=people["小石"])


CHANGES: list[Callable[..., None]] = [
    fact, renaming, target, baseline, reported_figure, colour_rule, name_of_a_unit, due_day, rule_of_due_days, extension,
    roster_state, task_entry, message, name_of_a_person, permission, recomputed, demo_file, record, release,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_after_any_change_everything_is_sent_anew(leader, people, published, change):
    addresses = [
        "/",
        f"/?{AT}",
        "/units/degan/",
        "/charts/hnte-trend.svg",
        "/api/v1/figures/",
        FILES[0],
    ]
    tags = {address: tag_of(leader, address) for address in addresses}
    change(people)
    for address, tag in tags.items():
        answer = again(leader, address, tag)
        assert answer.status_code == 200, address
        assert answer.headers["ETag"] != tag


def in_words(answer) -> str:
    """Without what differs each time the answer is made."""
    return re.sub(
        r'value="\w{64}"|"X-CSRFToken": "\w+"|打印时间 <time data-print-time[^>]*>[\d: -]+',
        "",
        answer.content.decode(),
    )


def test_a_row_that_comes_to_light_after_a_later_one_is_noticed(published):
    """Two are written at once, and the one with the lower key is committed last."""
    late = SourceFile.objects.create(kind="roster", name="甲", sha256="0" * 64, size=1)
    SourceFile.objects.create(kind="roster", name="乙", sha256="1" * 64, size=1)
    key = late.pk
    SourceFile.objects.filter(pk=key).delete()
    before = etag.state_digest()
    SourceFile.objects.create(pk=key, kind="roster", name="甲", sha256="0" * 64, size=1)
    assert etag.state_digest() != before


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.sampled_from([None, *CHANGES[:-1]]), min_size=1, max_size=4),
    st.sampled_from(PAGES + ANSWERS),
)
def test_304_is_said_only_where_the_same_would_be_said_again(
    leader, people, published, changes, address
):
    """Whatever happens in whatever order: what the asker kept is what would be made now."""
    kept = leader.get(address)
    for change in changes:
        if change:
            change(people)
        answer = again(leader, address, kept.headers["ETag"])
        if answer.status_code == 304:
            assert in_words(leader.get(address)) == in_words(kept)
        else:
            assert change or kept.headers["ETag"] != answer.headers["ETag"]
            kept = answer


def test_another_day_another_answer(leader, published, settings):
    """On the two sides of the date line it is never the same day."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    tag = tag_of(leader, "/")
    settings.TIME_ZONE = "Pacific/Pago_Pago"
    assert again(leader, "/", tag).status_code == 200


# --- who asks ------------------------------------------------------------------------------------------------------
def test_a_tag_is_of_one_person_and_one_address(client, people, published):
    client.force_login(people["老郑"])
    tags = {
        address: tag_of(client, address)
        for address in ("/", "/?definition=class_year", "/units/degan/")
    }
    assert len(set(tags.values())) == 3
    assert again(client, "/?definition=class_year", tags["/"]).status_code == 200
    client.force_login(people["审计"])
    assert again(client, "/", tags["/"]).status_code == 200


def test_a_tag_opens_nothing_that_one_may_not_see(client, people, published):
    client.force_login(people["德感"])
    tag = tag_of(client, "/units/degan/")
    assert again(client, "/units/baisha/", tag).status_code == 404
    baisha = Unit.objects.get(code="baisha")
    User.objects.filter(pk=people["德感"].pk).update(unit=baisha)
    assert again(client, "/units/degan/", tag).status_code == 404
    client.logout()
    assert again(client, "/units/degan/", tag).status_code == 302
    assert again(client, "/api/v1/figures/", tag).status_code == 401


def test_a_page_with_messages_is_shown_once(client, people, published):
    client.force_login(people["小石"])
    done = published.quarter.proposals.create(
        mark="0" * 64, ledger_entry=0, asked_by=people["安安"], release=published
    )
    tag = tag_of(client, "/")
    client.post(f"/releases/proposals/{done.pk}/withdraw/")  # refused, which the next page says
    told = again(client, "/", tag)
    assert told.status_code == 200
    assert "已经发布，不能撤回" in told.content.decode()
    assert "ETag" not in told.headers
    assert told.headers["Cache-Control"] == "no-store, private"
    after = again(client, "/", tag)
    assert "已经发布，不能撤回" not in after.content.decode()


def test_who_signs_in_anew_gets_a_page_with_the_new_form_token(client, people, published):
    tag = ""
    for _ in range(2):
        assert (
            client.post("/login/", {"username": "小石", "password": "test-password"}).status_code
            == 302
        )
        assert again(client, "/", tag).status_code == 200
        tag = tag_of(client, "/")
        assert again(client, "/", tag).status_code == 304
        assert client.post("/logout/").headers["Clear-Site-Data"] == '"cache"'


def test_what_was_not_understood_or_found_has_no_tag(leader, published):
    for address in (
        "/?release=2026Q3-9",
        "/units/nowhere/",
        "/api/v1/figures/?release=x",
        "/charts/no.svg",
    ):
        answer = leader.get(address)
        assert answer.status_code in (400, 404)
        assert "ETag" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]


# --- what a tag covers ---------------------------------------------------------------------------------------------
FOLLOWS = {
    "LedgerHead": ["enterprises_ledgerentry", "enterprises_enterprise", "enterprises_placement", "enterprises_closure",
                   "enterprises_qualification", "enterprises_poolentry", "enterprises_formername",
                   "enterprises_application"],
    "RecordEntry": ["enterprises_record", "enterprises_recordlevel"],
    "SpanMark": ["targets_span", "targets_knownday"],
    "Release": ["targets_frozenspan", "targets_frozenfigure"],
    "GoalRevision": ["targets_unitgoal"],
    "TaskProgress": ["targets_taskfile"],
    "themselves, in part": ["targets_monthlyseries", "enterprises_rosterversion", "enterprises_roster", "parks_user",
                            "enterprises_notice"],
}  # fmt: skip
"""What a tag covers → tables of which no row that shows changes without it."""
SHOWN_NOWHERE = {"parks_securityevent", "parks_sealedbook", "parks_seal"}
"""A file that leaves adds its entry there."""


def test_every_table_that_an_answer_reads_is_covered_by_its_tag(leader, people, published):
    """Whoever lets a page read another table learns here that its tag has to know."""
    task_entry(people)
    covered = {model._meta.db_table for model in (*etag.REWRITTEN, *etag.ADDED)}
    covered |= {table for tables in FOLLOWS.values() for table in tables}
    own = {
        table
        for table in connection.introspection.table_names()
        if re.match("parks|enterprises|targets", table)
    }
    for address in ALL:
        with CaptureQueriesContext(connection) as asked:
            assert leader.get(address).status_code == 200
        read = {name for query in asked for name in re.findall(r'"(\w+)"', query["sql"])} & own
        assert read <= covered | SHOWN_NOWHERE, address
