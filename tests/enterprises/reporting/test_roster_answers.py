"""What a unit says on the page of its roster: answers on firms, and reasons for warnings."""

import pytest

from enterprises.models import RosterVersion
from parks.models import Unit
from tests.enterprises.handed_in import PAGE, registered, said, sent_in, shown, to
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(unit_desk):
    """A roster that leaves out firms 2 to 6 of the unit."""
    for number in range(1, 7):
        registered(number)
    version = sent_in(unit_desk, roster(firm(1)))
    assert version.firms.asked().count() == 5
    return version


def unit_id(short: str) -> str:
    return str(Unit.objects.get(code=short).pk)


def test_one_wrong_answer_stops_all_stays_at_its_firm_and_keeps_what_was_entered(unit_desk, asked):
    entered = said(2, "closed", "2026-08-08", note="公告注销") | said(3, "left", "2026-10-10")
    answer = to(unit_desk, asked, "answers", **entered)
    page = answer.content.decode()
    assert answer.status_code == 422
    at_firm = page[page.index(f'id="firm-{code(3)}"') : page.index(f'id="firm-{code(4)}"')]
    assert "日期晚于2026-09-30，应在以后的季度填报" in at_firm
    assert 'value="2026-10-10"' in at_firm
    assert page.count("应在以后的季度填报") == 1
    assert 'value="公告注销"' in page
    assert not asked.firms.exclude(word="").exists(), "all or nothing"


def test_a_day_that_is_no_day_is_refused_at_its_firm(unit_desk, asked):
    answer = to(unit_desk, asked, "answers", **said(2, "closed", "2026-02-31"))
    assert answer.status_code == 422
    assert "日期无效" in answer.content.decode()
    assert not asked.firms.exclude(word="").exists()


def test_one_answer_for_all_ticked_firms(unit_desk, asked):
    ticked = {
        "ticked": [code(2), code(3)],
        "same": "1",
        "same_word": "moved",
        "same_day": "2026-08-20",
    }
    sent = said(2) | said(3) | said(4, "forgotten") | ticked | {"same_to_unit": unit_id("baisha")}
    page = to(unit_desk, asked, "answers", **sent).content.decode()
    assert "说明已保存" in page
    words = dict(asked.firms.asked().values_list("uscc", "word"))
    assert words == {
        code(2): "moved",
        code(3): "moved",
        code(4): "forgotten",
        code(5): "",
        code(6): "",
    }
    assert asked.firms.get(uscc=code(3)).to_unit.code == "baisha"
    assert "还有 2 家没有说明" in page


def test_few_firms_are_answered_one_by_one(unit_desk, asked):
    assert "填到选中的企业" in shown(unit_desk, asked)
    few = sent_in(unit_desk, roster(*(firm(number) for number in range(1, 5))))
    page = shown(unit_desk, few)
    assert "共 2 家" in page
    assert not [words for words in ("填到选中的企业", "批量选中") if words in page]


def test_turning_the_page_saves_what_was_said_and_never_loses_it(unit_desk):
    for number in range(2, 54):
        registered(number)
    version = sent_in(unit_desk, roster(firm(1)))
    page = to(unit_desk, version, "answers", **said(2, "forgotten"), turn="2").content.decode()
    assert "第 2/2 页" in page
    assert version.firms.get(uscc=code(2)).word == "forgotten"
    page = to(
        unit_desk, version, "answers", **said(3, "left", "2026-10-10"), page="1", turn="2"
    ).content.decode()
    assert "第 1/2 页" in page, "what is wrong is shown where it was entered"
    assert (
        "第 1/2 页"
        in to(unit_desk, version, "answers", **said(2, "forgotten"), turn="1\r\nx").content.decode()
    )


def test_of_a_firm_that_was_not_on_the_page_nothing_is_said(unit_desk, asked):
    to(unit_desk, asked, "answers", **said(2, "forgotten"))
    to(unit_desk, asked, "answers", **said(3, "forgotten"))
    assert asked.firms.get(uscc=code(2)).word == "forgotten"


def test_where_a_firm_went_is_no_longer_told_when_it_is_closed_after_all(unit_desk, asked):
    to(unit_desk, asked, "answers", **said(2, "moved", "2026-08-20", unit_id("baisha")))
    assert "已迁往区内其他单位：白沙" in shown(unit_desk, asked, kind="missing")
    to(unit_desk, asked, "answers", **said(2, "closed", "2026-08-20", unit_id("baisha")))
    assert "已注销：" not in shown(unit_desk, asked, kind="missing")


def test_reasons_and_answers_are_saved_together_and_kept_together(unit_desk):
    registered(2)
    version = sent_in(unit_desk, roster(firm(1, rd_expense=2000)))
    reason = {"R111|上年研发费用（万元）": "研发投入大"}
    refused = to(unit_desk, version, "answers", **said(2, "closed", "2026-10-10"), **reason)
    assert refused.status_code == 422
    assert 'value="研发投入大"' in refused.content.decode()
    assert RosterVersion.objects.get(pk=version.pk).reasons == {}
    saved = to(
        unit_desk, version, "answers", **said(2, "closed", "2026-08-08"), **reason
    ).content.decode()
    assert "说明和理由已保存" in saved
    assert "没有错误，可以报送" in saved


def test_a_blank_reason_takes_the_reason_back(unit_desk):
    version = sent_in(unit_desk, roster(firm(1, rd_expense=2000)))
    key = "R111|上年研发费用（万元）"
    assert "理由（已填）" in to(unit_desk, version, "reasons", **{key: "属实"}).content.decode()
    to(unit_desk, version, "reasons", **{key: "  "})
    assert RosterVersion.objects.get(pk=version.pk).reasons == {}


def test_the_pages_cost_a_constant_number_of_queries(unit_desk, django_assert_max_num_queries):
    for number in range(1, 61):
        registered(number)
    content = roster(*(firm(number, rd_expense=2000) for number in range(100, 600)))
    version = sent_in(unit_desk, content)
    assert version.firms.listed().count() == 500
    with django_assert_max_num_queries(17):
        page = shown(unit_desk, version)
    assert "共 60 家" in page
    with django_assert_max_num_queries(15):
        unit_desk.get(PAGE)
