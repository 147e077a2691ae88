"""Who owes what for a year: the page, its numbers and lists, the file, the API, the week's desk."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import DutyState, YearlyDuty
from enterprises.registry import acts
from targets.desk.errands import errands_of
from targets.duties import rules
from tests.clock import noon_of
from tests.firms import firm
from tests.snapshots import Snapshot
from tests.targets.duties.scene import DAY, DUE, DUTY, YEAR, did, duty, holder, names
from tests.targets.page_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
AT = "/duties/"
API = "/api/v1/duties/"


def enter_district(people):
    """At 德感: one that has reported, one that has not; one at 白沙, and one in the street outside parks."""
    ours = {
        "报了": holder("报了"),
        "没报": holder("没报"),
        "白沙": holder("白沙", park="baisha", town="500116108"),
        "园外": holder("园外", outside_parks=True),
    }
    did(ours["报了"])
    contact = acts.Register(
        uscc=ours["没报"].uscc,
        name=ours["没报"].name,
        contact_name="张三",
        contact_phone="13800000000",
    )
    registry.apply([contact], by=None)
    return ours


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("duties", enter_district, on=DUE - 10 * DAY)


@pytest.fixture
def district(kept_district, district):
    """Ten days before the last one."""
    with noon_of(DUE - 10 * DAY):
        yield district


def shown(client, query: str = ""):
    answer = client.get(AT + query)
    assert answer.status_code == 200
    return answer


def test_the_page_lists_who_has_not_done_it_and_counts_every_state(client, people, district):
    client.force_login(people["小石"])
    answer = shown(client)
    assert set(names(answer.context["lines"])) == {"没报", "白沙", "园外"}
    assert (answer.context["total"], answer.context["listed"]) == (4, 3)
    html = text_of(answer)
    for words in ("高新技术企业年度发展情况报表", "2025年度", "2026年5月31日", "还有10天", "张三"):
        assert words in html, words
    assert "13800000000" in html
    assert set(names(shown(client, "?state=done").context["lines"])) == {"报了"}
    assert "2026-04-30" in text_of(shown(client, "?state=done"))


def test_every_number_of_the_page_opens_a_list_of_that_length(client, people, district):
    client.force_login(people["老郑"])
    context = shown(client, "?state=all").context
    numbers = [*context["chips"], *(n for row in context["unit_rows"] for n in row.numbers)]
    assert len(context["unit_rows"]) == 3
    assert sum(row.numbers[0].firms for row in context["unit_rows"]) == context["total"] == 4
    for number in numbers:
        assert client.get(number.url).context["listed"] == number.firms, number


@pytest.mark.parametrize(
    ("left", "state"), [(1, DutyState.OPEN), (0, DutyState.OPEN), (-1, DutyState.MISSED)]
)
def test_the_due_day_itself_is_on_time(people, left, state):
    one = holder("甲")
    with noon_of(DUE - left * DAY):
        found = rules.duty_year(duty(), YEAR, on=DUE - left * DAY)
        assert [(row.span.enterprise, row.state) for row in found.rows] == [(one, state)]


def test_who_does_not_count_on_the_due_day_owes_nothing(people):
    holder("到期前日", until=DUE - DAY)
    last = holder("到期当日", until=DUE)
    gone, closed = holder("迁出"), holder("注销")
    later = firm(name="江津晚来有限公司")
    done = [
        acts.Leave(uscc=gone.uscc, on=DUE),
        acts.Close(uscc=closed.uscc, on=DUE),
        acts.Grant(uscc=later.uscc, kind="hnte", number="晚", valid_from=DUE + DAY),
    ]
    with noon_of(DUE + 5 * DAY):
        registry.apply(done, by=None)
        found = rules.duty_year(duty(), YEAR, on=DUE + 5 * DAY)
    assert [row.span.enterprise for row in found.rows] == [last]
    # It holds the certificate no more: there is nothing left to lose.
    assert not found.rows[0].at_risk


# --- who may lose the certificate ---
NEXT = DUE.replace(year=DUE.year + 1)


@pytest.fixture
def two_years(people):
    """Of 2025 one of three did it; of 2026 another one."""
    with noon_of(NEXT - 10 * DAY):
        until = NEXT + 500 * DAY
        firms = {name: holder(name, until=until) for name in ("先报", "后报", "都没")}
        did(firms["先报"], YEAR)
        did(firms["后报"], YEAR + 1)
        yield firms


def test_before_the_due_day_one_more_miss_is_a_risk(client, people, two_years):
    client.force_login(people["小石"])
    context = shown(client, "?state=risk").context
    assert names(context["lines"]) == ["都没"]
    assert (context["asked"].year, context["lines"][0].row.missed) == (YEAR + 1, [YEAR])
    assert "再不办即满2年" in text_of(shown(client))
    # Of the older year nobody is at risk: it is the first that is known.
    assert shown(client, f"?year={YEAR}&state=risk").context["listed"] == 0
    assert shown(client, f"?year={YEAR}&state=missed").context["listed"] == 2


def test_after_the_due_day_two_misses_lose_it(client, people, two_years):
    with noon_of(NEXT + DAY):
        client.force_login(people["小石"])
        context = shown(client, "?state=missed").context
        assert names(context["lines"]) == ["都没", "先报"]
        assert [line.missed_words for line in context["lines"]] == ["2025、2026年度", "2026年度"]
        assert [line.row.at_risk for line in context["lines"]] == [True, False]
        assert "累计满2年未办，可能被取消资格" in text_of(shown(client))


def test_a_year_of_which_nobody_was_recorded_is_no_missed_one(client, people):
    with noon_of(NEXT - 10 * DAY):
        client.force_login(people["小石"])
        one = holder("甲", until=NEXT + 500 * DAY)
        did(one, YEAR + 1)
        holder("乙", until=NEXT + 500 * DAY)
        page = shown(client, f"?year={YEAR}&state=all")
        assert "还没有登记过任何一家" in text_of(page)
        assert [line.row.missed for line in page.context["lines"]] == [[], []]
        assert not any(line.row.at_risk for line in shown(client, "?state=all").context["lines"])


def test_where_no_duty_is_kept_the_page_says_so(client, people):
    client.force_login(people["小石"])
    YearlyDuty.objects.all().delete()
    assert "没有年度义务" in text_of(shown(client))
    assert client.get(API).json()["results"] == []
    assert client.get(reverse("duties_export", args=["csv"])).status_code == 404
    assert client.get(reverse("duties_paste")).status_code == 404


def test_what_the_duty_says_is_data(client, people, two_years):
    client.force_login(people["小石"])
    YearlyDuty.objects.filter(code=DUTY).update(missed_limit=None)
    assert shown(client, "?state=risk").context["listed"] == 0
    YearlyDuty.objects.filter(code=DUTY).update(due_month=2, due_day=31, first_year=YEAR + 1)
    page = shown(client, "?state=all")
    assert page.context["asked"].due_on == dt.date(NEXT.year, 2, 28)
    assert client.get(f"{AT}?year={YEAR}").status_code == 400


def test_an_administrator_changes_the_days(client, people):
    client.force_login(people["安安"])
    address = reverse("admin:enterprises_yearlyduty_change", args=[duty().pk])
    form = client.get(address).context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields}
    assert "60\n30\n7" in client.get(address).content.decode()
    assert client.post(address, sent | {"remind_days": "45\r\n 15 "}).status_code == 302
    assert duty().remind_days == [45, 15]
    for wrong in ("soon", "400", "0"):
        assert client.post(address, sent | {"remind_days": wrong}).status_code == 200
    assert duty().remind_days == [45, 15]


# --- who sees what ---
def test_a_unit_sees_those_it_answers_for(client, people, district):
    client.force_login(people["德感"])
    answer = shown(client, "?state=all")
    assert set(names(answer.context["lines"])) == {"报了", "没报"}
    assert answer.context["unit_rows"] == []
    client.force_login(people["街道"])
    assert names(shown(client, "?state=all").context["lines"]) == ["园外"]
    assert client.get(f"{AT}?unit=degan").status_code == 400


def test_contacts_are_for_those_who_may_call(client, people, district):
    client.force_login(people["老郑"])
    answer = shown(client)
    assert not answer.context["has_contacts"]
    assert "13800000000" not in answer.content.decode()
    assert answer.context["bulk"] is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?duty=none", "没有这一年度义务"),
        ("?year=2019", "的年度应在"),
        ("?state=lost", "没有这一状态"),
        ("?unit=nowhere", "没有这个单位"),
        ("?colour=red", "不认识的参数"),
    ],
)
def test_a_question_that_is_not_understood_is_told(client, people, district, query, said):
    client.force_login(people["小石"])
    answer = client.get(AT + query)
    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    assert client.get(reverse("duties_export", args=["csv"]) + query).status_code == 404
    assert client.get(API + query).status_code == 400


# --- file, API, desk, firm ---
def test_the_file_has_the_list_of_the_page(client, people, district):
    client.force_login(people["小石"])
    answer = client.get(reverse("duties_export", args=["csv"]) + "?state=all")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["企业名称"] for row in rows if row["状态"] == "已办"] == [district["报了"].name]
    assert len(rows) == 4
    assert "张三 13800000000" in {row["联系人"] for row in rows}
    answer = client.get(reverse("duties_export", args=["xlsx"]) + "?state=all")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    head = "\n".join(str(row[0]) for row in sheet.iter_rows(max_row=8, values_only=True))
    assert "应办 4 家（已办1、未办3）" in head
    assert "国科发火〔2016〕32号" in head


def test_the_api_tells_the_same_rows(client, people, district):
    client.force_login(people["小石"])
    rows = client.get(API).json()["results"]
    assert len(rows) == 4
    told = {row["name"][2:-4]: row for row in rows}
    assert told["报了"] == {
        "uscc": district["报了"].uscc,
        "name": district["报了"].name,
        "unit": "degan",
        "contact": "",
        "duty": DUTY,
        "year": YEAR,
        "due_on": str(DUE),
        "state": "done",
        "done_on": "2026-04-30",
        "source": "名单",
        "missed_years": [],
        "at_risk": False,
    }
    assert told["没报"]["contact"] == "张三 13800000000"
    assert [
        row["name"][2:-4] for row in client.get(f"{API}?state=todo&unit=baisha").json()["results"]
    ] == ["白沙"]
    client.force_login(people["老郑"])
    assert {row["contact"] for row in client.get(API).json()["results"]} == {None}


@pytest.mark.parametrize("who", ["小石", "德感", "街道"])
def test_the_weeks_desk_counts_them_and_opens_the_list(client, people, district, who):
    client.force_login(people[who])
    today = DUE - 10 * DAY
    errand = next(one for one in errands_of(people[who], today) if one.label == "高企年报未办")
    assert errand.count == {"小石": 3, "德感": 1, "街道": 1}[who]
    assert errand.due == DUE
    assert client.get(errand.url).context["listed"] == errand.count


def test_a_firms_page_tells_of_the_last_years(client, people, two_years):
    client.force_login(people["老郑"])
    page = text_of(client.get(reverse("firm", args=[two_years["先报"].uscc])))
    assert "高企年报 2026年度 未办 ， 2025年度 已办 2026-04-30" in " ".join(page.split())
    past = client.get(reverse("firm", args=[two_years["先报"].uscc]) + "?on=2026-04-29")
    assert "2025年度 未办" in " ".join(text_of(past).split())


def test_a_longer_list_takes_no_more_queries(client, people, district, django_assert_num_queries):
    client.force_login(people["小石"])
    client.get(f"{AT}?state=all")
    with django_assert_num_queries(20, exact=False) as few:
        client.get(f"{AT}?state=all")
    before = len(few.captured_queries)
    for number in range(6):
        did(holder(f"又{number}"))
    client.get(f"{AT}?state=all")
    with django_assert_num_queries(before):
        assert client.get(f"{AT}?state=all").context["listed"] == 10
