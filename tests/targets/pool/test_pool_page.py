"""The reserve pool's page: its lists, their numbers, what is due, what is proposed."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import PoolEntry
from enterprises.registry import acts
from targets.outlook.model import reserve_pool
from tests.targets.pool.pooled import (
    HOPELESS,
    NEAR,
    SOUND,
    certify,
    enter,
    today,
    with_returns,
)

pytestmark = pytest.mark.django_db
BAISHA = ("baisha", "500116108")


def page(client, user, **query: str):
    client.force_login(user)
    return client.get(reverse("pool"), query)


def names(answer) -> set[str]:
    return {line.firm.name for line in answer.context["lines"]}


def chips(answer) -> dict[str, int]:
    return {chip.label: chip.firms for chip in answer.context["chips"]}


@pytest.fixture
def pool(plan) -> dict:
    return {
        "sound": with_returns(SOUND),
        "near": with_returns(NEAR),
        "hopeless": with_returns(HOPELESS),
        "silent": with_returns(None),
        "seed": enter(with_returns(SOUND)),
        "cultivated": enter(with_returns(SOUND), "cultivation"),
        "lost": enter(with_returns(HOPELESS)),
        "untold": enter(with_returns(None)),
        "certified": certify(enter(with_returns(SOUND), "application")),
        "elsewhere": enter(with_returns(SOUND, BAISHA)),
    }


def test_each_list_names_its_firms_and_the_numbers_are_theirs(client, people, pool):
    expected = {
        "live": {"seed", "cultivated", "lost", "untold", "elsewhere"},
        "due": {"untold"},
        "enter": {"sound", "near"},
        "raise": {"seed", "elsewhere"},
        "leave": {"lost"},
    }
    labels = dict(
        zip(expected, ["在库", "到期该动", "建议入库", "建议升级", "建议退库"], strict=True)
    )
    for view, keys in expected.items():
        answer = page(client, people["小石"], view=view)
        assert names(answer) == {pool[key].name for key in keys}, view
        assert chips(answer)[labels[view]] == len(keys), view
        assert "自检结果，不代表认定结论" in answer.content.decode()


def test_one_number_everywhere(client, people, pool):
    """The page, its table by stage, the firm list, the API, the goals' weights and the outlook."""
    answer = page(client, people["小石"])
    live = answer.context["listed"]
    assert sum(line.all.firms for line in answer.context["stages_by_age"]) == live == 5
    for line in answer.context["stages_by_age"]:
        stage = client.get(line.all.url)
        assert stage.context["listed"] == line.all.firms
        for age in line.ages:
            assert client.get(age.url).context["listed"] == age.firms
        code = next(code for code, label in PoolEntry.Stage.choices if label == line.label)
        firms = client.get("/api/v1/enterprises/", {"stage": code}).json()["results"]
        assert len(firms) == line.all.firms
    entries = client.get("/api/v1/pool-entries/", {"on": str(today())}).json()["results"]
    rows = client.get("/api/v1/pool/").json()["results"]
    assert len(entries) == len(rows) == live
    assert sum(reserve_pool.by_unit(today()).values()) == live
    stages = reserve_pool.count_stages([], today())
    assert sum(stage.now for stage in stages) == live


def test_a_unit_sees_its_own_and_may_not_ask_for_another(client, people, pool):
    answer = page(client, people["德感"])
    assert pool["elsewhere"].name not in names(answer)
    assert answer.context["listed"] == 4
    assert page(client, people["德感"], unit="baisha").status_code == 400
    of_unit = page(client, people["小石"], unit="baisha")
    assert names(of_unit) == {pool["elsewhere"].name}


def test_what_is_due_says_why(client, people, pool):
    enter(pool["sound"], target_year=today().year - 1, on=dt.date(today().year - 2, 1, 5))
    enter(pool["near"], next_review=today())
    answer = page(client, people["小石"], view="due")
    why = {line.firm.name: [due.code for due in line.row.due] for line in answer.context["lines"]}
    assert why == {
        pool["sound"].name: ["target_passed", "review"],
        pool["near"].name: ["review"],
        pool["untold"].name: ["old_figures"],
    }
    assert names(page(client, people["小石"], view="due", due="target_passed")) == {
        pool["sound"].name
    }
    applied = acts.Apply(
        uscc=pool["sound"].uscc, kind="hnte", year=today().year, stage="filed", on=today()
    )
    registry.apply([applied], by=None)
    answer = page(client, people["小石"], view="due", due="target_passed")
    assert names(answer) == set(), "it applies: the year has not passed for it"


def test_who_ended_by_itself_is_named_with_the_day(client, people, pool):
    answer = page(client, people["小石"])
    [entry] = answer.context["ended"]
    assert (entry.enterprise, entry.ended_by) == (pool["certified"], "certified")
    assert pool["certified"].name in answer.content.decode()
    assert pool["certified"].name not in names(answer)


def test_who_ended_is_named_to_the_unit_that_answered_for_it_alone(client, people, plan):
    """Not to the town around the park, and not to a unit that the firm had left before."""
    ended = certify(enter(with_returns(SOUND)))
    moved = enter(with_returns(SOUND))
    away = {"park": "baisha", "town": "500116108"}
    registry.apply(
        [acts.Move(uscc=moved.uscc, on=today() - dt.timedelta(days=20), **away)], by=None
    )
    certify(moved)
    for who, query, expected in (
        ("德感", {}, {ended}),
        ("街道", {}, set()),
        ("小石", {"unit": "degan"}, {ended}),
        ("小石", {"unit": "baisha"}, {moved}),
    ):
        told = page(client, people[who], **query).context["ended"]
        assert {stay.enterprise for stay in told} == expected, (who, query)


def test_another_year_leaves_the_time_at_the_stage(client, people, plan):
    """It begins a stay of its own, and the firm stood where it stands for years."""
    first = today() - dt.timedelta(days=800)
    firm = enter(with_returns(SOUND), "cultivation", on=first, target_year=today().year)
    enter(firm, "cultivation", on=today(), target_year=today().year + 1)
    listed = page(client, people["小石"], stage="cultivation", age="2")
    assert names(listed) == {firm.name}
    assert f"{first} 起" in listed.content.decode()
    row = client.get("/api/v1/pool/", {"age": 2}).json()["results"][0]
    assert row["since"] == str(first)
    enter(firm, "application", on=today(), target_year=today().year + 1)
    assert names(page(client, people["小石"], age="0")) == {firm.name}


def test_what_is_still_to_come_ends_no_course_in_the_file(client, people, plan):
    firm = certify(enter(with_returns(SOUND)), on=today() + dt.timedelta(days=20))
    client.force_login(people["小石"])
    answer = client.get(reverse("pool_export", args=["csv"]), {"view": "cohort"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    told = next(line for line in text.splitlines() if firm.name in line)
    assert "仍在库" in told
    assert str(today() + dt.timedelta(days=20)) not in told


def test_the_conversion_counts_each_firm_in_its_year_and_opens_the_list(client, people, pool):
    year = today().year - 3
    for stage in ("seed", "application"):
        firm = enter(with_returns(None), "seed", on=dt.date(year, 3, 1), target_year=year + 1)
        if stage == "application":
            enter(firm, stage, on=dt.date(year, 9, 1), target_year=year + 1)
            certify(firm, on=dt.date(year + 1, 11, 1))
        else:
            leave = acts.LeavePool(
                uscc=firm.uscc, on=dt.date(year + 1, 1, 1), because="转产", exit_kind="given_up"
            )
            registry.apply([leave], by=None)
    answer = page(client, people["小石"])
    line = next(line for line in answer.context["cohorts"] if line.year == year)
    assert (line.all.firms, line.certified.firms, line.left.firms, line.live.firms) == (2, 1, 1, 0)
    assert [stage.firms for stage in line.from_stages] == [0, 0, 1]
    for number in (line.all, line.certified, line.left, *line.from_stages):
        assert client.get(number.url).context["listed"] == number.firms
    assert "放弃：转产" in client.get(line.left.url).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"view": "everybody"},
        {"stage": "x"},
        {"age": "-1"},
        {"unknown": "1"},
        {"unit": "nowhere"},
        {"q": "\u200b"},
    ],
)
def test_a_question_nobody_understands_is_a_400_that_says_so(client, people, pool, query):
    answer = page(client, people["小石"], **query)
    assert answer.status_code == 400
    assert "下面按默认条件显示" in answer.content.decode()


def test_the_export_has_the_firms_of_the_list(client, people, pool):
    client.force_login(people["小石"])
    answer = client.get(reverse("pool_export", args=["xlsx"]), {"view": "enter"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    told = {row[2]: row for row in cells if row[2] in {pool["sound"].name, pool["near"].name}}
    assert set(told) == {pool["sound"].name, pool["near"].name}
    assert "高新技术产品" in " ".join(map(str, told[pool["near"].name]))
    cohort = client.get(reverse("pool_export", args=["csv"]), {"view": "cohort"})
    assert pool["certified"].name in b"".join(cohort.streaming_content).decode("utf-8-sig")


def test_the_number_of_queries_does_not_grow_with_the_firms(
    client, people, pool, django_assert_num_queries
):
    client.force_login(people["小石"])
    client.get(reverse("pool"))
    with django_assert_num_queries(25, exact=False) as counted:
        client.get(reverse("pool"))
    few = len(counted)
    for _ in range(12):
        enter(with_returns(SOUND))
        with_returns(NEAR)
    # Whoever reads first brings the judgements up to what was written.
    client.get(reverse("pool"))
    with django_assert_num_queries(few):
        assert client.get(reverse("pool")).context["listed"] == 17


def test_the_outlook_s_number_of_each_stage_opens_its_list(client, people, pool):
    client.force_login(people["小石"])
    table = client.get(reverse("outlook")).context["tables"]["pool"]
    numbers = [row[1] for row in table.rows]
    assert sum(cell.value for cell in numbers) == 5
    for cell in numbers:
        if cell.value:
            assert client.get(cell.url).context["listed"] == cell.value
    client.force_login(people["德感"])
    of_unit = client.get(reverse("outlook")).context["tables"]["pool"]
    assert not any(row[1].url for row in of_unit.rows)
