"""Who sees to a firm: named at its unit and at the bureau, one a day and level, in the ledger, taken back."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.firms.owners.standing import owners_of
from enterprises.models import FirmOwner, LedgerEntry
from enterprises.registry import acts, undoing
from parks.models import Unit, User
from tests.firms import firm

pytestmark = pytest.mark.django_db
JUNE, JULY = dt.date(2026, 6, 1), dt.date(2026, 7, 1)


@pytest.fixture
def one(people):
    return firm()


def name(one, account, on=JUNE, level="unit", by=None):
    told = acts.AssignOwner(uscc=one.uscc, level=level, account=account, on=on)
    return registry.apply([told], by=by)


def held(one, level="unit") -> list[tuple]:
    rows = FirmOwner.objects.filter(enterprise=one, level=level).order_by("since")
    return list(rows.values_list("account", "since", "until"))


def take_back(entry):
    registry.apply(undoing.plan_undoing([(entry.pk, entry.pk)]).acts, by=None)


def test_an_owner_is_a_dated_fact_with_an_entry_and_the_next_one_ends_it(one, people):
    second = User.objects.create_user("新人", role="unit_staff", unit=people["德感"].unit)
    name(one, "德感", by=people["小石"])
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.act, entry.fact, entry.effective_on) == ("unit_owner", "firmowner", JUNE)
    assert entry.after == {"level": "unit", "account": "德感", "since": "2026-06-01"}
    name(one, second.username, JULY)
    assert held(one) == [("德感", JUNE, JULY), ("新人", JULY, None)]
    assert LedgerEntry.objects.latest("pk").before == {"account": "德感"}
    # The same word a second time says nothing new.
    assert not name(one, "新人", JULY + dt.timedelta(3)).entries


def test_unit_and_bureau_have_owners_of_their_own(one):
    name(one, "德感")
    name(one, "小石", JULY, level="bureau")
    assert held(one) == [("德感", JUNE, None)]
    assert held(one, "bureau") == [("小石", JULY, None)]
    # What was named at one level is taken back whatever was named at the other since.
    first = LedgerEntry.objects.filter(act="unit_owner").latest("pk")
    take_back(first)
    assert held(one) == []
    assert held(one, "bureau") == [("小石", JULY, None)]


def test_a_naming_that_is_taken_back_gives_the_firm_its_owner_again(one, people):
    User.objects.create_user("新人", role="unit_staff", unit=people["德感"].unit)
    name(one, "德感")
    name(one, "小石", JUNE, level="bureau")
    name(one, "新人", JULY)
    take_back(LedgerEntry.objects.latest("pk"))
    assert held(one) == [("德感", JUNE, None)]
    assert held(one, "bureau") == [("小石", JUNE, None)]


def test_a_later_naming_at_the_level_builds_on_the_one_before(one, people):
    User.objects.create_user("新人", role="unit_staff", unit=people["德感"].unit)
    name(one, "德感")
    first = LedgerEntry.objects.latest("pk")
    name(one, "新人", JULY)
    assert one.uscc in undoing.plan_undoing([(first.pk, first.pk)]).blockers


def test_nobody_sees_to_it_any_more_and_that_is_taken_back_too(one):
    name(one, "德感")
    name(one, "", JULY)
    assert held(one) == [("德感", JUNE, JULY)]
    take_back(LedgerEntry.objects.latest("pk"))
    assert held(one) == [("德感", JUNE, None)]
    name(one, "", JULY)
    name(one, "德感", JULY)
    assert held(one) == [("德感", JUNE, JULY), ("德感", JULY, None)]


def test_a_second_word_on_one_day_corrects_the_first(one, people):
    User.objects.create_user("新人", role="unit_staff", unit=people["德感"].unit)
    name(one, "德感")
    name(one, "新人")
    assert held(one) == [("新人", JUNE, None)]
    take_back(LedgerEntry.objects.latest("pk"))
    assert held(one) == [("德感", JUNE, None)]


@pytest.mark.parametrize(
    ("account", "level", "on", "said"),
    [
        ("街道", "unit", JUNE, ""),
        ("小石", "unit", JUNE, "不是企业所在单位的人员"),
        ("德感", "bureau", JUNE, "不是科技局人员"),
        ("老郑", "bureau", JUNE, "不是科技局人员"),
        ("无此人", "unit", JUNE, "没有账号"),
        ("停用", "bureau", JUNE, "已停用"),
        ("小石", "town", JUNE, "层级应为"),
        ("小石", "bureau", dt.date(1900, 1, 1), "日期不在"),
    ],
)
def test_only_who_works_for_the_unit_or_the_bureau_can_see_to_it(
    one, people, account, level, on, said
):
    User.objects.create_user("停用", role="bureau_staff", is_active=False)
    if not said:
        name(one, account, on, level)
        assert held(one, level) == [(account, on, None)]
        return
    with pytest.raises(registry.ActsRefused, match=said):
        name(one, account, on, level)
    assert held(one, level) == []


def test_days_go_forward(one, people):
    User.objects.create_user("新人", role="unit_staff", unit=people["德感"].unit)
    name(one, "德感", JULY)
    with pytest.raises(registry.ActsRefused, match="日期不得早于该日"):
        name(one, "新人", JUNE)
    with pytest.raises(registry.ActsRefused, match="结束日期须晚于该日"):
        name(one, "", JULY)
    name(one, "", JULY + dt.timedelta(10))
    with pytest.raises(registry.ActsRefused, match="日期不得早于该日"):
        name(one, "新人", JULY + dt.timedelta(5))


def test_an_account_that_went_is_told_as_such(one, people):
    name(one, "德感")
    name(one, "小石", level="bureau")
    today = timezone.localdate()

    def told():
        owners = owners_of([one.pk], today)[one.pk]
        return owners.unit.trouble, owners.bureau.trouble

    assert told() == ("", "")
    User.objects.filter(username="德感").update(unit=Unit.objects.get(code="baisha"))
    User.objects.filter(username="小石").update(is_active=False)
    assert told() == ("责任人已不在企业所在单位", "责任人已停用")
    User.objects.filter(username="小石").update(is_active=True, role="leader")
    assert told()[1] == "责任人已不在科技局"
    User.objects.filter(username="德感").update(username="改名")
    assert told()[0] == "账号已不存在"
    owners = owners_of([one.pk], JUNE - dt.timedelta(1))
    assert owners == {}


def test_owners_of_many_take_three_queries(one, people, django_assert_num_queries):
    others = [firm() for _ in range(4)]
    for each in (one, *others):
        name(each, "德感")
    with django_assert_num_queries(3):
        assert len(owners_of([each.pk for each in (one, *others)], JULY)) == 5
