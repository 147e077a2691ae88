"""How old the data of certified and reserve firms is, and what to bring before the next batch."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import QualificationKind, SourceFile
from enterprises.registry import acts
from targets.models import ApplicationBatch
from tests.clock import noon_of
from tests.firms import TODAY, firm

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
AT = "/duties/freshness/"
API = "/api/v1/data-freshness/"
CLOSES = dt.date(2026, 8, 31)


def told(one, year: int, source=None, **values) -> None:
    act = acts.RecordFigures(uscc=one.uscc, year=year, values=values or {"revenue": 100})
    registry.apply([act], by=None, source=source)


def pooled(name: str, **place):
    one = firm(name=f"江津{name}有限公司", **place)
    registry.apply([acts.EnterPool(uscc=one.uscc, stage="seed", on=dt.date(2026, 3, 1))], by=None)
    return one


@pytest.fixture
def district(people):
    """Certified firms with figures of last year, of the year before, and without; two in the pool."""
    with noon_of(TODAY):
        roster = SourceFile.objects.create(kind="roster", name="名册.xlsx", sha256="a" * 64, size=1)
        fresh, old = (
            firm(name="江津新的有限公司", hnte=True),
            firm(name="江津旧的有限公司", hnte=True),
        )
        told(fresh, 2025, roster)
        told(fresh, 2024)
        told(old, 2023)
        firm(name="江津没有有限公司", hnte=True, park="baisha", town="500116108")
        told(pooled("缺项"), 2025)
        pooled("街道", outside_parks=True)
        firm(name="江津无关有限公司", tech=True)
        ApplicationBatch.objects.all().delete()
        from_plan = {"year": 2026, "number": 2, "closes_on": CLOSES, "source": "通知"}
        ApplicationBatch.objects.create(
            kind=QualificationKind.objects.get(code="hnte"), **from_plan
        )
        yield


def names(lines) -> list[str]:
    return [line.row.firm.name[2:-4] for line in lines]


def shown(client, query: str = ""):
    answer = client.get(AT + query)
    assert answer.status_code == 200
    return answer


def test_what_lacks_most_comes_first(client, people, district):
    client.force_login(people["小石"])
    answer = shown(client)
    lines = answer.context["lines"]
    assert set(names(lines)[:2]) == {"没有", "街道"}
    assert names(lines)[2:] == ["旧的", "缺项"]
    assert [line.age_words for line in lines] == ["没有年度数据", "没有年度数据", "旧2年", "缺项"]
    html = answer.content.decode()
    assert "2026年第2批" in html
    assert "应有 2025 年度数据" in html
    fresh = shown(client, "?age=fresh").context["lines"]
    assert [line.sources for line in fresh] == ["园区/镇街名册2025、人工登记2024"]
    assert shown(client, "?part=pool").context["total"] == 2


def test_what_the_pool_lacks_is_named(client, people, district):
    client.force_login(people["小石"])
    line = next(
        line for line in shown(client).context["lines"] if line.row.missing and line.row.newest
    )
    assert "2025年职工总数" in line.row.missing
    assert "2023、2024年营业收入" in line.row.missing
    assert "企业类型" in line.row.missing
    link = reverse("firm_self_check", args=[line.row.firm.uscc]) + f"?on={CLOSES}"
    assert link in shown(client).content.decode()
    assert client.get(link).status_code == 200
    assert not any("标准" in name or "管理" in name for name in line.row.missing)


def test_a_batch_of_next_year_wants_no_figures_of_a_year_that_still_runs(client, people, district):
    client.force_login(people["小石"])
    ApplicationBatch.objects.update(year=2027, closes_on=dt.date(2027, 4, 30))
    answer = shown(client)
    assert "应有 2025 年度数据，2026 年度的到年后再补充" in answer.content.decode()
    assert "旧1年" not in answer.content.decode()
    ApplicationBatch.objects.all().delete()
    assert "没有待截止的批次" in shown(client).content.decode()


def test_every_number_opens_a_list_of_that_length(client, people, district):
    client.force_login(people["老郑"])
    context = shown(client, "?age=all").context
    numbers = [*context["chips"], *(n for row in context["unit_rows"] for n in row.numbers)]
    assert context["listed"] == 5
    for number in numbers:
        assert client.get(number.url).context["listed"] == number.firms, number


def test_a_unit_sees_its_own(client, people, district):
    client.force_login(people["德感"])
    assert set(names(shown(client, "?age=all").context["lines"])) == {"新的", "旧的", "缺项"}
    client.force_login(people["街道"])
    assert names(shown(client, "?age=all").context["lines"]) == ["街道"]
    assert client.get(f"{AT}?unit=degan").status_code == 400


def test_the_file_names_all_that_lacks(client, people, district):
    client.force_login(people["小石"])
    answer = client.get(reverse("data_freshness_export", args=["csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = {row["企业名称"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 4
    assert "2025年高新技术产品收入" in rows["江津缺项有限公司"]["待补项目"]
    answer = client.get(reverse("data_freshness_export", args=["xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    head = "\n".join(str(row[0]) for row in sheet.iter_rows(max_row=8, values_only=True))
    assert "2026年第2批，2026-08-31 截止，应有 2025 年度数据" in head
    assert client.get(reverse("data_freshness_export", args=["csv"]) + "?age=x").status_code == 404


def test_the_api_tells_the_same_rows(client, people, district):
    client.force_login(people["小石"])
    rows = client.get(API).json()["results"]
    told = {row["name"][2:-4]: row for row in rows}
    assert set(told) == {"新的", "旧的", "没有", "缺项", "街道"}
    ages = {name: row["age"] for name, row in told.items()}
    assert (ages["新的"], ages["旧的"], ages["没有"], ages["缺项"]) == (
        *("fresh", "old", "nothing", "lacking"),
    )
    assert told["新的"]["told"] == {"园区/镇街名册": 2025, "人工登记": 2024}
    assert (told["旧的"]["newest_year"], told["旧的"]["wanted_year"]) == (2023, 2025)
    todo = client.get(f"{API}?age=todo&part=pool").json()["results"]
    assert {row["name"][2:-4] for row in todo} == {"缺项", "街道"}
    client.force_login(people["老郑"])
    assert {row["contact"] for row in client.get(API).json()["results"]} == {None}
    assert client.get(f"{API}?age=x").status_code == 400


def test_more_firms_take_no_more_queries(client, people, district, django_assert_num_queries):
    client.force_login(people["小石"])
    shown(client)
    with django_assert_num_queries(22, exact=False) as few:
        shown(client)
    before = len(few.captured_queries)
    for number in range(5):
        told(pooled(f"又{number}"), 2024)
    shown(client)
    with django_assert_num_queries(before):
        assert shown(client, "").context["listed"] == 9
