"""What is out of the ordinary is shown with its consequence and waits for a second look; page, API, registry."""

import datetime as dt
import io

import openpyxl
import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from enterprises import registry
from enterprises.models import Enterprise, Job, KindTerm, LedgerEntry, Qualification
from enterprises.registry import acts
from tests.firms import FOUNDED, code, firm

pytestmark = pytest.mark.django_db
REASON = "证书原件，企业来函1号"
FAR = dt.date(2049, 1, 1)
YEAR, DAY = relativedelta(years=1), dt.timedelta(days=1)


@pytest.fixture
def clerk(client, people):
    client.force_login(people["小石"])
    return client


@pytest.fixture
def program(people):
    client = APIClient()
    client.force_login(people["小石"])
    return client


def today() -> dt.date:
    return timezone.localdate()


def issued(*days: dt.date, kind: str = "hnte") -> list[Qualification]:
    """The certificates of one firm, issued on these days for the kind's term."""
    one = firm()
    grants = [
        acts.Grant(uscc=one.uscc, kind=kind, number=f"GR{day:%Y%m%d}{one.pk:03d}", valid_from=day)
        for day in days
    ]
    registry.apply(grants, by=None)
    return list(Qualification.objects.filter(enterprise=one).order_by("valid_from"))


def extend(client, held: Qualification, until: dt.date, **more: object):
    sent = {"qualification": held.pk, "valid_until": until.isoformat(), "reason": REASON}
    return client.post(address(held.enterprise, "extend"), sent | more)


def address(one: Enterprise, act: str) -> str:
    return f"{reverse('firm_change', args=[one.uscc])}?act={act}"


def changes(one: Enterprise) -> str:
    return f"/api/v1/enterprises/{one.uscc}/changes/"


def last_day(held: Qualification) -> dt.date | None:
    return Qualification.objects.get(pk=held.pk).valid_until


def confirmed(answer) -> dict[str, str]:
    return {"confirmed": "on", "looked_at": answer.context["form"].fingerprint}


def asked(answer) -> str:
    assert answer.status_code == 422
    assert answer.context["look"], answer.context["form"].errors
    return "".join(answer.context["look"].doubts)


# --- the last day of a certificate ----------------------------------------------------------------
def test_within_the_term_it_is_an_ordinary_change(clerk):
    [held] = issued(today() - YEAR)
    until = held.valid_until - dt.timedelta(days=30)
    assert extend(clerk, held, until).status_code == 302
    assert last_day(held) == until
    assert extend(clerk, held, until + dt.timedelta(days=30)).status_code == 302


@pytest.mark.parametrize(
    ("day", "until", "doubtful"),
    [
        ("2024-02-29", "2027-02-28", False),
        ("2024-02-29", "2027-03-01", True),
        ("2025-11-01", "2028-11-01", False),
        ("2025-11-01", "2028-11-02", True),
    ],
)
def test_the_term_is_that_of_the_kind_to_the_day(people, day, until, doubtful):
    [held] = issued(dt.date.fromisoformat(day))
    Qualification.objects.filter(pk=held.pk).update(valid_until=None)
    act = acts.Extend(
        uscc=held.enterprise.uscc, kind="hnte", number=held.number,
        valid_until=dt.date.fromisoformat(until),
    )  # fmt: skip
    doubts = [str(doubt) for doubt in registry.preview([act], by=people["小石"]).doubts]
    assert any("期限为自发证日起3年" in doubt for doubt in doubts) == doubtful


def test_a_term_that_changed_by_decree_is_that_of_the_day_of_issue(people):
    [held] = issued(today() - YEAR)
    kind = held.kind
    KindTerm.objects.create(kind=kind, since=held.valid_from, rule="years", years=5)
    act = acts.Extend(
        uscc=held.enterprise.uscc, kind="hnte", number=held.number,
        valid_until=held.valid_from + 5 * YEAR,
    )  # fmt: skip
    assert registry.preview([act], by=people["小石"]).doubts == []


def test_far_beyond_the_term_the_page_shows_what_would_happen_and_asks(clerk):
    [held] = issued(dt.date(2020, 11, 1))
    issued(today() - YEAR)
    answer = extend(clerk, held, FAR)
    assert "期限为自发证日起3年，2020-11-01发证的应到2023-11-01止，2049-01-01晚了" in asked(answer)
    page = answer.content.decode()
    for words in ("还没有登记", "2023-11-01", "2049-01-01", "高企数 1 → 2", "改后今天重新有效"):
        assert words in page, words
    assert (last_day(held), Job.objects.count()) == (dt.date(2023, 11, 1), 0)
    answer = extend(clerk, held, FAR, **confirmed(answer))
    assert answer.status_code == 302
    entry = LedgerEntry.objects.filter(act="extended").get()
    assert (last_day(held), entry.reason, entry.by.username) == (FAR, REASON, "小石")


def test_the_box_counts_for_what_was_shown_only(clerk):
    [held] = issued(today() - YEAR)
    answer = extend(clerk, held, held.valid_until + YEAR)
    seen = confirmed(answer)
    other = extend(clerk, held, FAR, **seen)
    assert "2049-01-01" in asked(other)
    assert extend(clerk, held, FAR, confirmed="on").status_code == 422
    unread = {"looked_at": other.context["form"].fingerprint}
    assert extend(clerk, held, FAR, **unread).status_code == 422
    assert last_day(held) == held.valid_until
    assert extend(clerk, held, FAR, **confirmed(other)).status_code == 302


def test_the_box_counts_for_the_firm_as_it_was_shown(clerk, people):
    [held] = issued(today() - YEAR)
    seen = confirmed(extend(clerk, held, FAR))
    revoked = acts.Revoke(uscc=held.enterprise.uscc, kind="hnte", number=held.number, on=today())
    registry.apply([revoked], by=people["安安"])
    again = extend(clerk, held, FAR, **seen)
    assert "2049-01-01" in asked(again)
    assert last_day(held) == held.valid_until
    assert extend(clerk, held, FAR, **confirmed(again)).status_code == 302


def test_reviving_a_lapsed_one_names_the_current_one(clerk):
    old, current = issued(today() - 3 * YEAR - 2 * DAY, today() - 100 * DAY)
    answer = extend(clerk, old, today() + 30 * DAY)
    words = asked(answer)
    assert f"已于{old.valid_until}到期，改后今天重新有效" in words
    assert f"另持有有效的高企{current.number}（有效期至{current.valid_until}）" in words
    assert "高企数 1，不变" in answer.content.decode()
    assert extend(clerk, old, today() + 30 * DAY, **confirmed(answer)).status_code == 302
    shown = [
        clerk.get(reverse("firm", args=[old.enterprise.uscc])).content.decode(),
        clerk.get("/firms/").content.decode(),
    ]
    for page in shown:
        tags = page.split('<span class="kind">')[1:]
        assert [tag.split("</span>")[0].strip() for tag in tags] == ["高企"]


def test_a_day_before_the_issue_stays_refused_whatever_is_confirmed(clerk):
    [held] = issued(today() - YEAR)
    answer = extend(clerk, held, held.valid_from - DAY, confirmed="on")
    assert "有效期至早于发证日期" in answer.content.decode()
    assert answer.context["look"] is None


def test_an_issue_before_every_term_cannot_be_checked_and_asks(clerk):
    [held] = issued(today() - YEAR)
    KindTerm.objects.filter(kind=held.kind).update(since=today())
    assert "期限规定，无法核对" in asked(extend(clerk, held, held.valid_until + DAY))


def test_the_firm_counts_once_in_the_export(clerk):
    old, current = issued(today() - 3 * YEAR - 2 * DAY, today() - 100 * DAY)
    registry.apply([acts.Extend(
        uscc=old.enterprise.uscc, kind="hnte", number=old.number, valid_until=today() + 30 * DAY
    )], by=None)  # fmt: skip
    content = b"".join(clerk.get("/firms/export.xlsx").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    [row] = [row for row in rows if current.enterprise.uscc in row]
    assert "高企" in row


# --- the same through the API ----------------------------------------------------------------------
def test_the_api_asks_for_reason_and_confirmation(program):
    [held] = issued(dt.date(2020, 11, 1))
    body = {"act": "extend", "qualification": held.pk, "valid_until": "2049-01-01"}
    lacking = [{}, {"reason": REASON}, {"confirmed": True}, {"confirmed": True, "reason": "  "}]
    for more in lacking:
        answer = program.post(changes(held.enterprise), body | more, format="json")
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "second_look"), more
        assert answer["Content-Type"] == "application/problem+json"
        assert "应到2023-11-01止" in told["detail"]
        assert "confirmed=true" in told["detail"]
        assert told["figures"] == [{"label": "高企", "before": 0, "after": 1}]
        [change] = [one for one in told["changes"] if one["label"] == "有效期至"]
        assert (change["before"], change["after"]) == ("2023-11-01", "2049-01-01")
    assert last_day(held) == dt.date(2023, 11, 1)
    whole = body | {"reason": REASON, "confirmed": True}
    answer = program.post(changes(held.enterprise), whole, format="json")
    [entry] = answer.json()
    assert (answer.status_code, entry["act"], entry["reason"]) == (200, "extended", REASON)
    assert last_day(held) == FAR
    assert Job.objects.filter(kind="recompute").count() == 1
    assert program.post(changes(held.enterprise), whole, format="json").json() == []


def test_the_api_registers_an_ordinary_change_and_refuses_what_the_page_refuses(program, people):
    [held] = issued(today() - YEAR)
    one = held.enterprise
    close = {"act": "close", "on": today().isoformat(), "cause": "revoked", "reason": REASON}
    refusals = [
        (close | {"reason": ""}, "reason"),
        (close | {"on": (today() + DAY).isoformat()}, "on"),
        (close | {"cause": "lost"}, "cause"),
        (close | {"valid_until": "2030-01-01"}, "valid_until"),
        (close | {"act": "marry"}, "act"),
        (close | {"unknown": 1}, "unknown"),
        ({"act": "reopen", "on": today().isoformat(), "reason": REASON}, "on"),
    ]
    for body, field in refusals:
        answer = program.post(changes(one), body, format="json")
        wrong = answer.json()
        assert (answer.status_code, field in str(wrong["errors"])) == (400, True), (body, wrong)
    assert not one.closures.exists()
    assert program.post(changes(one), close, format="json").status_code == 200
    assert one.closures.get().cause == "revoked"
    for who, status in (("老郑", 403), ("审计", 403), ("德感", 403)):
        program.force_login(people[who])
        assert program.post(changes(one), close, format="json").status_code == status


# --- other days --------------------------------------------------------------------------------------
def sent(client, one: Enterprise, act: str, **values: object):
    entered = {name: str(value) for name, value in values.items()}
    return client.post(address(one, act), {"reason": REASON} | entered)


def test_days_of_long_ago_ask(clerk):
    one = firm()
    ago = today() - YEAR - DAY
    near = today() - YEAR
    for act, more, what in (
        ("move", {"park": "shuangfu", "town": "500116004"}, "迁移日期"),
        ("leave", {}, "迁出日期"),
        ("close", {"cause": "revoked"}, "注销日期"),
    ):
        assert f"{what}{ago}距今已一年以上" in asked(sent(clerk, one, act, on=ago, **more))
    assert LedgerEntry.objects.filter(by__isnull=False).count() == 0
    assert sent(clerk, one, "close", on=near, cause="revoked").status_code == 302


def test_an_end_before_later_facts_asks_and_names_them(clerk):
    [held] = issued(today() - 30 * DAY)
    one = held.enterprise
    for act, more in (("close", {"cause": "revoked"}), ("leave", {})):
        words = asked(sent(clerk, one, act, on=today() - 60 * DAY, **more))
        assert f"之后还登记有：{held.valid_from}取得高企" in words
    assert sent(clerk, one, "close", on=today() - 20 * DAY, cause="revoked").status_code == 302


def test_a_withdrawal_that_moves_later_or_comes_after_the_end_asks(clerk):
    [held] = issued(today() - YEAR)
    one = held.enterprise
    early, late = today() - 60 * DAY, today() - 30 * DAY
    assert sent(clerk, one, "revoke", qualification=held.pk, on=early).status_code == 302
    words = asked(sent(clerk, one, "revoke", qualification=held.pk, on=late))
    assert f"登记为{early}取消，改后到{late}前重新有效" in words
    [lapsed] = issued(today() - 3 * YEAR - 100 * DAY)
    words = asked(sent(clerk, lapsed.enterprise, "revoke", qualification=lapsed.pk, on=late))
    assert f"已于{lapsed.valid_until}到期，{late}再取消不影响统计" in words


def test_an_application_told_by_hand_asks_too(clerk):
    one = firm()
    where = f"/firms/{one.uscc}/application/"

    def told(**values: object):
        usual = {
            "stage": "filed",
            "on": today(),
            "year": today().year,
            "seen": 0,
            "note": "企业来电",
        }
        return clerk.post(where, {name: str(value) for name, value in (usual | values).items()})

    for wrong, words in (
        ({"on": today() - YEAR - DAY}, "状态起始日"),
        ({"year": today().year + 3}, "相差一年以上"),
    ):
        answer = told(**wrong)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        assert "还没有登记，请再核对一次" in answer.content.decode()
    assert not one.applications.exists()
    seen = {"confirmed": "on", "looked_at": answer.context["form"].fingerprint}
    refused = told(**wrong, **seen)
    assert (refused.status_code, "请写明理由" in refused.content.decode()) == (422, True)
    assert told(**wrong, **seen, reason="提前储备").status_code == 302
    assert LedgerEntry.objects.get(act="applied").reason == "提前储备"


def test_an_application_that_was_given_up_is_not_taken_up_again_in_passing(clerk):
    one = firm()
    where = f"/firms/{one.uscc}/application/"
    given_up = acts.Apply(
        uscc=one.uscc,
        kind="hnte",
        year=today().year,
        stage="given_up",
        on=today() - DAY,
        note="放弃",
    )
    registry.apply([given_up], by=None)
    seen = LedgerEntry.objects.latest("pk").pk
    body = {"stage": "filed", "on": str(today()), "year": str(today().year), "seen": str(seen)}
    answer = clerk.post(where, body)
    assert "登记为“放弃”，改后重新进行" in answer.content.decode()


# --- the registry itself -------------------------------------------------------------------------------
def test_the_registry_refuses_until_it_is_confirmed_with_a_reason(people):
    [held] = issued(dt.date(2020, 11, 1))
    named = {"uscc": held.enterprise.uscc, "kind": "hnte", "number": held.number}
    act = acts.Extend(**named, valid_until=FAR)
    meant = acts.Extend(**named, valid_until=FAR, confirmed=True)
    for one, reason in ((act, REASON), (meant, ""), (act, "")):
        with pytest.raises(registry.ActsRefused) as refused:
            registry.apply([one], by=people["小石"], reason=reason)
        assert refused.value.asks
    assert last_day(held) == dt.date(2023, 11, 1)
    registry.apply([meant], by=people["小石"], reason=REASON)
    assert last_day(held) == FAR


def test_lists_and_commands_are_not_asked(people):
    uscc = code(9001)
    told = acts.Listing("名单", today())
    done = [
        acts.Register(uscc=uscc, name="江津九千制造有限公司", listing=told),
        acts.Place(uscc=uscc, park="degan", town="500116002", since=FOUNDED, listing=told),
        acts.Close(uscc=uscc, on=dt.date(2019, 1, 1), listing=told),
    ]
    assert registry.apply(done, by=people["小石"]).doubts == []
