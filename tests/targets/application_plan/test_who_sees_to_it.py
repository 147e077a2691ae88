"""The plan as whoever calls needs it: who sees to each firm, whom to call at the unit, and each number with its list."""

import io

import docx
import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.models import UnitContact
from enterprises.registry import acts
from parks.models import Unit
from tests.firms import TODAY
from tests.targets.application_plan.test_plan import (
    AT,
    AUTUMN,
    PLANNED,
    announced,  # noqa: F401
    desk,  # noqa: F401
    holder,
    lines,
    own_day,  # noqa: F401
    sheets,
    shown,
    table_under,
    told,
    words_of,
)
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen_to(people, district):
    """首次 has an owner at the park and one at the bureau, 白沙 none; 德感 tells its office's number."""
    on = timezone.localdate()
    registry.apply(
        [
            acts.AssignOwner(uscc=district["首次"].uscc, level="unit", account="德感", on=on),
            acts.AssignOwner(uscc=district["首次"].uscc, level="bureau", account="小石", on=on),
            acts.AssignOwner(uscc=district["续证"].uscc, level="bureau", account="小石", on=on),
        ],
        by=None,
    )
    unit = Unit.objects.get(code="degan")
    UnitContact.objects.create(unit=unit, name="何老师", phone="023-47500001")
    return district


def owners(people, *names: str) -> list[str]:
    return [str(people[name]) for name in names]


def test_page_and_files_name_owners_and_the_units_office(desk, people, seen_to):  # noqa: F811
    unit, bureau = owners(people, "德感", "小石")
    page = shown(desk)
    found = lines(desk)
    both = found["首次"].owners
    assert [both.unit.name, both.bureau.name] == [unit, bureau]
    assert (found["白沙"].owners.unit, found["白沙"].owners.bureau) == (None, None)
    assert "单位联系人 何老师" in text_of(page)
    assert 'href="tel:02347500001"' in page.content.decode()
    rows = {row["企业名称"][2:4]: row for row in table_under(sheets(desk)["名单"], "序号")}
    first = rows["首次"]
    assert (first["单位责任人"], first["科技局责任人"]) == (unit, bureau)
    assert (first["单位联系人"], first["单位电话"]) == ("何老师", "023-47500001")
    assert not rows["白沙"]["单位责任人"]
    words = words_of(desk)
    assert "单位联系人：何老师　023-47500001" in words
    assert {unit, f"科技局：{bureau}", "未指定"} <= set(words)


def test_the_api_names_them_too(desk, people, seen_to):  # noqa: F811
    unit, bureau = owners(people, "德感", "小石")
    rows = {row["name"][2:4]: row for row in told(desk)["firms"]}
    first, alone = rows["首次"], rows["白沙"]
    assert (first["unit_owner"], first["bureau_owner"]) == (unit, bureau)
    assert first["unit_contact"] == "何老师 023-47500001"
    assert (alone["unit_owner"], alone["bureau_owner"], alone["unit_contact"]) == (None,) * 3


def names(page) -> set[str]:
    return {entry.applicant.firm.name[2:4] for entry in page.context["plan"].listed}


def test_a_role_or_an_outcome_narrows_the_list_and_leaves_the_sums(desk, people, seen_to):  # noqa: F811
    whole = shown(desk)
    assert names(whole) == PLANNED
    again = shown(desk, "?role=again")
    assert names(again) == {"续证", "早到", "园外"}
    assert again.context["plan"].sums.district == whole.context["plan"].sums.district
    assert len(table_under(sheets(desk, "?role=again")["名单"], "序号")) == 3
    assert {row["role"] for row in told(desk, "?role=again")["firms"]} == {"again"}
    empty = shown(desk, "?check=met")
    assert names(empty) == set()
    assert f"看全部 {len(PLANNED)} 家" in text_of(empty)
    few = {"staff": 100, "rd_staff": 4}
    told_few = acts.RecordFigures(uscc=seen_to["白沙"].uscc, year=TODAY.year - 1, values=few)
    registry.apply([told_few], by=None)
    failed = shown(desk, "?check=failed")
    assert names(failed) == {"白沙"}
    assert "只列不符合：1家" in str(sheets(desk, "?check=failed")["名单"])


@pytest.mark.proof
def test_each_chip_and_each_number_of_the_sums_opens_as_many_firms(desk, people, seen_to):  # noqa: F811
    page = shown(desk)
    assert len(page.context["chips"]) > 3
    for chip in page.context["chips"]:
        assert len(names(desk.get(chip.url))) == chip.firms
    sums = page.context["plan"].sums
    for row in (*sums.units, sums.district):
        numbers = {"again": row.again, "regained": row.regained, "first": row.first}
        for role, url in row.planned_urls.items():
            assert len(names(desk.get(url))) == numbers[role]
    # Of parks together there is no list.
    assert sums.parks.planned_urls == {}


def test_towns_stand_in_one_table_and_without_a_firm_in_none(desk, people, district):  # noqa: F811
    holder("另镇", AUTUMN, outside_parks=True, town="500116103")
    content = b"".join(desk.get(f"{AT}list.docx").streaming_content)
    document = docx.Document(io.BytesIO(content))
    captions = [part.text for part in document.paragraphs if part.text.startswith("表")]
    assert captions[-1] == "表4　园区平台以外：2家（重新认定2家）"
    last = [row.cells[1].text for row in document.tables[-1].rows[1:]]
    assert all("　" in cell for cell in last)
    sums = [row.cells[0].text for row in document.tables[0].rows[1:]]
    assert sums[-2:] == ["园区平台以外合计", "全区"]
    assert len(sums) == Unit.objects.parks().count() + 3
