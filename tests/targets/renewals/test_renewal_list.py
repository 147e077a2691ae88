"""The list of the renewals page: its order, its chips, its phone numbers, pages and ways in."""

import re

import pytest

from enterprises import registry
from enterprises.registry import acts
from targets.figures import spans
from tests.firms import TODAY, certificate, firm
from tests.snapshots import Snapshot
from tests.targets.page_text import text_of
from tests.targets.renewals.test_renewals import DAY, tell

pytestmark = pytest.mark.django_db
ON = f"/renewals/?on={TODAY}"


def lapsing(days: int, name: str, **place):
    """A firm whose certificate has its last day so many days after TODAY."""
    one = firm(name=f"江津{name}有限公司", **place)
    registry.apply([certificate(one.uscc, until=TODAY + days * DAY)], by=None)
    return one


def enter_district(people) -> dict:
    """Later in the alphabet of states means sooner to lapse: only the rule brings them in order."""
    ours = {
        "未动": lapsing(80, "未动"),
        "在备": lapsing(70, "在备"),
        "失效": lapsing(-20, "失效"),
        "未过": lapsing(40, "未过"),
        "在报": lapsing(10, "在报"),
        "公示": lapsing(-5, "公示"),
        "放弃": lapsing(2, "放弃"),
    }
    for name, stage in (
        ("在备", "preparing"), ("未过", "rejected"), ("在报", "filed"), ("公示", "publicity"), ("放弃", "given_up"),
    ):  # fmt: skip
        tell(ours[name], stage)
    return ours


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("renewal_list", enter_district)


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def order(answer) -> list[str]:
    return re.findall(r"江津(\w\w)有限公司</a>", answer.content.decode())


def test_the_unfiled_come_before_all_and_then_who_lapses_sooner(bureau, district):
    page = bureau.get(f"{ON}&state=all")
    assert order(page) == ["失效", "在备", "未动", "未过", "公示", "在报", "放弃"]
    heads = re.findall(
        r'rowgroup"[^>]*>(\S+) <span class="sub-inline">(\d+)', page.content.decode()
    )
    assert heads == [("未申报", "3"), ("未通过", "1"), ("已申报或公示中", "2"), ("已续或放弃", "1")]
    assert "未申报的在前，先到期的在前" in text_of(page)


def test_home_calls_in_the_order_of_the_list(bureau, district):
    home = re.findall(r"江津(\w\w)有限公司</a>", bureau.get(f"/?on={TODAY}").content.decode())
    called = list(dict.fromkeys(home))
    ahead = bureau.get(f"{ON}&since={TODAY + DAY}&until={TODAY + 91 * DAY}")
    assert called[:4] == order(ahead) == ["在备", "未动", "未过", "在报"]


def test_chips_open_their_lists_and_tell_which_one_is_open(bureau, district):
    chips = {chip.label: chip for chip in bureau.get(ON).context["chips"]}
    numbers = {label: chip.firms for label, chip in chips.items()}
    assert numbers == {
        "未办结": 6, "未申报": 3, "全部": 7, "失效可续": 2, "未启动": 2, "准备中": 1,
        "已申报": 1, "公示中": 1, "未通过": 1, "放弃": 1,
    }  # fmt: skip
    for label, chip in chips.items():
        opened = bureau.get(chip.url)
        assert opened.context["listed"] == chip.firms, label
        assert label in [each.label for each in opened.context["chips"] if each.is_chosen]


def test_what_narrows_the_list_can_be_taken_off(bureau, district):
    since = TODAY + 60 * DAY
    page = bureau.get(f"{ON}&since={since}&unit=degan&state=all")
    filters = page.context["filters"]
    # The day of the facts is another than today: it is told, too.
    assert [each.label for each in filters][:2] == ["德感", f"{since}至2027-06-30失效"]
    assert page.context["listed"] == 2
    without_days = bureau.get(filters[1].url)
    assert without_days.context["listed"] == 7
    assert "unit=degan" in filters[1].url


def test_a_phone_is_a_link_for_those_who_may_call(client, people, district):
    told = {"uscc": district["未动"].uscc, "name": district["未动"].name}
    odd = {"uscc": district["在备"].uscc, "name": district["在备"].name}
    registry.apply(
        [
            acts.Register(**told, contact_name="张三", contact_phone="023-4789 0001"),
            acts.Register(**odd, contact_name="李四", contact_phone="47890002转8"),
        ],
        by=None,
    )
    for who, may in (("小石", True), ("德感", True), ("老郑", False), ("审计", False)):
        client.force_login(people[who])
        html = client.get(ON).content.decode()
        assert ('href="tel:02347890001"' in html) == may, who
        # What no phone can dial is told, and is no link.
        assert ("47890002转8" in html) == may
        assert "tel:47890002" not in html
        assert ('name="firm"' in html) == may
        assert ("粘贴名称或代码" in html) == may


def test_the_next_step_stands_with_its_day_and_owner(bureau, people, district):
    step = {"next_action": "催材料", "next_on": TODAY + 5 * DAY, "owner": "小石"}
    registry.apply([acts.NextStep(uscc=district["在备"].uscc, kind="hnte", **step)], by=None)
    page = text_of(bureau.get(ON))
    assert f"催材料 07-05 还有5天 {people['小石']}" in page


def test_fifty_firms_a_page_and_few_stops_before_the_first(bureau, people):
    for number in range(60):
        lapsing(30 + number, f"{number:02d}")
    spans.refresh()
    page = bureau.get(ON)
    assert "1–50 / 60" in text_of(page)
    assert len(order(page)) == 50
    second = bureau.get(f"{ON}&page=2")
    assert "51–60 / 60" in text_of(second)
    assert len(order(second)) == 10
    html = page.content.decode()
    assert '<a class="skip-link" href="#list">跳到名单</a>' in html
    main = html[html.index('id="list"') :]
    before = main[: main.index(order(page)[0])]
    assert len(re.findall(r"<(?:a|button|select|summary|input(?! type=.hidden))\b", before)) <= 8


def test_an_empty_list_says_so_and_leads_out(bureau, people, district):
    page = bureau.get(f"{ON}&state=renewed")
    assert "看全部到期 7 家" in text_of(page)
    far = bureau.get(f"{ON}&since=2030-01-01&until=2030-12-31")
    assert "去掉全部条件" in text_of(far)


def test_a_day_that_asks_for_another_list_keeps_its_day(bureau, district):
    html = bureau.get(f"{ON}&state=filed").content.decode()
    assert f'name="on" value="{TODAY}"' in html
    assert 'name="state" value="filed"' in html
