"""Rights item by item: one owner a day, transfers, uses; taken back, merged and refused."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from enterprises import registry
from enterprises.models import Enterprise, IpItem, LedgerEntry
from enterprises.registry import acts, undoing
from tests.firms import firm

pytestmark = pytest.mark.django_db
PATENT, MODEL = "ZL201910123456.7", "ZL202020654321.X"


@pytest.fixture(autouse=True)
def kinds(plan) -> None:
    """The kinds of rights."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def record(owner: Enterprise, number: str = PATENT, *, by=None, right="invention", **told) -> None:
    days = {name: day(told[name]) for name in ("granted_on", "since", "ends_on") if name in told}
    values = {"granted_on": day("2019-05-06"), "obtained": "own"} | told | days
    act = acts.RecordIpItem(uscc=owner.uscc, right=right, number=number, **values)
    registry.apply([act], by=by)


def stretches(number: str = PATENT) -> list[tuple[str, str, str | None]]:
    rows = IpItem.objects.filter(number=number).order_by("since").select_related("enterprise")
    return [(row.enterprise.uscc, str(row.since), row.until and str(row.until)) for row in rows]


def refusal(*told: acts.Act, by=None, reason: str = "") -> str:
    with pytest.raises(registry.ActsRefused) as refused:
        registry.apply(told, by=by, reason=reason)
    return str(refused.value)


def test_one_number_in_any_spelling_is_one_right():
    owner = firm()
    for number in (
        "ZL 2019 1 0123456.7",
        "2019101234567",
        "cn201910123456.7",
        "专利号：ZL2019101234567",
    ):
        record(owner, number)
    assert stretches() == [(owner.uscc, "2019-05-06", None)]
    assert LedgerEntry.objects.filter(act="ip_added").count() == 1


def test_a_transfer_ends_it_for_one_and_begins_it_for_the_other():
    seller, buyer = firm(), firm()
    record(seller)
    record(buyer, obtained="bought", since="2023-02-01")
    assert stretches() == [
        (seller.uscc, "2019-05-06", "2023-02-01"),
        (buyer.uscc, "2023-02-01", None),
    ]
    gone = LedgerEntry.objects.get(act="ip_gone")
    assert (gone.enterprise, gone.after) == (
        seller,
        {"until": "2023-02-01", "ending": "transferred"},
    )


def test_who_owned_it_earlier_may_be_told_later():
    seller, buyer, last = firm(), firm(), firm()
    record(last, obtained="merger", since="2025-01-01")
    record(seller)
    assert stretches() == [
        (seller.uscc, "2019-05-06", "2025-01-01"),
        (last.uscc, "2025-01-01", None),
    ]
    told = acts.RecordIpItem(
        uscc=buyer.uscc, right="invention", number=PATENT, granted_on=day("2019-05-06"),
        obtained="bought", since=day("2023-02-01"),
    )  # fmt: skip
    # Somebody else has it on that day: which of the two is wrong, a person must say first.
    assert f"登记在“{seller.name}”" in refusal(told)


def test_what_another_owns_is_not_of_own_research():
    owner, other = firm(), firm()
    record(owner)
    for obtained in ("own", ""):
        told = acts.RecordIpItem(
            uscc=other.uscc, right="invention", number=PATENT, obtained=obtained,
            granted_on=day("2019-05-06"), since=day("2020-01-01"),
        )  # fmt: skip
        assert f"登记在“{owner.name}”（{owner.uscc}）名下" in refusal(told)
    assert stretches() == [(owner.uscc, "2019-05-06", None)]


def test_nobody_owns_it_before_it_is_granted():
    owner = firm()
    record(owner, obtained="bought", since="2018-01-01")
    assert stretches() == [(owner.uscc, "2019-05-06", None)]


def test_a_person_puts_right_and_a_list_fills_gaps():
    owner = firm()
    record(owner, obtained="")
    listing = acts.Listing("清单.xlsx", day("2026-01-05"))
    told = acts.RecordIpItem(
        uscc=owner.uscc, right="invention", number=PATENT, title="一种夹具", obtained="own",
        granted_on=day("2019-05-07"), listing=listing, cells={"number": "Sheet1!A2"},
    )  # fmt: skip
    notices = registry.apply([told], by=None).notices
    row = IpItem.objects.get()
    assert (row.title, row.obtained, str(row.granted_on)) == ("一种夹具", "own", "2019-05-06")
    assert "授权日期登记为2019-05-06，本名单为2019-05-07" in notices[0].message
    record(owner, granted_on="2019-05-07")
    row.refresh_from_db()
    assert (str(row.granted_on), str(row.since), row.title) == (
        "2019-05-07",
        "2019-05-07",
        "一种夹具",
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"right": "flag"}, "没有代码为“flag”的知识产权类别"),
        ({"number": " "}, "须写明知识产权的编号"),
        ({"granted_on": None}, "须写明授权日期"),
        ({"granted_on": dt.date(2100, 1, 1)}, "日期不得晚于今天"),
        ({"granted_on": dt.date(1900, 1, 1)}, "日期不在"),
        ({"ends_on": dt.date(2019, 5, 5)}, "保护期不得在授权日期之前结束"),
        ({"name": "别家公司"}, "与登记不一致"),
    ],
)
def test_nonsense_is_refused(told, words):
    values = {"right": "invention", "number": PATENT, "granted_on": day("2019-05-06")} | told
    assert words in refusal(acts.RecordIpItem(uscc=firm().uscc, **values))
    assert not IpItem.objects.exists()


def test_it_goes_elsewhere_or_lapses():
    owner, other = firm(), firm()
    record(owner)
    ending = acts.EndIpItem(
        uscc=owner.uscc, right="invention", number=PATENT, on=day("2024-03-01"), how="lapsed"
    )
    assert "没有登记过这一知识产权" in refusal(
        acts.EndIpItem(**vars(ending) | {"uscc": other.uscc})
    )
    assert "须晚于取得日期" in refusal(acts.EndIpItem(**vars(ending) | {"on": day("2019-05-06")}))
    registry.apply([ending], by=None)
    assert stretches() == [(owner.uscc, "2019-05-06", "2024-03-01")]
    assert not registry.apply([ending], by=None).changes
    again = acts.EndIpItem(**vars(ending) | {"how": "transferred"})
    assert "已于2024-03-01权利失效" in refusal(again)


def use(owner: Enterprise, year: int, on: str, number: str = MODEL, right="utility_model", **more):
    return acts.UseIpItem(
        uscc=owner.uscc, right=right, number=number, year=year, on=day(on), **more
    )


def test_class_two_is_used_once_and_a_person_may_insist(people):
    owner, buyer = firm(), firm()
    record(owner, MODEL, right="utility_model", granted_on="2020-06-01")
    registry.apply([use(owner, 2023, "2023-07-01")], by=people["小石"])
    record(buyer, MODEL, right="utility_model", granted_on="2020-06-01", obtained="bought",
           since="2025-01-01")  # fmt: skip
    again = use(buyer, 2026, "2026-06-01")
    assert "已用于2023年申报，Ⅱ类只能用一次" in refusal(again, by=people["小石"])
    insisted = use(buyer, 2026, "2026-06-01", confirmed=True)
    registry.apply([insisted], by=people["小石"], reason="市局答复可用")
    rows = IpItem.objects.order_by("since").values_list("used_first", "used_last")
    assert list(rows) == [(2023, 2023), (2026, 2026)]


def test_class_one_is_used_again_and_again(people):
    owner = firm()
    record(owner)
    for year in (2023, 2026, 2020):
        registry.apply([use(owner, year, "2025-07-01", PATENT, "invention")], by=people["小石"])
    row = IpItem.objects.get()
    assert (row.used_first, row.used_last) == (2020, 2026)


def test_only_what_is_owned_and_in_force_is_used():
    owner, other = firm(), firm()
    record(owner, MODEL, right="utility_model", granted_on="2020-06-01", ends_on="2024-12-31")
    record(owner, "12345678", right="trademark")
    assert "没有登记这一知识产权" in refusal(use(other, 2023, "2023-07-01"))
    assert "没有登记这一知识产权" in refusal(use(owner, 2020, "2020-05-31"))
    assert "保护期已于2024-12-31结束" in refusal(use(owner, 2025, "2025-01-01"))
    assert "商标不计入" in refusal(use(owner, 2025, "2025-01-01", "12345678", "trademark"))
    registry.apply([use(owner, 2024, "2024-12-31")], by=None)


def test_a_call_is_taken_back_as_a_whole():
    seller, buyer = firm(), firm()
    record(seller)
    before = LedgerEntry.objects.order_by("-pk").first().pk
    record(buyer, obtained="bought", since="2023-02-01")
    last = LedgerEntry.objects.order_by("-pk").first().pk
    plan = undoing.plan_undoing([(before + 1, last)])
    registry.apply(plan.acts, by=None)
    assert stretches() == [(seller.uscc, "2019-05-06", None)]


def test_one_side_of_a_transfer_is_not_taken_back_alone():
    seller, buyer = firm(), firm()
    record(seller)
    record(buyer, obtained="bought", since="2023-02-01")
    gone = LedgerEntry.objects.get(act="ip_gone")
    (arrived,) = undoing.of_one_transfer([gone])
    assert (arrived.enterprise, arrived.act) == (buyer, "ip_added")
    assert undoing.of_one_transfer([arrived]) == [gone]
    alone = undoing.plan_undoing([(gone.pk, gone.pk)])
    # SQLite does not name the rule that it holds.
    assert any(words in refusal(*alone.acts) for words in ("只能归一家企业所有", "冲突"))
    assert stretches()[0] == (seller.uscc, "2019-05-06", "2023-02-01")


def test_two_records_of_a_firm_become_one_with_all_rights():
    stays, goes = firm(), firm()
    record(goes)
    record(stays, obtained="bought", since="2023-02-01")
    record(goes, MODEL, right="utility_model", granted_on="2020-06-01")
    keep = {"placements": "here"}
    registry.apply([acts.Merge(uscc=stays.uscc, other=goes.uscc, keep=keep)], by=None)
    assert stretches() == [
        (stays.uscc, "2019-05-06", "2023-02-01"),
        (stays.uscc, "2023-02-01", None),
    ]
    assert stretches(MODEL) == [(stays.uscc, "2020-06-01", None)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no exclusion constraints")
def test_past_the_registry_too_a_right_has_one_owner_on_any_day():
    seller, buyer = firm(), firm()
    record(seller)
    record(buyer, obtained="bought", since="2023-02-01")
    values = {"kind_id": "invention", "number": PATENT, "granted_on": day("2019-05-06")}
    with pytest.raises(IntegrityError, match="ip_item_no_overlap"), transaction.atomic():
        IpItem.objects.create(
            enterprise=firm(), since=day("2023-01-31"), until=day("2023-02-02"), ending="lapsed",
            **values,
        )  # fmt: skip
