"""Lists of an intellectual property office: a row for each right, its firm by code or name."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import IpItem, Job, LedgerEntry
from enterprises.registry import acts
from tests.enterprises.loading.test_returns import load, problems
from tests.enterprises.registered import DEGAN
from tests.enterprises.workbooks import code, xlsx

pytestmark = pytest.mark.django_db
NAMES = {number: f"重庆测试{number}号机械有限公司" for number in range(1, 6)}
TITLES = ["序号", "专利权人", "专利类型", "专利号", "专利名称", "授权公告日", "专利权届满日", "取得方式", "转让登记日", "使用年度"]  # fmt: skip
UNDONE = "这次入库已经撤销"


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def clerk(client, people, plan):
    done = []
    for number in (1, 2, 3):
        uscc = code(number)
        done += [
            acts.Register(uscc=uscc, name=NAMES[number]),
            acts.Place(uscc=uscc, **DEGAN, since=dt.date(2020, 1, 1)),
        ]
    done.append(acts.Rename(uscc=code(3), name="重庆新名机械有限公司", on=dt.date(2026, 1, 5)))
    registry.apply(done, by=None)
    client.force_login(people["小石"])
    return client


def listed(folder, *rows, titles=TITLES):
    return xlsx(folder / "知识产权.xlsx", [["知识产权清单"], titles, *map(list, rows)])


def row(
    number=1, owner=None, right="发明", patent="ZL201910123456.7", granted="2019-05-06", **more
):
    told = {"title": "", "ends": None, "obtained": "", "since": None, "used": None} | more
    return [
        number, owner or NAMES[1], right, patent, told["title"], granted, told["ends"],
        told["obtained"], told["since"], told["used"],
    ]  # fmt: skip


def test_rights_are_read_with_their_owners_written_with_their_cells_and_taken_back(clerk, tmp_path):
    path = listed(
        tmp_path,
        row(title="一种夹具", ends="2038-01-04", obtained="原始取得"),
        row(2, right="实用新型", patent="2020206543210", granted="2020-06-01", used=2023),
        # A former name is the firm's as well; who has it now stands in a further row.
        row(3, NAMES[3], "计算机软件著作权", "2021SR0012345", "2021-02-03", obtained="原始取得"),
        row(
            4, NAMES[2], "软著", "2021sr 0012345", "2021-02-03", obtained="受让", since="2024-05-06"
        ),
        row(5, right="注册商标", patent="12345678", granted="2018-01-01"),
        ["合计", *[None] * 9],
    )
    result = load(clerk, path)
    assert (result["applied"], problems(result)) == (True, [])
    assert result["files"][0]["layout"] == "知识产权清单"
    told = {
        (item.number, item.enterprise.uscc): item
        for item in IpItem.objects.select_related("enterprise")
    }
    assert set(told) == {
        ("ZL201910123456.7", code(1)),
        ("ZL202020654321.0", code(1)),
        ("2021SR0012345", code(3)),
        ("2021SR0012345", code(2)),
        ("12345678", code(1)),
    }
    patent = told["ZL201910123456.7", code(1)]
    assert (patent.title, str(patent.ends_on), patent.obtained) == ("一种夹具", "2038-01-04", "own")
    assert told["ZL202020654321.0", code(1)].used_first == 2023
    assert str(told["2021SR0012345", code(3)].until) == "2024-05-06"
    entry = LedgerEntry.objects.get(fact="ipitem", fact_id=patent.pk)
    assert (entry.source.name, entry.cells["number"], entry.cells["granted_on"]) == (
        "知识产权.xlsx",
        "名册!D3",
        "名册!F3",
    )
    assert "发明专利" in str(result["files"][0]["changes"])

    job = Job.objects.filter(kind="load").latest("pk")
    page = clerk.get(reverse("load_job", args=[job.pk])).content.decode()
    assert "撤销这次入库" in page
    undo = reverse("load_undo", args=[job.pk])
    refused = clerk.post(undo, {"reason": " "})
    assert refused.status_code == 422
    assert "请写明撤销的理由" in refused.content.decode()
    assert IpItem.objects.count() == 5
    clerk.post(undo, {"reason": "报错了文件"})
    assert not IpItem.objects.exists()
    assert UNDONE in clerk.get(reverse("load_job", args=[job.pk])).content.decode()
    again = clerk.post(undo, {"reason": "再来一次"})
    assert "或已经撤销" in again.content.decode()


def test_what_was_built_on_since_stops_the_taking_back(clerk, people, tmp_path):
    load(
        clerk, listed(tmp_path, row(right="实用新型", patent="2020206543210", granted="2020-06-01"))
    )
    used = acts.UseIpItem(
        uscc=code(1), right="utility_model", number="ZL202020654321.0", year=2025,
        on=dt.date(2025, 6, 1),
    )  # fmt: skip
    registry.apply([used], by=people["小石"])
    job = Job.objects.filter(kind="load").latest("pk")
    refused = clerk.post(reverse("load_undo", args=[job.pk]), {"reason": "报错了文件"})
    assert "不能撤销" in refused.content.decode()
    assert IpItem.objects.get().used_first == 2025


def test_a_list_with_codes_and_none_of_names(clerk, tmp_path):
    titles = ["统一社会信用代码", "知识产权类别", "授权号或登记号", "授权日期"]
    path = listed(
        tmp_path, [code(1), "外观设计", "ZL202130123456.5", dt.date(2021, 9, 3)], titles=titles
    )
    assert load(clerk, path)["applied"]
    assert IpItem.objects.get().kind_id == "design"


def test_a_name_of_a_merged_record_is_that_of_the_firm_it_went_into(clerk, tmp_path):
    keep = {"placements": "here"}
    merge = acts.Merge(uscc=code(1), other=code(2), keep=keep, confirmed=True)
    registry.apply([merge], by=None)
    result = load(clerk, listed(tmp_path, row(owner=NAMES[2])))
    assert (result["applied"], problems(result)) == (True, [])
    assert IpItem.objects.get().enterprise.uscc == code(1)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (row(owner="重庆没有的公司"), ("P108", "B3")),
        (row(owner="无"), ("R122", "B3")),
        (row(right="商誉"), ("R013", "C3")),
        (row(right=None), ("R101", "C3")),
        (row(patent=None), ("R101", "D3")),
        (row(patent="号" * 41), ("R006", "D3")),
        (row(granted=None), ("R101", "F3")),
        (row(granted="2099-01-01"), ("R102", "F3")),
        (row(ends="2019-01-01"), ("R123", "G3")),
        (row(obtained="捡到"), ("R013", "H3")),
        (row(since="2099-01-01"), ("R102", "I3")),
        (row(used="去年"), ("R008", "J3")),
    ],
)
def test_each_fault_stands_at_its_cell_and_nothing_is_written(clerk, tmp_path, told, found):
    result = load(clerk, listed(tmp_path, told))
    assert (result["blocked"], problems(result)) == (True, [found])
    assert not IpItem.objects.exists()


def test_a_right_of_another_firm_is_told_at_its_cell(clerk, tmp_path):
    load(clerk, listed(tmp_path, row(obtained="原始取得")))
    result = load(clerk, listed(tmp_path, row(owner=NAMES[2], obtained="原始取得")))
    assert problems(result) == [("P101", "D3")]
    reason = result["files"][0]["problems"][0]["reason"]
    assert f"登记在“{NAMES[1]}”（{code(1)}）名下" in reason


def test_the_same_row_twice_and_another_office_that_differs(clerk, tmp_path):
    assert problems(load(clerk, listed(tmp_path, row(), row(2)))) == [("R201", "D4")]
    assert load(clerk, listed(tmp_path, row()))["applied"]
    again = load(clerk, listed(tmp_path, row(granted="2019-05-07", title="一种夹具")))
    assert (again["applied"], problems(again)) == (True, [("P104", "F3")])
    item = IpItem.objects.get()
    assert (str(item.granted_on), item.title) == ("2019-05-06", "一种夹具")
