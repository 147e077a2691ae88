"""The applications of a year: matrix, rates, list, filters, and who sees which."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises import registry
from enterprises.models import Agency, AgencyReply, Application
from enterprises.registry import acts
from tests.clock import AUTUMN
from tests.firms import firm
from tests.snapshots import Snapshot
from tests.targets.page_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
PAGE = "/applications/"
TODAY = AUTUMN
YEAR = TODAY.year


def applied(stage: str, *, first_year: int | None = None, **more):
    """A firm whose application of this year stands at the stage; `certified` has its certificate."""
    place = {name: more.pop(name) for name in ("park", "town", "name") if name in more}
    one = firm(**place)
    told: list[acts.Act] = []
    if first_year:
        told.append(acts.Grant(uscc=one.uscc, kind="hnte", number=f"GR{first_year}51{one.pk:06d}",
                               valid_from=dt.date(first_year, 11, 1), class_year=first_year))  # fmt: skip
    reached = "filed" if stage == "certified" else stage
    given = {"kind": "hnte", "year": YEAR, "stage": reached, "on": TODAY, "note": "写明"}
    told.append(acts.Apply(uscc=one.uscc, **given | more))
    if stage == "certified":
        told.append(acts.Grant(uscc=one.uscc, kind="hnte", number=f"GR{YEAR}51{one.pk:06d}",
                               valid_from=TODAY, class_year=YEAR))  # fmt: skip
    registry.apply(told, by=None)
    return one


def enter_district(people) -> None:
    for _ in range(2):
        applied("certified", batch=1, agency="甲咨询")
    applied("certified", first_year=YEAR - 3, batch=1, agency="甲 咨询")
    applied("rejected", batch=1, agency="甲咨询", rejected_for="rd_share")
    applied("filed", batch=2, agency="甲咨询")
    applied("publicity", batch=2, first_year=YEAR - 3, park="baisha", town="500116108")
    applied("given_up")
    applied("preparing", agency="乙代理")


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("applications", enter_district, on=AUTUMN)


@pytest.fixture
def leader(client, people):
    client.force_login(people["老郑"])
    return client


def shown(client, **query) -> str:
    return text_of(client.get(PAGE, query))


def test_the_matrix_counts_stages_by_role_and_unit(leader, district):
    page = shown(leader)
    assert "受理 6 家 准备中 1 家 已申报 1 家 公示中 1 家 认定 3 家 未通过 1 家 放弃 1 家" in page
    # 首次, 重新, 合计, then the units.
    assert "状态 首次 重新 合计 德感 白沙" in page
    assert "认定 2 1 3 3 0" in page
    assert "公示中 0 1 1 0 1" in page
    assert "合计 6 2 8 7 1" in page
    assert "通过率 50.0%（3/6），已出结果的 样本不足" in page


def test_every_number_opens_as_many_firms(leader, district):
    context = leader.get(PAGE).context
    page = context["page"]
    numbers = [number for row in page.matrix for number in row.numbers]
    numbers += [number for _, number in page.chips] + [number for _, number in page.reasons]
    for table in page.rate_tables:
        for row in table.rows:
            numbers += [row.accepted, row.certified, row.rejected, row.given_up]
    assert len(numbers) > 60
    for number in numbers:
        listed = leader.get(number.url)
        assert listed.status_code == 200
        assert len(listed.context["page"].listed) == number.firms, number.url


@pytest.mark.parametrize(
    ("query", "firms"),
    [
        ({"batch": 1}, 4),
        ({"batch": 0}, 2),
        ({"role": "again"}, 2),
        ({"state": "accepted"}, 6),
        ({"state": "decided", "batch": 1}, 4),
        ({"unit": "baisha"}, 1),
        ({"next": "none"}, 3),
        ({"reason": "rd_share"}, 1),
        ({"year": YEAR - 1}, 0),
        ({"kind": "srdi"}, 0),
    ],
)
def test_filters_narrow_the_list(leader, district, query, firms):
    assert f"：{firms} 家" in shown(leader, view="list", **query)


def test_what_is_due_first_stands_first(leader, people, district):
    late, soon = applied("filed", name="江津乙有限公司"), applied("filed", name="江津甲有限公司")
    for one, days in ((soon, 3), (late, -2)):
        step = acts.NextStep(
            uscc=one.uscc, kind="hnte", next_action="催材料", owner="小石",
            next_on=TODAY + dt.timedelta(days=days),
        )  # fmt: skip
        registry.apply([step], by=None)
    page = shown(leader, view="list")
    listed = [
        line.course.firm.name for line in leader.get(PAGE, {"view": "list"}).context["lines"].lines
    ]
    assert listed[:2] == ["江津乙有限公司", "江津甲有限公司"]
    assert "已过2天 小石" in page
    assert "还有3天 小石" in page
    assert "：1 家" in shown(leader, view="list", next="due")
    assert "：2 家" in shown(leader, view="list", owner="小石")


@pytest.mark.parametrize(
    "query", [{"year": "x"}, {"state": "won"}, {"unit": "nowhere"}, {"batchs": 1}, {"q": "\u200b"}]
)
def test_what_is_not_understood_is_said(leader, district, query):
    answer = leader.get(PAGE, query)
    assert (answer.status_code, "alert-danger" in answer.content.decode()) == (400, True)


def test_a_list_is_pasted_from_an_empty_matrix_and_comes_back_to_what_was_asked(client, people):
    client.force_login(people["小石"])
    link = re.search(
        r'href="(/applications/paste/[^"]*)">粘贴名单登记',
        client.get(PAGE, {"year": YEAR - 1}).content.decode(),
    )
    assert link
    page = client.get(link[1]).content.decode()
    assert f'name="back" value="/applications/?year={YEAR - 1}&amp;view=list"' in page


def test_few_make_no_rate_and_an_agencys_is_public_after_its_reply(client, people, district):
    client.force_login(people["小石"])
    made = client.post("/agencies/names/", {"all": "1"}, follow=True)
    assert "已建立2家机构" in text_of(made)
    assert "甲咨询 5 3 1 0 60.0%（3/5）" in shown(client)
    assert "乙代理 0 0 0 0 — —" in shown(client)
    assert "第2批 2 0 0 0 样本不足 —" in shown(client)
    client.force_login(people["老郑"])
    assert "甲咨询 5 3 1 0 机构未回复，不公开" in shown(client)
    assert "60.0%" not in text_of(client.get("/agencies/"))
    one = Agency.objects.get(name="甲咨询")
    client.force_login(people["小石"])
    reply = {"act": "reply", "year": YEAR, "replied_on": str(TODAY), "words": "无异议"}
    assert client.post(f"/agencies/{one.code}/", reply).status_code == 302
    assert client.post(f"/agencies/{one.code}/", reply).status_code == 422
    assert AgencyReply.objects.get().by == people["小石"]
    client.force_login(people["老郑"])
    assert "甲咨询 5 3 1 0 60.0%（3/5）" in shown(client)


def test_agencies_are_merged_and_parted_and_no_fact_changes(client, people, district):
    client.force_login(people["小石"])
    client.post("/agencies/names/", {"all": "1"})
    one, other = Agency.objects.get(name="甲咨询"), Agency.objects.get(name="乙代理")
    address = f"/agencies/{other.code}/"
    assert client.post(address, {"act": "merge", "into": one.code}).status_code == 302
    assert shown(client, view="list", agency=one.code).count("甲咨询") >= 6
    assert "已并入 甲咨询" in text_of(client.get(address))
    itself = client.post(f"/agencies/{one.code}/", {"act": "merge", "into": other.code})
    assert itself.status_code == 422
    assert client.post(address, {"act": "part"}).status_code == 302
    assert "从“甲咨询”拆出" in text_of(client.get(address))
    told = set(Application.objects.values_list("agency", flat=True))
    assert told == {"甲咨询", "甲 咨询", "乙代理", ""}


def test_the_spellings_are_read_once_however_many_names_are_new(client, people):
    client.force_login(people["安安"])
    counts = []
    for first, last in ((0, 2), (2, 12)):
        for number in range(first, last):
            applied("filed", agency=f"第{number}家咨询")
        with CaptureQueriesContext(connection) as seen:
            client.post("/agencies/names/", {"all": "1"})
        read = [each for each in seen if "agencyspelling" in each["sql"].split(" WHERE ")[0]]
        counts.append(sum(each["sql"].startswith("SELECT") for each in read))
    assert counts[0] == counts[1]
    assert Agency.objects.count() == 12


def test_a_new_spelling_is_given_to_the_agency_it_means(client, people, district):
    client.force_login(people["小石"])
    client.post("/agencies/names/", {"all": "1"})
    applied("filed", agency="甲科技咨询公司")
    page = text_of(client.get("/agencies/"))
    assert "新出现的写法 1 个" in page
    code = Agency.objects.get(name="甲咨询").code
    client.post("/agencies/names/", {"name": "甲科技咨询公司", "agency": code})
    assert "新出现的写法" not in text_of(client.get("/agencies/"))
    assert "：6 家" in shown(client, view="list", agency=code)
    again = client.post(f"/agencies/{code}/", {"act": "spelling", "text": "乙代理"})
    assert (again.status_code, "已是“乙代理”的写法" in again.content.decode()) == (422, True)


def test_a_unit_sees_its_own_and_no_columns_of_others(client, people, district):
    client.force_login(people["德感"])
    assert "状态 首次 重新 合计 准备中" in shown(client)
    assert "：7 家" in shown(client, view="list")
    # A firm that has left is no longer theirs.
    gone = applied("filed")
    registry.apply([acts.Leave(uscc=gone.uscc, on=TODAY)], by=None)
    assert "：7 家" in shown(client, view="list")
    client.force_login(people["老郑"])
    assert "：1 家" in shown(client, view="list", unit="gone")


def test_the_page_asks_as_often_for_many_as_for_few(
    leader, people, district, django_assert_max_num_queries
):
    counts = []
    for _ in range(2):
        leader.get(PAGE)
        for query in ({}, {"view": "list"}):
            with django_assert_max_num_queries(20) as seen:
                leader.get(PAGE, query)
            counts.append(len(seen))
        for _ in range(12):
            applied("filed", batch=3, agency="丙")
    assert counts[:2] == counts[2:]
