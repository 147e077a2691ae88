"""Who sees to a firm, by hand: the acts page, the page for bureau and unit, the firm's head, the API."""

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.models import FirmOwner, LedgerEntry, UnitContact
from enterprises.registry import acts
from parks.models import Unit, User
from tests.firms import TODAY, firm
from tests.targets.by_hand.test_firm_change import register
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db


def owner_page(one) -> str:
    return reverse("firm_owner", args=[one.uscc])


def sees_to(one, level="unit") -> list[str]:
    rows = FirmOwner.objects.filter(enterprise=one, level=level, until=None)
    return list(rows.values_list("account", flat=True))


def told(account, level="unit", **more):
    return {"account": account, "level": level, "on": str(timezone.localdate())} | more


def test_the_bureau_names_both_on_the_acts_page(client, people):
    client.force_login(people["小石"])
    one = firm()
    answer = register(client, one, "owner", **told("德感", on=str(TODAY)))
    assert (
        "已登记变更单位责任人（层级：单位；责任人：德感；自：2026-06-30）"
        in answer.content.decode()
    )
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.act, entry.by, entry.after["account"]) == ("unit_owner", people["小石"], "德感")
    register(client, one, "owner", **told("小石", "bureau", on=str(TODAY)))
    assert (sees_to(one), sees_to(one, "bureau")) == (["德感"], ["小石"])
    again = register(client, one, "owner", **told("小石", "bureau", on=str(TODAY)))
    assert "没有变化" in again.content.decode()
    refused = register(client, one, "owner", **told("老郑", "bureau"))
    assert refused.status_code == 422


def test_the_head_of_the_firm_tells_owners_and_whom_to_call_at_its_unit(client, people):
    one = firm()
    park = Unit.objects.get(code="degan")
    UnitContact.objects.create(unit=park, name="李静", phone="023-4755 1234")
    act = acts.AssignOwner(uscc=one.uscc, level="unit", account="德感", on=TODAY)
    registry.apply([act], by=None)
    for who in ("老郑", "小石", "德感"):
        client.force_login(people[who])
        shown = text_of(client.get(reverse("firm", args=[one.uscc])))
        assert "责任人：单位 德感 ，科技局 未指定" in shown
        assert "德感：李静 023-4755 1234" in shown
    User.objects.filter(username="德感").update(is_active=False)
    client.force_login(people["老郑"])
    shown = text_of(client.get(reverse("firm", args=[one.uscc])))
    assert "责任人：单位 德感（责任人已停用） ，科技局 未指定" in shown
    # On a day before, nobody was named.
    earlier = text_of(client.get(reverse("firm", args=[one.uscc]), {"on": "2026-01-05"}))
    assert "责任人：单位 未指定" in earlier


def test_a_unit_names_its_own_and_not_the_bureaus(client, people):
    one = firm()
    client.force_login(people["德感"])
    form = client.get(owner_page(one)).context["form"]
    assert [value for value, _ in form.fields["level"].choices] == ["unit"]
    # The park's people and the town's; the bureau's are no owners at a unit.
    people_offered = {value for value, _ in form.fields["account"].choices}
    assert people_offered == {"", "!", "德感", "街道"}
    refused = client.post(owner_page(one), told("小石", "bureau"))
    assert refused.status_code == 422
    assert sees_to(one, "bureau") == []
    answer = client.post(owner_page(one), told("德感"), follow=True)
    assert f"已登记{one}的责任人" in text_of(answer)
    assert sees_to(one) == ["德感"]
    assert LedgerEntry.objects.latest("pk").by == people["德感"]


@pytest.mark.parametrize(("who", "code"), [("老郑", 403), ("审计", 403), ("街道", 404)])
def test_whose_firm_it_is_not_may_not(client, people, who, code):
    one = firm(park="baisha", town="500116108")
    client.force_login(people[who])
    assert client.get(owner_page(one)).status_code == code
    assert client.post(owner_page(one), told("街道")).status_code == code
    assert not FirmOwner.objects.exists()


def test_a_unit_that_the_firm_has_left_may_not(client, people):
    one = firm()
    move = acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=TODAY)
    registry.apply([move], by=None)
    client.force_login(people["德感"])
    assert client.post(owner_page(one), told("德感")).status_code == 403
    assert not FirmOwner.objects.exists()


def test_the_last_naming_is_taken_back_by_whose_level_it_is(client, people):
    one = firm()
    client.force_login(people["德感"])
    client.post(owner_page(one), told("德感"))
    seen = client.get(owner_page(one)).context["returnable"]
    client.force_login(people["小石"])
    client.post(owner_page(one), told("小石", "bureau"))
    stale = client.post(owner_page(one), {"take_back": "1", "seen": str(seen.pk)}, follow=True)
    assert "您打开本页后责任人又有变更" in text_of(stale)
    client.force_login(people["德感"])
    answer = client.post(owner_page(one), {"take_back": "1", "seen": str(seen.pk)}, follow=True)
    assert "已撤回" in text_of(answer)
    assert (sees_to(one), sees_to(one, "bureau")) == ([], ["小石"])
    none = client.post(owner_page(one), {"take_back": "1", "seen": "x"}, follow=True)
    assert "没有可撤回的责任人变更" in text_of(none)


def test_what_something_builds_on_is_not_taken_back(client, people):
    """Another record was merged into the firm since: it was said to be taken back, and was not."""
    one, other = firm(), firm()
    client.force_login(people["小石"])
    client.post(owner_page(one), told("德感"))
    merge = acts.Merge(uscc=one.uscc, other=other.uscc, keep={"placements": "here"}, confirmed=True)
    registry.apply([merge], by=people["小石"], reason="同一家")
    seen = client.get(owner_page(one)).context["returnable"]
    answer = client.post(owner_page(one), {"take_back": "1", "seen": str(seen.pk)}, follow=True)
    assert "不能撤销" in text_of(answer)
    assert sees_to(one) == ["德感"]


def test_nobody_is_chosen_and_never_left(client, people):
    one = firm()
    act = acts.AssignOwner(uscc=one.uscc, level="unit", account="德感", on=TODAY)
    registry.apply([act], by=None)
    client.force_login(people["小石"])
    assert client.post(owner_page(one), told("")).status_code == 422
    assert sees_to(one) == ["德感"]
    client.post(owner_page(one), told("!"))
    assert sees_to(one) == []


def test_what_is_wrong_is_told_and_nothing_lost(client, people):
    one = firm()
    client.force_login(people["小石"])
    wrong = client.post(owner_page(one), told("德感", on="2099-01-01"))
    assert wrong.status_code == 422
    assert "日期不得晚于今天" in wrong.content.decode()
    assert wrong.context["form"]["account"].value() == "德感"
    stranger = client.post(owner_page(one), told("德感", "bureau"))
    assert "“德感”不是科技局人员" in stranger.content.decode()


def test_the_api_names_and_tells_owners(client, people):
    one = firm()
    client.force_login(people["小石"])
    path = f"/api/v1/enterprises/{one.uscc}/changes/"
    body = {"act": "owner", "level": "unit", "account": "德感", "on": str(TODAY), "reason": "分工"}
    answer = client.post(path, body, content_type="application/json")
    assert (answer.status_code, answer.json()[0]["act"]) == (200, "unit_owner")
    assert client.get(f"/api/v1/enterprises/{one.uscc}/").json()["owners"] == [
        {"level": "unit", "account": "德感", "since": str(TODAY), "until": None}
    ]
    wrong = client.post(path, body | {"account": "老郑"}, content_type="application/json")
    assert wrong.status_code == 400
    client.force_login(people["德感"])
    assert client.post(path, body, content_type="application/json").status_code == 403
