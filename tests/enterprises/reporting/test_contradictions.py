"""What a roster says against the registry is asked, and the answer becomes an act with its history."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry, Placement, PoolEntry, Qualification
from enterprises.registry import acts
from enterprises.reporting import applying, submission
from tests.enterprises.handed_in import listed, registered, sent_in, shown, to
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
NUMBER, MISTYPED = "GR202351100001", "GR202351100010"
ISSUED = dt.date(2023, 11, 6)
FIRM_1 = "重庆测试1号机械有限公司"


def certified(number: int = 1) -> None:
    registered(number)
    held = {"number": NUMBER, "valid_from": ISSUED}
    registry.apply([acts.Grant(uscc=code(number), kind="hnte", **held)], by=None)


def pooled(number: int = 1, since: str = "2026-03-31") -> None:
    registered(number)
    on = dt.date.fromisoformat(since)
    act = acts.EnterPool(uscc=code(number), stage="cultivation", target_year=2027, on=on)
    registry.apply([act], by=None)


def rules(version) -> set[str]:
    return set(version.problems.values_list("code", flat=True))


def lacks(version) -> dict[str, str]:
    return {row.uscc: row.lacks for row in version.firms.asked() if row.lacks}


def said(number: int, kind: str, choice: str, **more: str) -> dict[str, str]:
    fields = {"choice": choice, **more}
    return {f"{code(number)}-{kind}_{name}": value for name, value in fields.items()}


# --- the same name under another code -----------------------------------------------------------------------
@pytest.fixture
def other_code(unit_desk):
    """Firm 1 is registered; the roster lists it under code 9."""
    listed(1)
    return sent_in(unit_desk, roster(firm(1, uscc=code(9))))


def test_a_registered_name_under_another_code_is_one_question_about_both(unit_desk, other_code):
    assert "R308" in rules(other_code)
    assert lacks(other_code) == {code(9): "是否同一企业"}, "the missing firm waits"
    page = shown(unit_desk, other_code)
    assert code(1) in page
    assert "已登记在信用代码" in page
    with pytest.raises(Exception, match="需要说明"):
        submission.hand_in(other_code, by=other_code.created_by)


def test_the_same_firm_keeps_all_it_holds_under_the_corrected_code(
    unit_desk, other_code, put_in_force
):
    to(unit_desk, other_code, "answers", **said(9, "code", "same_firm"))
    put_in_force(other_code)
    one = Enterprise.objects.get()
    assert (one.uscc, one.name) == (code(9), FIRM_1)
    assert Placement.objects.get().since == dt.date(2020, 5, 6)
    entry = LedgerEntry.objects.get(act="recoded")
    assert (entry.before, entry.after) == ({"uscc": code(1)}, {"uscc": code(9)})
    assert entry.source == other_code.source
    assert entry.cells == {"uscc": "名册!C3"}


def test_the_page_of_the_old_code_leads_to_the_firm(desk, other_code, unit_desk, put_in_force):
    to(unit_desk, other_code, "answers", **said(9, "code", "same_firm"))
    put_in_force(other_code)
    answer = desk.get(reverse("firm", args=[code(1)]))
    assert answer.headers["Location"] == reverse("firm", args=[code(9)])
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "更正信用代码" in page
    assert code(1) in page
    assert desk.get(reverse("firm", args=[code(7)])).status_code == 404


def test_undoing_the_roster_gives_the_old_code_back(unit_desk, other_code, put_in_force, people):
    to(unit_desk, other_code, "answers", **said(9, "code", "same_firm"))
    put_in_force(other_code)
    applying.undo_roster(other_code, by=people["小石"], reason="报错")
    assert Enterprise.objects.get().uscc == code(1)


def test_a_correction_of_the_roster_keeps_the_answer(unit_desk, other_code, put_in_force):
    to(unit_desk, other_code, "answers", **said(9, "code", "same_firm"))
    put_in_force(other_code)
    corrected = roster(firm(1, uscc=code(9), revenue=1200))
    version = sent_in(unit_desk, corrected, reason="收入填错")
    assert not lacks(version)
    put_in_force(version)
    assert Enterprise.objects.get().uscc == code(9)
    # And back: the roster lists it under the code that it was registered with.
    version = sent_in(unit_desk, roster(firm(1)), reason="代码原本正确")
    assert not rules(version) & {"R308"}
    put_in_force(version)
    assert Enterprise.objects.get().uscc == code(1)


def test_another_firm_of_the_name_is_new_and_the_registered_one_is_asked_about(
    unit_desk, other_code, put_in_force
):
    to(unit_desk, other_code, "answers", **said(9, "code", "other_firm"))
    assert lacks(other_code) == {code(1): "未列的原因"}
    to(unit_desk, other_code, "answers", **{f"{code(1)}-word": "forgotten"})
    put_in_force(other_code)
    assert set(Enterprise.objects.values_list("uscc", flat=True)) == {code(1), code(9)}


def test_an_answer_is_taken_over_by_the_next_version(unit_desk, other_code):
    to(unit_desk, other_code, "answers", **said(9, "code", "other_firm"))
    version = sent_in(unit_desk, roster(firm(1, uscc=code(9), staff=41)))
    assert lacks(version) == {code(1): "未列的原因"}


def test_a_former_name_is_found_too(unit_desk):
    registered(1)
    on = dt.date(2026, 5, 1)
    registry.apply([acts.Rename(uscc=code(1), name="重庆新名机械有限公司", on=on)], by=None)
    version = sent_in(unit_desk, roster(firm(1, uscc=code(9))))
    assert lacks(version) == {code(9): "是否同一企业"}


def test_a_firm_of_another_unit_is_not_moved_by_another_code(unit_desk):
    registered(1, park="baisha", town="500116111")
    version = sent_in(unit_desk, roster(firm(1, uscc=code(9))))
    [row] = version.firms.asked()
    assert [point.offered for point in row.contradicted] == [("other_firm",)]
    answer = to(unit_desk, version, "answers", **said(9, "code", "same_firm"))
    assert answer.status_code == 422
    assert not row.settlements


def test_a_code_that_was_ever_given_is_not_offered_to_another_firm(unit_desk, put_in_force, people):
    listed(1)
    elsewhere = sent_in(unit_desk, roster(firm(1, uscc=code(9), town="鼎山街道")))
    to(unit_desk, elsewhere, "answers", **said(9, "code", "other_firm"))
    to(unit_desk, elsewhere, "answers", **{f"{code(1)}-word": "forgotten"})
    applying.undo_roster(put_in_force(elsewhere), by=people["小石"], reason="误批")
    again = sent_in(unit_desk, roster(firm(1, uscc=code(9))))
    row = again.firms.get(uscc=code(9))
    assert [point.offered for point in row.contradicted] == [("other_firm",)]
    assert "两家企业不能合为一家" in shown(unit_desk, again)


def test_a_firm_that_stands_in_the_file_itself_is_a_matter_of_the_file(unit_desk):
    registered(1)
    version = sent_in(unit_desk, roster(firm(1), firm(9, name=FIRM_1)))
    assert rules(version) == {"R204"}
    assert not lacks(version)


def test_two_registered_firms_do_not_become_one(plan):
    registered(1)
    registered(2)
    with pytest.raises(registry.ActsRefused, match="不能合为一家"):
        registry.apply([acts.CorrectCode(uscc=code(1), code=code(2))], by=None)


# --- another number of the same certificate -----------------------------------------------------------------
@pytest.fixture
def other_number(unit_desk):
    certified()
    row = firm(1, certificate_number=MISTYPED, certificate_issued_on=ISSUED)
    return sent_in(unit_desk, roster(row))


def numbers() -> set[str]:
    return set(Qualification.objects.filter(kind__code="hnte").values_list("number", flat=True))


def test_another_number_of_the_day_is_asked(unit_desk, other_number):
    assert "R309" in rules(other_number)
    assert lacks(other_number) == {code(1): "以哪个证书编号为准"}
    assert NUMBER in shown(unit_desk, other_number)


def test_a_corrected_number_stays_one_certificate_and_can_be_undone(
    unit_desk, other_number, put_in_force, people
):
    to(unit_desk, other_number, "answers", **said(1, "number", "number_corrected"))
    put_in_force(other_number)
    assert numbers() == {MISTYPED}
    entry = LedgerEntry.objects.get(act="renumbered")
    assert (entry.before, entry.after) == ({"number": NUMBER}, {"number": MISTYPED})
    assert entry.cells == {"number": "名册!R3"}
    applying.undo_roster(other_number, by=people["小石"], reason="报错")
    assert numbers() == {NUMBER}


def test_two_certificates_of_a_day_are_both_registered(unit_desk, other_number, put_in_force):
    to(unit_desk, other_number, "answers", **said(1, "number", "second_number"))
    put_in_force(other_number)
    assert numbers() == {NUMBER, MISTYPED}


def test_without_an_answer_nobody_writes_a_second_number(plan):
    certified()
    act = acts.Grant(uscc=code(1), kind="hnte", number=MISTYPED, valid_from=ISSUED)
    with pytest.raises(registry.ActsRefused, match=f"登记的编号为{NUMBER}"):
        registry.apply([act], by=None)


def test_a_number_of_another_firm_is_no_correction(plan):
    certified(1)
    registered(2)
    other = acts.Grant(uscc=code(2), kind="hnte", number=MISTYPED, valid_from=ISSUED)
    registry.apply([other], by=None)
    slip = acts.CorrectNumber(uscc=code(1), kind="hnte", number=NUMBER, corrected=MISTYPED)
    with pytest.raises(registry.ActsRefused, match="已登记在另一企业"):
        registry.apply([slip], by=None)


# --- a remark that tells of an end --------------------------------------------------------------------------
REMARKS = [
    "该企业已于2026年8月10日注销",
    "营业执照被吊销",
    "2026年7月停产",
    "已歇业",
    "拟迁出江津",
    "已迁往重庆高新区",
    "厂房已搬离",
    "法院裁定破产",
]


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_that_tells_of_an_end_is_asked(unit_desk, remark):
    registered(1)
    version = sent_in(unit_desk, roster(firm(1, remark=remark)))
    assert "R310" in rules(version)
    assert lacks(version) == {code(1): "企业是否仍在本单位"}


@pytest.mark.parametrize("remark", ["", "重点企业", "由双福迁入", "注册地在德感"])
def test_other_remarks_ask_nothing(unit_desk, remark):
    registered(1)
    version = sent_in(unit_desk, roster(firm(1, remark=remark)))
    assert not lacks(version)


def test_of_a_firm_that_arrives_the_remark_tells_where_from(unit_desk):
    registered(1, park="baisha", town="500116111")
    version = sent_in(unit_desk, roster(firm(1, remark="2026年8月从白沙迁出，迁至德感")))
    assert lacks(version) == {code(1): "迁移日期"}


@pytest.mark.parametrize(("choice", "act"), [("closed", "closed"), ("left", "left")])
def test_an_end_that_was_told_is_registered_with_its_day(unit_desk, put_in_force, choice, act):
    listed(1)
    version = sent_in(unit_desk, roster(firm(1, remark=REMARKS[0])))
    to(unit_desk, version, "answers", **said(1, "ending", choice))
    assert lacks(version) == {code(1): "日期"}
    to(unit_desk, version, "answers", **said(1, "ending", choice, on="2026-08-10"))
    put_in_force(version)
    entry = LedgerEntry.objects.get(act=act)
    assert entry.effective_on == dt.date(2026, 8, 10)
    assert entry.cells == {"on": "名册!Z3"}


def test_a_firm_that_stays_is_registered_as_listed(unit_desk, put_in_force):
    listed(1)
    version = sent_in(unit_desk, roster(firm(1, remark="一条产线停产")))
    to(unit_desk, version, "answers", **said(1, "ending", "stays"))
    put_in_force(version)
    assert not LedgerEntry.objects.filter(act__in=["closed", "left"]).exists()


# --- the reserve pool ---------------------------------------------------------------------------------------
def test_an_emptied_cell_of_the_pool_is_asked(unit_desk, put_in_force):
    pooled()
    version = sent_in(unit_desk, roster(firm(1)))
    assert "R311" in rules(version)
    to(unit_desk, version, "answers", **said(1, "pool", "leaves_pool"))
    assert lacks(version) == {code(1): "原因"}
    to(unit_desk, version, "answers", **said(1, "pool", "leaves_pool", because="转为商贸"))
    put_in_force(version)
    entry = PoolEntry.objects.get()
    assert (entry.until, entry.exit_reason) == (dt.date(2026, 9, 30), "转为商贸")


def test_the_pool_goes_on_where_its_unit_says_so(unit_desk, put_in_force):
    pooled()
    version = sent_in(unit_desk, roster(firm(1)))
    to(unit_desk, version, "answers", **said(1, "pool", "stays_in_pool"))
    put_in_force(version)
    assert PoolEntry.objects.get().until is None


@pytest.mark.parametrize("word", ["退库", "出库", "已退库"])
def test_a_word_in_the_roster_leaves_the_pool(unit_desk, put_in_force, word):
    pooled()
    version = sent_in(unit_desk, roster(firm(1, pool_stage=word, remark="研发\n停止")))
    assert not lacks(version)
    assert not rules(version)
    put_in_force(version)
    assert PoolEntry.objects.get().exit_reason == "研发 停止"


def test_leaving_the_pool_without_a_reason_is_remarked(unit_desk):
    pooled()
    assert rules(sent_in(unit_desk, roster(firm(1, pool_stage="退库")))) == {"R118"}


def test_whoever_was_certified_has_left_the_pool_by_that(unit_desk, put_in_force):
    pooled()
    row = firm(1, certificate_number="GR202651100001", certificate_issued_on=dt.date(2026, 8, 3))
    version = sent_in(unit_desk, roster(row))
    assert not lacks(version)
    put_in_force(version)
    assert PoolEntry.objects.get().exit_reason == "已取得高企证书"


def test_a_roster_without_the_column_says_nothing_of_the_pool(unit_desk):
    pooled()

    def without_pool(book):
        book.active.delete_cols(21, 2)

    version = sent_in(unit_desk, roster(firm(1), change=without_pool))
    assert not lacks(version)


def test_leaving_of_a_firm_outside_the_pool_says_nothing_new(unit_desk, put_in_force):
    listed(1)
    put_in_force(sent_in(unit_desk, roster(firm(1, pool_stage="退库", remark="从未入库"))))
    assert not PoolEntry.objects.exists()


# --- last quarter's file ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("top", "name", "asked"),
    [
        ("{} 2026年第二季度企业名册", "名册.xlsx", "标题"),
        ("{} 二季度名册", "名册.xlsx", "标题"),
        ("{} 2026Q2", "名册.xlsx", "标题"),
        ("{} 2025年第三季度名册", "名册.xlsx", "标题"),
        ("{} 2026年上半年名册", "名册.xlsx", "标题"),
        ("{} 企业名册", "2026年第2季度.xlsx", "文件名"),
        ("{} 2026年第三季度名册（与第二季度相比）", "名册.xlsx", ""),
        ("{} 2026年第三季度名册", "第二季度模板.xlsx", ""),
        ("{} 企业名册", "2026Q3.xlsx", ""),
        ("{} 企业名册 数据截至：2026-09-30", "第二季度模板.xlsx", ""),
    ],
)
def test_the_quarter_in_the_title_is_read(unit_desk, top, name, asked):
    version = sent_in(unit_desk, roster(firm(1), top=top), name=name)
    reasons = version.problems.filter(code="F035").values_list("reason", flat=True)
    assert [reason.partition("写的是")[0] for reason in reasons] == ([asked] if asked else [])


# --- questions wait for errors ------------------------------------------------------------------------------
def test_while_there_are_errors_nobody_is_asked_about_firms(unit_desk):
    registered(1)
    registered(2)
    version = sent_in(unit_desk, roster(firm(1, town="四坪镇")))
    page = shown(unit_desk, version)
    assert version.state == "faulty"
    assert "需要说明的企业" not in page
    assert "没有错误以后，还有 1 家企业要说明" in page
