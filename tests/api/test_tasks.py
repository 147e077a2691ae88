"""Reports on tasks and reported figures sent by programs: the rules of the pages, each request's effect once."""

import pytest
from django.utils import timezone

from enterprises.models import Period
from parks.models import Unit
from targets.key_tasks import entries as task_entries
from targets.models import KeyTask, ReportedFigure, TaskFile, TaskProgress

pytestmark = pytest.mark.django_db
PROGRESS, FIGURES = "/api/v1/task-progress/", "/api/v1/reported-figures/"
KEY = {"Idempotency-Key": "7a1f"}


@pytest.fixture
def period() -> Period:
    return Period.before(timezone.localdate())


@pytest.fixture
def report(period) -> dict[str, object]:
    figures = [{"label": "孵化器", "value": 2, "unit": "个"}, {"label": "面积", "value": "1.50"}]
    return {
        "task": "task-1",
        "quarter": period.code,
        "state": "done",
        "text": "完成",
        "figures": figures,
    }


def figure(**more: object) -> dict[str, object]:
    return {
        "indicator": "rd_intensity", "year": 2024, "value": 2.57, "published_on": "2025-09-25", "source": "公报",
    } | more  # fmt: skip


# --- tasks --------------------------------------------------------------------------------------------------------
def test_a_unit_reports_and_corrects_and_its_files_stay(as_, people, report):
    first = as_("德感").post(PROGRESS, report, format="json")
    assert first.status_code == 201, first.json()
    assert first["Location"].endswith(f"{PROGRESS}{first.json()['id']}/")
    assert first.json()["figures"] == [
        {"label": "孵化器", "value": 2.0, "unit": "个"}, {"label": "面积", "value": 1.5, "unit": ""},
    ]  # fmt: skip
    TaskFile.objects.create(entry=TaskProgress.objects.get(), name="a.pdf", sha256="a" * 64, size=1)
    second = (
        as_("德感").post(PROGRESS, report | {"state": "behind", "seen": 1}, format="json").json()
    )
    assert (second["version"], second["unit"], second["by"]) == (2, "degan", "德感")
    assert [file["name"] for file in second["files"]] == ["a.pdf"]


def test_the_same_request_again_reports_once(as_, report):
    first, again = [
        as_("德感").post(PROGRESS, report, format="json", headers=KEY) for _ in range(2)
    ]
    assert (again.status_code, again.json(), again["Idempotent-Replay"]) == (
        201,
        first.json(),
        "true",
    )
    assert TaskProgress.objects.count() == 1


def test_what_stands_against_it_is_said_as_on_the_page(as_, people, report):
    as_("德感").post(PROGRESS, report, format="json")
    for sent, status, code in (
        (report | {"seen": 1}, 409, "identical"),
        (report | {"text": "又"}, 409, "state"),
        (report | {"task": "task-13"}, 400, "invalid"),
        (report | {"quarter": "2023Q1"}, 400, "invalid"),
        (report | {"quarter": "x"}, 400, "invalid"),
        (report | {"task": "task-999999"}, 400, "invalid"),
        (report | {"unit": "nobody"}, 400, "invalid"),
        (report | {"state": "fine"}, 400, "invalid"),
        (report | {"text": " "}, 400, "invalid"),
        (report | {"figures": [{"label": "a", "value": 1}] * 5}, 400, "invalid"),
        (report | {"figures": [{"label": "a", "value": "x"}]}, 400, "invalid"),
        (report | {"figures": [{"label": "a", "value": 1, "x": 1}]}, 400, "invalid"),
        (report | {"files": []}, 400, "invalid"),
        (report | {"unit": "baisha"}, 403, "permission_denied"),
    ):
        answer = as_("德感").post(PROGRESS, sent, format="json")
        assert (answer.status_code, answer.json()["code"]) == (status, code), sent
    assert TaskProgress.objects.count() == 1


def test_the_bureau_reports_for_a_unit_it_names_and_others_for_none(as_, report):
    for who in ("老郑", "审计", "小石"):
        assert as_(who).post(PROGRESS, report, format="json").status_code == 403, who
    answer = as_("小石").post(PROGRESS, report | {"unit": "jw"}, format="json")
    assert (answer.status_code, answer.json()["unit"]) == (201, "jw")


# --- reported figures ---------------------------------------------------------------------------------------------
def test_the_bureau_enters_a_figure_once_and_everyone_reads_it(as_):
    first, again = [
        as_("小石").post(FIGURES, figure(), format="json", headers=KEY) for _ in range(2)
    ]
    assert (first.status_code, again.json(), again["Idempotent-Replay"]) == (
        201,
        first.json(),
        "true",
    )
    (row,) = as_("德感").get(FIGURES).json()["results"]
    assert (row["indicator"], row["value"], row["unit_label"], row["by"]) == (
        "rd_intensity",
        2.57,
        "%",
        "小石",
    )
    assert as_("老郑").get(first["Location"]).json() == row


def test_what_was_known_on_a_day(as_):
    for more in (
        {},
        {"value": 2.6, "published_on": "2026-01-10"},
        {"year": 2023, "published_on": "2024-09-26"},
    ):
        assert as_("小石").post(FIGURES, figure(**more), format="json").status_code == 201

    def known(**query: str) -> list[tuple[int, float]]:
        rows = as_("老郑").get(FIGURES, {"indicator": "rd_intensity"} | query).json()["results"]
        return [(row["year"], row["value"]) for row in rows]

    assert known() == [(2023, 2.57), (2024, 2.6), (2024, 2.57)]
    assert known(in_force="true", year="2024") == [(2024, 2.6)]
    assert known(in_force="true", on="2026-01-09") == [(2023, 2.57), (2024, 2.57)]
    assert known(on="2024-12-31") == [(2023, 2.57)]
    assert as_("老郑").get(FIGURES, {"on": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"indicator": "hnte"}, "indicator"),
        ({"indicator": "x"}, "indicator"),
        ({"value": -1}, "value"),
        ({"value": 101}, "value"),
        ({"value": "x"}, "value"),
        ({"year": 1999}, "year"),
        ({"published_on": "2023-01-01"}, "published_on"),
        ({"published_on": "2099-01-01"}, "published_on"),
        ({"source": ""}, "source"),
        ({"note": "x"}, "note"),
    ],
)
def test_a_wrong_figure_is_refused_by_the_pages_rules(as_, more, name):
    answer = as_("小石").post(FIGURES, figure(**more), format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert not ReportedFigure.objects.exists()


def test_the_same_publication_twice_is_refused_and_only_the_bureau_enters(as_):
    as_("小石").post(FIGURES, figure(), format="json")
    assert as_("小石").post(FIGURES, figure(value=3), format="json").status_code == 400
    for who in ("老郑", "审计", "德感"):
        assert as_(who).post(FIGURES, figure(year=2023), format="json").status_code == 403
    assert ReportedFigure.objects.count() == 1


@pytest.mark.one_moment
def test_lists_cost_the_same_however_long_they_are(
    as_, people, report, django_assert_max_num_queries
):
    task = KeyTask.objects.get(kind="task", number=2)
    for unit in Unit.objects.reporting()[:20]:
        period = Period.coded(report["quarter"])
        task_entries.add(
            task, unit, period, task_entries.TaskReport("done", "x"), by=people["小石"]
        )
    for year in range(2015, 2024):
        as_("小石").post(FIGURES, figure(year=year), format="json")
    client = as_("老郑")
    for path in (PROGRESS, FIGURES):
        with django_assert_max_num_queries(8):
            assert client.get(path).status_code == 200
