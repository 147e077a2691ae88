"""Changes registered by hand on the page of a firm: each act from the form to the fact, the ledger and the figures."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.firms import state as firm_state
from enterprises.models import Enterprise, Job, LedgerEntry, PoolEntry, Qualification
from enterprises.registry import acts
from targets.figures import counting
from targets.models import Definition
from tests.firms import TODAY, code, firm

pytestmark = pytest.mark.django_db
DAY = "2026-06-30"
REASON = "企业来函〔2026〕1号"


@pytest.fixture
def clerk(client, people):
    client.force_login(people["小石"])
    return client


def address(one: Enterprise, act: str) -> str:
    return f"{reverse('firm_change', args=[one.uscc])}?act={act}"


def register(client, one: Enterprise, act: str, **values: object):
    """Sends the form; what is only asked to be looked at once more is confirmed."""
    sent = {"reason": REASON, **values}
    answer = client.post(address(one, act), sent, follow=True)
    if answer.status_code == 422 and answer.context["look"]:
        seen = answer.context["form"].fingerprint
        sent |= {"confirmed": "on", "looked_at": seen}
        answer = client.post(address(one, act), sent, follow=True)
    return answer


def standing(one: Enterprise, day: dt.date = TODAY) -> firm_state.FirmState:
    return firm_state.on_day(Enterprise.objects.get(pk=one.pk), day)


def hnte_on_home(client) -> int:
    page = client.get("/", {"on": DAY}).context["page"]
    return next(one.figure.value for one in page.headlines if one.figure.indicator.code == "hnte")


def written(one: Enterprise) -> LedgerEntry:
    """The firm's last entry, which a person wrote and gave a reason for; its recompute is queued."""
    entry = LedgerEntry.objects.filter(enterprise=one).latest("pk")
    assert (entry.by.username, entry.reason) == ("小石", REASON)
    assert Job.objects.filter(kind="recompute", state="queued", created_by=entry.by).count() == 1
    return entry


def test_a_firm_is_renamed(clerk):
    one = firm(name="江津旧名制造有限公司")
    answer = register(clerk, one, "rename", name="江津新名制造有限公司", on=DAY)
    assert answer.redirect_chain == [(reverse("firm", args=[one.uscc]), 302)]
    assert (
        "已登记更名（企业名称：江津旧名制造有限公司 → 江津新名制造有限公司）"
        in answer.content.decode()
    )
    assert (standing(one).name, standing(one, dt.date(2026, 6, 29)).name) == (
        "江津新名制造有限公司",
        "江津旧名制造有限公司",
    )
    assert written(one).act == "renamed"


def test_a_wrong_code_is_corrected_and_the_old_one_leads_to_the_firm(clerk):
    one = firm(hnte=True)
    right = code(7_000_001)
    answer = register(clerk, one, "correct_code", code=f" {right.lower()} ")
    assert answer.redirect_chain == [(reverse("firm", args=[right]), 302)]
    assert Enterprise.objects.get(pk=one.pk).uscc == right
    assert written(one).before == {"uscc": one.uscc}
    assert hnte_on_home(clerk) == 1
    old = clerk.get(reverse("firm", args=[one.uscc]))
    assert old.headers["Location"] == reverse("firm", args=[right])


@pytest.mark.parametrize(
    ("wrong", "said"), [("91500116MA0000001X", "校验"), ("other", "不能合为一家")]
)
def test_a_code_that_is_none_or_anothers_is_refused(clerk, wrong, said):
    one, other = firm(), firm()
    answer = register(clerk, one, "correct_code", code=other.uscc if wrong == "other" else wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Enterprise.objects.get(pk=one.pk).uscc == one.uscc


def test_a_wrong_number_is_corrected(clerk):
    one = firm(hnte=True)
    held = Qualification.objects.get(enterprise=one)
    refused = register(clerk, one, "correct_number", qualification=held.pk, corrected="GR2023")
    assert "应为14位" in refused.content.decode()
    register(clerk, one, "correct_number", qualification=held.pk, corrected="gr202351109999")
    assert Qualification.objects.get().number == "GR202351109999"
    assert written(one).before == {"number": held.number}


def test_a_firm_leaves_the_reserve_pool(clerk):
    one = firm()
    in_pool = acts.EnterPool(uscc=one.uscc, stage="seed", on=dt.date(2026, 1, 5))
    registry.apply([in_pool], by=None)
    register(clerk, one, "leave_pool", on=DAY, because="转为商贸")
    entry = PoolEntry.objects.get()
    assert (entry.until, entry.exit_reason) == (TODAY, "转为商贸")
    assert written(one).act == "unpooled"


@pytest.mark.parametrize(("park", "name"), [("shuangfu", "shuangfu"), ("", None)])
def test_a_firm_moves(clerk, park, name):
    one = firm(hnte=True)
    register(clerk, one, "move", park=park, town="500116004", on=DAY)
    place = standing(one).placement
    assert (place.park and place.park.code, place.town.code, place.since) == (
        name,
        "500116004",
        TODAY,
    )
    assert written(one).act == "moved"
    counts = counting.count([TODAY], Definition.CERTIFICATE)
    assert counts.value(TODAY, park or "outside", "hnte") == 1


def test_a_move_starts_from_where_the_firm_stands(clerk):
    page = clerk.get(address(firm(), "move")).content.decode()
    assert '<option value="degan" selected>' in page
    assert '<option value="500116002" selected>' in page


def test_a_firm_leaves_the_district_and_the_count(clerk):
    one = firm(hnte=True)
    assert hnte_on_home(clerk) == 1
    register(clerk, one, "leave", on=DAY)
    assert standing(one).placement is None
    assert written(one).act == "left"
    assert hnte_on_home(clerk) == 0


def test_a_firm_is_closed_and_the_closure_undone(clerk):
    one = firm(hnte=True)
    register(clerk, one, "close", on=DAY, cause="revoked")
    assert (standing(one).closed, one.closures.get().cause, written(one).act) == (
        True,
        "revoked",
        "closed",
    )
    assert hnte_on_home(clerk) == 0
    register(clerk, one, "reopen", on=DAY)
    assert (standing(one).closed, written(one).act) == (False, "reopened")
    assert hnte_on_home(clerk) == 1


def test_a_certificate_gets_another_last_day(clerk):
    held = Qualification.objects.get(enterprise=firm(hnte_lapsed=True))
    assert hnte_on_home(clerk) == 0
    register(clerk, held.enterprise, "extend", qualification=held.pk, valid_until="2027-06-30")
    held.refresh_from_db()
    assert (held.valid_until, written(held.enterprise).act) == (dt.date(2027, 6, 30), "extended")
    assert hnte_on_home(clerk) == 1


def test_a_certificate_is_revoked(clerk):
    held = Qualification.objects.get(enterprise=firm(hnte=True))
    register(clerk, held.enterprise, "revoke", qualification=held.pk, on=DAY)
    held.refresh_from_db()
    assert (held.revoked_on, written(held.enterprise).act) == (TODAY, "revoked")
    assert hnte_on_home(clerk) == 0


REFUSED = [
    ("rename", {"name": "", "on": DAY}, "必填"),
    ("rename", {"name": "江津新名有限公司", "on": "2999-01-01"}, "日期不得晚于今天。"),
    ("rename", {"name": "江津\x07新名有限公司", "on": DAY}, "含有控制字符或乱码，请重新输入。"),
    (
        "move",
        {"park": "shuangfu", "town": "500116004", "on": "2015-03-01"},
        "迁移日期须晚于在现址的起始日（2015-03-01）",
    ),
    ("move", {"park": "nowhere", "town": "degan", "on": DAY}, "选择一个有效的选项"),
    ("leave", {"on": "2015-03-01"}, "迁出日期须晚于在现址的起始日"),
    ("close", {"on": "1026-06-30", "cause": "revoked"}, "日期不在1949至2100年之间。"),
    ("reopen", {"on": DAY}, "企业未处于注销状态"),
]


@pytest.mark.parametrize(("act", "values", "said"), REFUSED)
def test_what_is_refused_is_said_and_keeps_its_values_and_writes_nothing(clerk, act, values, said):
    one, entries = firm(), LedgerEntry.objects.count()
    answer = register(clerk, one, act, **values)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    form = answer.context["form"]
    assert {name: form[name].value() for name in (*values, "reason")} == {
        **values,
        "reason": REASON,
    }
    assert (LedgerEntry.objects.count(), Job.objects.count()) == (entries, 0)


def test_a_reason_is_required_and_short(clerk):
    one = firm()
    for reason in ("", "长" * 201):
        assert register(clerk, one, "leave", on=DAY, reason=reason).status_code == 422
    assert standing(one).placement


def test_only_the_firms_own_qualifications_can_be_chosen(clerk):
    one, foreign = firm(hnte=True), Qualification.objects.get(enterprise=firm(hnte=True))
    assert register(clerk, one, "revoke", qualification=foreign.pk, on=DAY).status_code == 422
    foreign.refresh_from_db()
    assert foreign.revoked_on is None


def test_what_is_registered_already_is_no_change(clerk):
    one = firm()
    entries = LedgerEntry.objects.count()
    answer = register(clerk, one, "rename", name=one.name, on=DAY)
    assert "没有变化" in answer.content.decode()
    assert (LedgerEntry.objects.count(), Job.objects.count()) == (entries, 0)


@pytest.mark.parametrize("who", ["老郑", "审计", "德感"])
def test_the_door_is_for_the_bureau(client, people, who):
    client.force_login(people[who])
    one = firm()
    assert register(client, one, "leave", on=DAY).status_code == 403
    assert standing(one).placement
    assert "登记变更" not in client.get(reverse("firm", args=[one.uscc])).content.decode()


def test_the_page_of_the_firm_leads_here_and_unknown_ones_do_not_exist(clerk):
    one = firm()
    assert (
        reverse("firm_change", args=[one.uscc])
        in clerk.get(reverse("firm", args=[one.uscc])).content.decode()
    )
    assert clerk.get(address(one, "nothing")).status_code == 404
    assert clerk.get("/firms/91500116MA00000000/change/").status_code == 404


def test_every_act_can_be_chosen_by_its_name(clerk):
    page = clerk.get(address(firm(), "move")).content.decode()
    for title in ("更名", "迁移", "迁出江津", "注销", "恢复", "变更有效期", "取消资质"):
        assert f">{title}</a>" in page
