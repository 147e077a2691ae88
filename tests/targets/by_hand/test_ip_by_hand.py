"""Rights by hand: form, ledger, page, list, file, API; transferred, used, taken back on both sides."""

import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises.models import IpItem, LedgerEntry
from tests.enterprises.loading.test_returns import load, problems
from tests.firms import firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    address,
    clerk,
    register,
    written,
)
from tests.targets.by_hand.test_new_firm import take_back

pytestmark = pytest.mark.django_db
MODEL = "ZL202020654321.X"
TOLD = {
    "right": "utility_model",
    "number": "ZL 2020 2 0654321.x",
    "right_title": "一种夹具",
    "granted_on": "2020-06-01",
    "obtained": "own",
}


@pytest.fixture(autouse=True)
def kinds(plan) -> None:
    """The kinds of rights."""


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def stretches() -> list[tuple[str, str, str | None]]:
    rows = IpItem.objects.order_by("since").select_related("enterprise")
    return [(row.enterprise.uscc, str(row.since), row.until and str(row.until)) for row in rows]


def test_it_is_registered_shown_listed_exported_told_by_the_api_and_taken_back(clerk):  # noqa: F811
    one = firm()
    assert "没有逐项登记知识产权" in text(clerk.get(reverse("firm", args=[one.uscc])))
    register(clerk, one, "ip_item", **TOLD)
    entry = written(one)
    assert (entry.act, entry.fact, str(entry.effective_on)) == ("ip_added", "ipitem", "2020-06-01")
    assert (entry.after["kind"], entry.after["number"]) == ("utility_model", MODEL)
    item = IpItem.objects.get()
    for page in (reverse("firm", args=[one.uscc]), reverse("firm_self_check", args=[one.uscc])):
        shown = text(clerk.get(page))
        for words in (MODEL, "一种夹具", "实用新型专利", "Ⅱ类", "自主研发", "Ⅱ类 1 件", "可用"):
            assert words in shown
    assert "登记知识产权" in text(clerk.get(reverse("firm", args=[one.uscc])))
    assert "没有变化" in text(register(clerk, one, "ip_item", **TOLD))

    listed = text(clerk.get(reverse("ip_items"), {"q": one.name}))
    assert MODEL in listed
    assert "共 1 条" in listed
    file = b"".join(clerk.get(reverse("ip_items_export"), {"firm": one.uscc}).streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True))
    asked = {"ip_class": "2", "kind": "utility_model", "held": "yes"}
    said = b"".join(clerk.get(reverse("ip_items_export"), asked).streaming_content)
    [sheet] = openpyxl.load_workbook(io.BytesIO(said)).worksheets
    heads = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=4) for cell in row)
    assert "分类：Ⅱ类，类别：实用新型专利，今天：归企业所有且有效" in heads
    assert rows[-1][1:7] == (one.uscc, one.name, "实用新型专利", "Ⅱ类", MODEL, "一种夹具")

    told = {
        "id": item.pk, "kind": "utility_model", "number": MODEL, "title": "一种夹具",
        "granted_on": "2020-06-01", "ends_on": None, "obtained": "own", "since": "2020-06-01",
        "until": None, "ending": "", "used_first": None, "used_last": None,
    }  # fmt: skip
    assert clerk.get(f"/api/v1/enterprises/{one.uscc}/").json()["ip_items"] == [told]
    found = clerk.get("/api/v1/ip-items/", {"number": "2020206 54321x"}).json()["results"]
    assert found == [{"id": item.pk, "uscc": one.uscc, **told}]
    for query, number in (
        ({"on": "2020-05-31"}, 0),
        ({"on": "2020-06-01"}, 1),
        ({"kind": "design"}, 0),
    ):
        assert len(clerk.get("/api/v1/ip-items/", query).json()["results"]) == number
    take_back(clerk, entry)
    assert not IpItem.objects.exists()


def test_the_exported_file_is_a_list_that_can_be_loaded(clerk, tmp_path, settings):  # noqa: F811
    settings.JOB_FOLLOW_UPS = {"load": []}
    one = firm()
    register(clerk, one, "ip_item", **TOLD)
    path = tmp_path / "导出.xlsx"
    path.write_bytes(b"".join(clerk.get(reverse("ip_items_export")).streaming_content))
    take_back(clerk, LedgerEntry.objects.get(act="ip_added"))
    result = load(clerk, path)
    assert (result["applied"], problems(result)) == (True, [])
    assert stretches() == [(one.uscc, "2020-06-01", None)]


def test_a_transfer_is_looked_at_once_more_and_taken_back_for_both(clerk):  # noqa: F811
    seller, buyer = firm(), firm()
    register(clerk, seller, "ip_item", **TOLD)
    bought = TOLD | {"obtained": "bought", "since": "2024-02-01"}
    asked = clerk.post(address(buyer, "ip_item"), {"reason": "转让合同", **bought})
    assert asked.status_code == 422
    assert f"从“{seller.name}”（{seller.uscc}）转入本企业" in text(asked)
    assert len(stretches()) == 1
    register(clerk, buyer, "ip_item", **bought)
    both = [(seller.uscc, "2020-06-01", "2024-02-01"), (buyer.uscc, "2024-02-01", None)]
    assert stretches() == both
    for page, words in ((seller, "2024-02-01 转出"), (buyer, "可用")):
        assert words in text(clerk.get(reverse("firm", args=[page.uscc])))
    arrived = LedgerEntry.objects.get(enterprise=buyer, act="ip_added")
    take_back(clerk, arrived)
    assert stretches() == [(seller.uscc, "2020-06-01", None)]
    register(clerk, buyer, "ip_item", **bought)
    take_back(clerk, LedgerEntry.objects.in_force().get(enterprise=seller, act="ip_gone"))
    assert stretches() == [(seller.uscc, "2020-06-01", None)]


def test_taking_back_a_later_owner_opens_the_earlier_one_again(clerk):  # noqa: F811
    seller, buyer = firm(), firm()
    register(clerk, buyer, "ip_item", **TOLD | {"obtained": "bought", "since": "2024-02-01"})
    register(clerk, seller, "ip_item", **TOLD)
    assert stretches()[0] == (seller.uscc, "2020-06-01", "2024-02-01")
    # The earlier owner alone: the later one stays.
    take_back(clerk, LedgerEntry.objects.get(enterprise=seller, act="ip_added"))
    assert stretches() == [(buyer.uscc, "2024-02-01", None)]
    register(clerk, seller, "ip_item", **TOLD)
    take_back(clerk, LedgerEntry.objects.get(enterprise=buyer, act="ip_added"))
    assert stretches() == [(seller.uscc, "2020-06-01", None)]


def test_it_is_used_and_ends(clerk):  # noqa: F811
    one, other = firm(), firm()
    register(clerk, one, "ip_item", **TOLD)
    item = IpItem.objects.get()
    used = {"item": str(item.pk), "year": 2025, "on": "2025-06-02"}
    assert register(clerk, other, "use_ip_item", **used).status_code == 422
    register(clerk, one, "use_ip_item", **used)
    page = text(clerk.get(reverse("firm_self_check", args=[one.uscc]), {"on": "2026-01-01"}))
    assert "已用过" in page
    assert "其中已用于以前年度申报 1 件" in page
    # In the year of that very application it may be used: it is the one that names it.
    same = text(clerk.get(reverse("firm_self_check", args=[one.uscc]), {"on": "2025-12-31"}))
    assert "其中已用于" not in same
    register(clerk, one, "end_ip_item", item=str(item.pk), how="lapsed", on="2026-03-01")
    item.refresh_from_db()
    assert (str(item.until), item.ending, item.used_first) == ("2026-03-01", "lapsed", 2025)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"right": ""}, "right"),
        ({"number": "专利号："}, "编号应为1至40个字"),
        ({"granted_on": "2099-01-01"}, "日期不得晚于今天"),
        ({"granted_on": ""}, "须写明授权日期"),
        ({"ends_on": "2019-01-01"}, "保护期不得在授权日期之前结束"),
        ({"obtained": "found"}, "obtained"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(clerk, values, said):  # noqa: F811
    answer = register(clerk, firm(), "ip_item", **TOLD | values)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "一种夹具" in answer.content.decode()
    assert not IpItem.objects.exists()


def test_a_program_registers_uses_and_ends_it(clerk):  # noqa: F811
    one = firm()
    changes = f"/api/v1/enterprises/{one.uscc}/changes/"

    def post(**body):
        return clerk.post(changes, {"reason": "来函", **body}, content_type="application/json")

    assert post(act="ip_item", **TOLD).status_code == 200
    item = IpItem.objects.get()
    assert post(act="use_ip_item", item=item.pk, year=2025, on="2025-06-02").status_code == 200
    ended = post(act="end_ip_item", item=item.pk, how="transferred", on="2026-03-01")
    assert [entry["act"] for entry in ended.json()] == ["ip_gone"]
    assert post(act="ip_item", right="flag", number="1").status_code == 400


def test_a_list_of_many_asks_no_more_than_one_of_few(clerk, django_assert_max_num_queries):  # noqa: F811
    for number in range(4):
        register(clerk, firm(), "ip_item", **TOLD | {"number": f"2020SR000000{number}"})
    with django_assert_max_num_queries(12):
        assert "共 4 条" in text(clerk.get(reverse("ip_items")))
    for query in ({"ip_class": "9"}, {"q": "\u200b"}):
        assert clerk.get(reverse("ip_items"), query).status_code == 400
    assert clerk.get(reverse("ip_items_export"), {"ip_class": "9"}).status_code == 404
    for query, number in (
        ({"ip_class": "2"}, 4),
        ({"ip_class": "1"}, 0),
        ({"held": "no"}, 0),
        ({"q": "2020SR 0000001"}, 1),
        ({"q": "专利号："}, 0),
    ):
        assert f"共 {number} 条" in text(clerk.get(reverse("ip_items"), query))
