"""The API through its front door: who sees what, which parameters are refused, and that figures and lists agree."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise, Job
from enterprises.registry import acts
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def district(people) -> dict[str, Enterprise]:
    firms = {
        "valid": firm(hnte=True, tech=True),
        "outside": firm(hnte=True, outside_parks=True, town="500116001"),
        "far": firm(hnte_expiring=True, park="baisha", town="500116108"),
        "closed": firm(hnte=True, struck_off=True),
    }
    uscc = firms["valid"].uscc
    more = [
        acts.Register(
            uscc=uscc, name=firms["valid"].name, contact_name="何敏", contact_phone="13800000000"
        ),
        acts.RecordFigures(
            uscc=uscc, year=2025, values={"revenue": "1200.50", "staff": 30, "rd_staff": 8}
        ),
    ]
    registry.apply(more, by=people["小石"])
    pooled = acts.EnterPool(uscc=uscc, stage="seed", target_year=2027, on=dt.date(2026, 1, 5))
    registry.apply([pooled], by=None)
    return firms


def rows(client, path: str, **query: str) -> list[dict]:
    answer = client.get(API + path, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["results"]


def test_the_figures_are_those_of_the_command_and_each_opens_its_list(
    client, people, district, capsys
):
    client.force_login(people["老郑"])
    call_command("figures", "--as-of", str(TODAY), "--json")
    answer = client.get(API + "figures/", {"as_of": str(TODAY)}).json()
    assert answer == json.loads(capsys.readouterr().out)
    for figure in answer["figures"]:
        if figure["indicator"] == "hnte":
            firms = rows(
                client, "enterprises/", indicator="hnte", scope=figure["scope"], on=str(TODAY)
            )
            assert len(firms) == figure["value"], figure


def test_progress_says_value_goal_and_verdict_of_each_clause(client, people, district):
    client.force_login(people["老郑"])
    answer = client.get(
        API + "progress/", {"as_of": str(TODAY), "definition": "certificate"}
    ).json()
    target = next(
        row for row in answer["targets"] if (row["indicator"], row["due"]) == ("hnte", "2027-12-31")
    )
    assert (target["value"], target["goal"], target["smallest"], target["missing"]) == (
        3,
        700,
        701,
        698,
    )
    assert (target["met"], target["doubled"], target["baseline"]["basis"]) == (
        False,
        False,
        "derived",
    )
    assert answer["park_shares"][0] == {
        "indicator": "hnte",
        "share": 66.67, "district": 3, "outside": 1, "floor": 95, "operator": "gte", "due": "2027-12-31",
        "allowed_outside": 0, "slack": -1, "met": False, "at_due": None,
    }  # fmt: skip


def test_one_firm_with_everything_known_of_it(client, people, district):
    client.force_login(people["小石"])
    record = client.get(f"{API}enterprises/{district['valid'].uscc}/").json()
    assert (record["park"], record["town"], record["status"]) == ("degan", "500116002", "active")
    assert [held["kind"] for held in record["qualifications"]] == ["tech", "hnte"]
    assert record["placements"][0] | {"since": None} == {
        "park": "degan", "town": "500116002", "since": None, "until": None, "arrival": "known",
    }  # fmt: skip
    assert record["yearly_figures"][0]["revenue"] == "1200.50"
    assert record["contact_name"] == "何敏"
    # Whoever holds the certificate is no reserve, whatever was told of it.
    (stay,) = record["pool_entries"]
    assert (record["pool_stage"], stay["stage"], stay["ended_by"]) == (None, "seed", "certified")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("安安", True),
        ("小石", True),
        ("老郑", False),
        ("审计", False),
        ("德感", True),
        ("街道", True),
    ],
)
def test_contacts_are_for_the_bureau_and_the_unit_where_the_firm_stands(
    client, people, district, who, sees
):
    client.force_login(people[who])
    firm_record = client.get(f"{API}enterprises/{district['valid'].uscc}/")
    ledger = client.get(API + "ledger/", {"act": "detailed"})
    page = client.get(f"/firms/{district['valid'].uscc}/")
    for answer in (firm_record, ledger, page):
        assert answer.status_code == 200
        assert ("13800000000" in answer.content.decode()) == sees


@pytest.mark.parametrize(("who", "sees"), [("小石", True), ("老郑", False), ("审计", False)])
def test_what_a_load_read_is_shown_to_the_bureau_alone(client, people, who, sees):
    result = {
        "new": 1,
        "files": [{"name": "a.xlsx", "changes": [{"details": "联系电话 13800000000"}]}],
    }
    Job.objects.create(kind="load", state="done", result=result, finished_at=timezone.now())
    client.force_login(people[who])
    answer = client.get(API + "jobs/")
    assert answer.json()["results"][0]["result"]["new"] == 1
    assert ("13800000000" in answer.content.decode()) is sees


@pytest.mark.parametrize(
    ("path", "whole", "own"),
    [
        ("units/", 48, 1),
        ("enterprises/", 4, 2),
        ("qualifications/", 5, 3),
        ("placements/", 4, 2),
        ("pool-entries/", 1, 1),
        ("ledger/", 17, 11),
    ],
)
def test_a_reporter_sees_the_own_units_rows(client, people, district, path, whole, own):
    seen = {}
    for who in ("审计", "德感"):
        client.force_login(people[who])
        seen[who] = len(rows(client, path))
    assert seen == {"审计": whole, "德感": own}


def test_a_reporter_sees_the_own_units_figures(client, people, district):
    client.force_login(people["德感"])
    figures = client.get(API + "figures/", {"as_of": str(TODAY)}).json()["figures"]
    assert {figure["scope"] for figure in figures} == {"degan"}
    assert client.get(API + "progress/").json()["scope"] == "degan"
    assert client.get(API + "progress/", {"scope": "district"}).json()["scope"] == "district"
    refused = client.get(API + "progress/", {"scope": "shuangfu"})
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "只能查看全区合计和本单位的统计数字。",
    )
    assert client.get(f"{API}enterprises/{district['far'].uscc}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("enterprises/?parc=degan", "不认识的参数：parc"),
        ("enterprises/?page=2", "不认识的参数：page"),
        ("enterprises/?on=2026-06-31&indicator=hnte", "on："),
        ("qualifications/?valid_on=yesterday", "valid_on："),
        ("placements/?unit=degan", "不认识的参数：unit"),
        ("pool-entries/?target_year=soon", "target_year："),
        ("units/?kind=village", "village"),
        ("ledger/?since=-1", "since："),
        ("ledger/?since=99999999999999999999", "since："),
        ("indicators/?x=1", "不认识的参数：x"),
        ("figures/?as_of=2026-13-01", "as_of："),
        ("figures/?asof=2026-01-01", "不认识的参数：asof"),
        ("progress/?definition=guess", "definition："),
        ("progress/?scope=nowhere", "没有“nowhere”这一统计范围"),
        ("jobs/?sort=params", "不能按“params”排序"),
    ],
)
def test_what_is_not_understood_is_refused_in_chinese(client, people, path, said):
    client.force_login(people["老郑"])
    answer = client.get(API + path)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert said in answer.json()["detail"]


def test_the_ledger_is_read_on_from_where_one_stopped(client, people, district):
    client.force_login(people["老郑"])
    entries = rows(client, "ledger/")
    assert [entry["id"] for entry in entries] == sorted(entry["id"] for entry in entries)
    last = entries[-1]["id"]
    assert rows(client, "ledger/", since=str(last)) == []
    registry.apply(
        [acts.Amend(uscc=district["valid"].uscc, industry_code="C3670")], by=people["小石"]
    )
    (entry,) = rows(client, "ledger/", since=str(last))
    assert (entry["act"], entry["after"], entry["by"]) == (
        "detailed",
        {"industry_code": "C3670"},
        "小石",
    )


@pytest.mark.parametrize(
    ("who", "status"), [("安安", 202), ("小石", 202), ("老郑", 403), ("审计", 403), ("德感", 403)]
)
def test_only_the_bureau_starts_a_recompute(client, people, who, status):
    client.force_login(people[who])
    answer = client.post(API + "recompute/")
    assert answer.status_code == status
    if status == 202:
        assert client.get(answer["Location"]).json() == answer.json()
    assert Job.objects.filter(kind="recompute", created_by=people[who]).count() == (status == 202)


@pytest.mark.parametrize(
    "path", ["enterprises/", "qualifications/", "placements/", "pool-entries/", "ledger/"]
)
def test_a_page_of_many_takes_as_many_queries_as_a_page_of_few(
    client, people, district, path, django_assert_num_queries
):
    client.force_login(people["德感"])
    with django_assert_num_queries(20, exact=False) as counted:
        rows(client, path)
        few = len(counted)
    for _ in range(40):
        added = firm(hnte=True, tech=True)
        registry.apply([acts.EnterPool(uscc=added.uscc, stage="seed", on=TODAY)], by=None)
    with django_assert_num_queries(few):
        assert len(rows(client, path)) > 40
