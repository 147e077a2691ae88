"""A published quarter stays as it was; a correction makes a further edition that says what differs."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction

from enterprises import registry
from enterprises.models import Enterprise, Qualification
from enterprises.registry import acts
from parks.models import User
from targets.figures import counting, indicators
from targets.figures.frozen import frozen_spans
from targets.models import (
    Baseline,
    Definition,
    FrozenFigure,
    FrozenSpan,
    Indicator,
    Release,
    ReportedFigure,
    Target,
)
from targets.releases import differences, publishing
from tests import cast, clerk
from tests.firms import firm
from tests.snapshots import Snapshot

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 30)


def publish(people) -> None:
    """Firms valid on the quarter's last day, and the quarter published once."""
    firm(name="江津甲制造有限公司", hnte=True, tech=True)
    firm(name="江津乙制造有限公司", hnte=True, park="baisha", town="500116107")
    firm(name="江津丙制造有限公司", tech=True, outside_parks=True)
    quarter = clerk.third_quarter(people["小石"])
    publishing.publish(quarter, by=people["小石"])


@pytest.fixture(scope="session")
def kept_release(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("release", publish)


@pytest.fixture
def people(kept_release, db) -> dict[str, User]:
    """Those who are there when the quarter is published."""
    kept_release.restore()
    return cast.present()


@pytest.fixture
def published(people) -> Release:
    return Release.objects.get()


def extend(name: str, until: dt.date) -> None:
    held = Qualification.objects.get(enterprise__name=name, kind__code="hnte")
    registry.apply(
        [
            acts.Extend(
                uscc=held.enterprise.uscc, kind="hnte", number=held.number, valid_until=until
            )
        ],
        by=None,
    )


def frozen(release: Release) -> tuple[set, set]:
    figures = set(release.figures.values_list("definition", "scope", "indicator", "value"))
    return figures, set(release.spans.values_list(*frozen_spans.FIELDS))


def test_every_figure_is_frozen_and_opens_exactly_its_firms(published):
    for definition in Definition:
        told = counting.count([DAY], definition).figures(DAY)
        assert len(told) == published.figures.filter(definition=definition).count() > 150
        for figure in told:
            kept = published.figures.get(
                definition=definition, scope=figure["scope"], indicator=figure["indicator"]
            ).value
            assert kept == figure["value"]
            if indicators.released(published)[figure["indicator"]].counts_firms:
                listed = frozen_spans.listed(
                    published,
                    indicator=figure["indicator"],
                    scope=figure["scope"],
                    definition=definition,
                )
                assert listed.count() == kept


def test_nothing_to_correct_makes_no_further_edition_and_a_correction_needs_a_reason(
    published, people
):
    with pytest.raises(publishing.NotPublished, match="必须写明原因"):
        publishing.publish(published.quarter, by=people["小石"])
    with pytest.raises(publishing.NotPublished, match="没有任何差别"):
        publishing.publish(published.quarter, by=people["小石"], reason="再发一次")
    assert Release.objects.count() == 1


def test_a_corrected_certificate_date_leaves_the_first_edition_and_makes_a_second_with_one_line(
    published, people
):
    before = frozen(published)
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    assert frozen(Release.objects.get()) == before
    second = publishing.publish(
        published.quarter, by=people["小石"], reason="甲公司证书有效期录入有误"
    )
    told = differences.difference_to_before(second)
    assert [entry.enterprise.name for entry in told.entries] == ["江津甲制造有限公司"]
    changed = {
        (one.definition, one.scope, one.indicator): (one.before, one.after) for one in told.figures
    }
    assert changed["certificate", "district", "hnte"] == (2, 1)
    assert told.beside == []
    assert changed["certificate", "degan", "hnte"] == (1, 0)
    assert not [key for key in changed if key[0] == "class_year" or "baisha" in key]
    assert frozen(published) == before


def test_what_a_quarter_was_judged_by_can_be_corrected_and_the_difference_is_said(
    published, people
):
    Baseline.objects.filter(indicator__code="hnte").update(value=1)
    second = publishing.publish(published.quarter, by=people["小石"], reason="基期数更正")
    told = differences.difference_to_before(second)
    assert (told.figures, list(told.entries)) == ([], [])
    assert told.beside == [
        "有效期内高新技术企业数量（2027年超过700家）：2（目标700）未到期，未翻番 → 2（目标700）未到期，已翻番"
    ]
    assert second.plan != published.plan
    assert differences.difference_to_before(published) is None
    Target.objects.filter(indicator__code="hnte").update(wording="另一种写法")
    third = publishing.publish(published.quarter, by=people["小石"], reason="原文更正")
    assert "另一种写法" in third.plan["targets"][0]["wording"]
    assert differences.difference_to_before(third).beside == [
        "目标、基期或填报指标的登记有更正，各项判断不变"
    ]


def test_a_reported_figure_that_came_late_is_told_in_the_next_edition(published, people):
    indicator = Indicator.objects.get(code="rd_intensity")
    day = dt.date(2026, 9, 1)
    ReportedFigure.objects.create(
        indicator=indicator, year=2025, value="2.66", published_on=day, source="公报"
    )
    second = publishing.publish(published.quarter, by=people["小石"], reason="补录")
    assert [
        said
        for said in differences.difference_to_before(second).beside
        if "：—（目标" in said and " → 2.66（目标" in said
    ]


def test_facts_that_count_nowhere_are_no_difference(published, people):
    uscc = Enterprise.objects.get(name="江津丙制造有限公司").uscc
    registry.apply(
        [acts.Register(uscc=uscc, name="江津丙制造有限公司", contact_name="王工")], by=None
    )
    with pytest.raises(publishing.NotPublished, match="没有任何差别"):
        publishing.publish(published.quarter, by=people["小石"], reason="联系人更正")


def test_a_renamed_firm_keeps_its_name_in_the_old_edition(published):
    firm_now = Enterprise.objects.get(name="江津甲制造有限公司")
    registry.apply(
        [acts.Rename(uscc=firm_now.uscc, name="江津甲科技有限公司", on=dt.date(2026, 10, 5))],
        by=None,
    )
    assert "江津甲制造有限公司" in set(published.spans.values_list("name", flat=True))


@pytest.mark.parametrize("model", [Release, FrozenFigure, FrozenSpan])
def test_the_database_refuses_to_rewrite_a_release(published, model):
    with pytest.raises(DatabaseError, match="release_is_frozen"), transaction.atomic():
        model.objects.update(
            **{"reason": "改写"} if model is Release else {"definition": "class_year"}
        )
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="release_is_frozen"), transaction.atomic():
            model.objects.filter(pk=model.objects.first().pk)._raw_delete("default")


def test_a_quarter_that_has_not_ended_is_not_published(people):
    quarter = clerk.quarters.open_quarter(
        clerk.Period(2099, 4),
        by=people["小石"],
    )
    with pytest.raises(publishing.NotPublished, match="尚未结束"):
        publishing.publish(quarter, by=people["小石"])


# --- pages ----------------------------------------------------------------------------------------------------------
def test_numbers_on_the_page_open_lists_of_that_length(client, people, published):
    client.force_login(people["老郑"])
    page = client.get("/releases/2026Q3-1/").context["page"]
    cells = [cell for _, lines in page.groups for line in lines for cell in line.cells]
    assert {cell.value for cell in cells} == {0, 1, 2}
    for cell in [cell for cell in cells if cell.value]:
        listed = client.get(
            f"/releases/2026Q3-1/firms/?indicator={cell.indicator}&scope={cell.scope}"
        )
        assert listed.context["page"].paginator.count == cell.value
    answer = client.get("/releases/2026Q3-1/firms.xlsx?indicator=hnte")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    firms = frozen_spans.listed(
        published, indicator="hnte", scope="district", definition="certificate"
    )
    names = list(firms.order_by("uscc").values_list("name", flat=True))
    assert [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)] == names


def test_the_second_edition_shows_what_differs_and_the_first_that_there_is_a_newer_one(
    client, people, published
):
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    publishing.publish(published.quarter, by=people["小石"], reason="录入有误")
    client.force_login(people["老郑"])
    second = client.get("/releases/2026Q3-2/").content.decode()
    assert "造成差别的更正（1 条）" in second
    assert "江津甲制造有限公司" in second
    assert "本季度已有更新的版本" in client.get("/releases/2026Q3-1/").content.decode()


def test_a_reporter_sees_the_district_and_the_own_unit_and_lists_the_own_firms(
    client, people, published
):
    client.force_login(people["德感"])
    page = client.get("/releases/2026Q3-1/").context["page"]
    assert [line.scope for title, lines in page.groups if title != "全区" for line in lines] == [
        "degan"
    ]
    listed = client.get("/releases/2026Q3-1/firms/?indicator=hnte&scope=district").context["page"]
    assert [firm.name for firm in listed] == ["江津甲制造有限公司"]


@pytest.mark.one_moment
def test_pages_cost_the_same_with_many_firms(
    client, people, published, django_assert_max_num_queries
):
    client.force_login(people["老郑"])
    client.get("/releases/")
    with django_assert_max_num_queries(17):
        client.get("/releases/2026Q3-1/")
    with django_assert_max_num_queries(15):
        client.get("/releases/2026Q3-1/firms/?indicator=hnte")


@pytest.mark.parametrize("code", ["2026Q3-2", "2026Q3", "x-1", "2026Q9-1", "2026Q3-99999"])
def test_there_is_no_other_release(client, people, published, code):
    client.force_login(people["老郑"])
    assert client.get(f"/releases/{code}/").status_code == 404
