"""A unit's way through its roster pages: template, upload, check, answers, hand-in, receipt, taking back."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises.models import ColumnMapping, Job, Notice, Quarter, RosterVersion
from enterprises.models.job import JobState
from enterprises.reporting import quarters, submission
from enterprises.rosters.marks import SUMMARY_SHEET
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import registered, reporter
from tests.enterprises.workbooks import code, firm, lines, xlsx

pytestmark = pytest.mark.django_db
PAGE = "/rosters/2026Q3/degan/"
TOP = "填报单位：德感工业园发展中心　数据截至：2026-09-30"
SAME = "完全相同，没有重复登记"


@pytest.fixture
def quarter(people):
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def desk(client, people, quarter):
    """The browser of the clerk of 德感."""
    client.force_login(people["德感"])
    return client


@pytest.fixture
def roster_of(tmp_path):
    """The bytes of a roster that lists these firms."""

    def written(*firms, change=None):
        rows = lines(*firms)
        rows[0] = [TOP]
        return xlsx(tmp_path / "名册.xlsx", rows, change).read_bytes()

    return written


def upload(client, content, *, name="名册.xlsx", page=PAGE, **sent):
    return client.post(page, {"roster": SimpleUploadedFile(name, content), **sent})


def sent_in(client, content, **sent) -> RosterVersion:
    """Uploaded through the page, and checked."""
    answer = upload(client, content, **sent)
    version = RosterVersion.objects.latest("pk")
    assert answer.headers.get("Location") == reverse("roster_version", args=[version.pk]), answer.content.decode()
    return clerk.checked(version)


def to(client, version, name, follow=True, **sent):
    return client.post(reverse(f"roster_{name}", args=[version.pk]), sent, follow=follow)


def shown(client, version, **query) -> str:
    return client.get(reverse("roster_version", args=[version.pk]), query).content.decode()


def downloaded(client, name, version) -> bytes:
    return b"".join(client.get(reverse(f"roster_{name}", args=[version.pk])).streaming_content)


def state(version) -> str:
    return RosterVersion.objects.get(pk=version.pk).state


def said(number, word="", day="", to_unit="", note="") -> dict[str, str]:
    """What the form sends about one firm that is not listed."""
    values = {"word": word, "day": day, "to_unit": to_unit, "note": note}
    return {f"{code(number)}-{name}": value for name, value in values.items()}


def unit_id(short: str) -> str:
    return str(Unit.objects.get(code=short).pk)


# --- the way through ------------------------------------------------------------------------------------------------
def test_from_a_faulty_file_through_its_marked_copy_to_the_receipt_and_back(desk, people, roster_of):
    registered(2)
    faulty = sent_in(desk, roster_of(firm(1, town="渝中区", rd_expense=2000)))
    page = shown(desk, faulty)
    assert "有 1 个错误" in page
    assert "名册!E3" in page
    assert "渝中区" in page
    assert reverse("roster_hand_in", args=[faulty.pk]) not in page

    book = openpyxl.load_workbook(io.BytesIO(downloaded(desk, "annotated", faulty)))
    assert SUMMARY_SHEET in book.sheetnames
    book["名册"]["E3"] = "德感街道"
    corrected = io.BytesIO()
    book.save(corrected)
    ready = sent_in(desk, corrected.getvalue())
    assert (ready.number, ready.state) == (2, "ready")
    page = shown(desk, ready)
    assert "版相比" not in page, "of the first, the faulty row was never known"
    assert "有1家企业需要说明" in page
    assert "有1组提醒需要填写理由" in page

    to(desk, ready, "answers", **said(2, "closed", "2026-08-08"))
    [group] = [one for one in ready.summary["groups"] if one["severity"] == "warning"]
    answer = to(desk, ready, "reasons", **{f"{group['code']}|{group['title']}": "研发投入大"})
    assert "没有错误，可以报送" in answer.content.decode()

    assert "请先勾选" in to(desk, ready, "hand_in").content.decode()
    assert state(ready) == "ready"
    receipt = to(desk, ready, "hand_in", declared="on").content.decode()
    assert "报送成功" in receipt
    assert ready.source.sha256 in receipt
    assert "名册列 1 家：新增 1，变更 0，迁入 0，未列 1，不变 0" in receipt
    assert "2026Q3-degan-2" in receipt
    assert state(ready) == "submitted"

    assert "已撤回" in to(desk, ready, "take_back").content.decode()
    assert state(ready) == "ready"
    assert ready.firms.get(uscc=code(2)).word == "closed", "what was said is still there"


def test_the_template_of_a_unit_comes_back_without_a_complaint(desk):
    registered(1)
    answer = desk.get(f"{PAGE}template/")
    version = sent_in(desk, b"".join(answer.streaming_content))
    assert version.firms.get().uscc == code(1)
    assert not version.firms.asked().exists()


def test_the_list_of_problems_and_the_original_are_to_take_home(desk, roster_of):
    content = roster_of(firm(1, town="渝中区"))
    version = sent_in(desk, content)
    assert downloaded(desk, "original", version) == content
    rows = list(openpyxl.load_workbook(io.BytesIO(downloaded(desk, "problems", version))).active.values)
    assert [row[:4] for row in rows[2:]] == [("错误", "名册!E3", "所属镇街", "渝中区")]


# --- receiving ------------------------------------------------------------------------------------------------------
def test_an_identical_file_is_refused_on_the_page_and_nothing_is_written(desk, roster_of):
    content = roster_of(firm(1))
    sent_in(desk, content)
    answer = upload(desk, content)
    assert answer.status_code == 422
    assert SAME in answer.content.decode()
    assert RosterVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"), [("a.pdf", b"%PDF", "不是表格文件"), ("名册.xlsx", b"", "文件为空")]
)
def test_what_is_no_roster_file_is_refused_on_the_page(desk, name, content, sentence):
    answer = upload(desk, content, name=name)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RosterVersion.objects.exists()


def test_a_locked_quarter_says_so_and_takes_nothing_but_from_a_unit_with_an_exception(desk, people, quarter, roster_of):
    yesterday = dt.date.today() - dt.timedelta(days=1)
    Quarter.objects.update(locks_on=yesterday)
    page = desk.get(PAGE).content.decode()
    assert "不再接收。确需补报的，请联系科技局延期" in page
    assert "上传并检查" not in page
    refused = upload(desk, roster_of(firm(1)))
    assert refused.status_code == 422
    assert "不再接收" in refused.content.decode()
    assert "不再接收" in desk.post(f"{PAGE}nil/", {"sure": "on"}, follow=True).content.decode()
    assert not RosterVersion.objects.exists()
    quarter.refresh_from_db()
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    quarters.grant_exception(quarter, Unit.objects.get(code="degan"), until=tomorrow, reason="停电", by=people["小石"])
    assert "上传并检查" in desk.get(PAGE).content.decode()
    assert sent_in(desk, roster_of(firm(1))).state == "ready"


def test_a_nil_return_is_confirmed_and_then_handed_in(desk):
    assert "请先勾选确认" in desk.post(f"{PAGE}nil/").content.decode()
    assert not RosterVersion.objects.exists()
    assert desk.post(f"{PAGE}nil/", {"sure": "on"}).status_code == 302
    version = clerk.checked(RosterVersion.objects.get())
    assert "已登记为第1版" in desk.post(f"{PAGE}nil/", {"sure": "on"}, follow=True).content.decode()
    receipt = to(desk, version, "hand_in", declared="on").content.decode()
    assert "零报告" in receipt
    assert "SHA-256" not in receipt
    assert desk.get(reverse("roster_original", args=[version.pk])).status_code == 404


def test_a_nil_return_asks_for_every_firm_that_stands_at_the_unit(desk):
    registered(1)
    desk.post(f"{PAGE}nil/", {"sure": "on"})
    version = clerk.checked(RosterVersion.objects.get())
    answer = to(desk, version, "hand_in", declared="on").content.decode()
    assert "有1家企业需要说明" in answer
    assert state(version) == "ready"


def test_a_correction_of_a_roster_in_force_needs_a_reason(desk, people, roster_of):
    version = sent_in(desk, roster_of(firm(1)))
    to(desk, version, "hand_in", declared="on")
    clerk.approve(version, people["小石"])
    content = roster_of(firm(1, staff=41))
    refused = upload(desk, content)
    assert refused.status_code == 422
    assert "更正须写明理由" in refused.content.decode()
    corrected = sent_in(desk, content, reason="人数填错")
    assert "更正理由：人数填错" in shown(desk, corrected)


def test_while_a_roster_is_under_review_the_page_points_to_taking_back(desk, roster_of):
    to(desk, sent_in(desk, roster_of(firm(1))), "hand_in", declared="on")
    page = desk.get(PAGE).content.decode()
    assert "要更换文件，请先" in page
    assert "上传并检查" not in page
    assert "请先撤回" in upload(desk, roster_of(firm(1), firm(2))).content.decode()


def test_a_check_that_failed_keeps_the_file_and_offers_another(desk, roster_of):
    upload(desk, roster_of(firm(1)))
    version = RosterVersion.objects.get()
    waiting = shown(desk, version)
    assert "正在检查" in waiting
    assert "重新检查" not in waiting
    Job.objects.update(state=JobState.FAILED, error="服务器繁忙", finished_at=version.created_at)
    page = shown(desk, version)
    assert "检查没有完成：服务器繁忙" in page
    assert "重新检查" in page
    progress = desk.get(reverse("roster_progress", args=[version.pk]))
    assert progress.headers["HX-Refresh"] == "true"
    to(desk, version, "recheck")
    version.refresh_from_db()
    assert clerk.checked(version).state == "ready"


def test_what_a_title_means_is_told_once_and_known_at_the_next_upload(desk, roster_of):
    def own_title(book):
        book.active["C2"] = "代码证号"

    version = sent_in(desk, roster_of(firm(1), change=own_title))
    assert version.state == "faulty"
    page = shown(desk, version)
    assert "不认识的列" in page
    assert '<option value="uscc" selected>' in page
    assert "没有“nothing”这一列" in to(desk, version, "columns", **{"column-0": "nothing"}).content.decode()
    assert not ColumnMapping.objects.exists()
    assert "正在重新检查" in to(desk, version, "columns", **{"column-0": "uscc"}).content.decode()
    version.refresh_from_db()
    assert clerk.checked(version).state == "ready"
    assert ColumnMapping.objects.get().field == "uscc"
    again = sent_in(desk, roster_of(firm(1), firm(2), change=own_title))
    assert (again.state, again.summary["unknown_titles"]) == ("ready", [])


# --- answers --------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(desk, roster_of):
    """A roster that leaves out firms 2 to 6 of the unit."""
    for number in range(1, 7):
        registered(number)
    version = sent_in(desk, roster_of(firm(1)))
    assert version.firms.asked().count() == 5
    return version


def test_one_wrong_answer_stops_all_stays_at_its_firm_and_keeps_what_was_entered(desk, asked):
    entered = said(2, "closed", "2026-08-08", note="公告注销") | said(3, "left", "2026-10-10")
    answer = to(desk, asked, "answers", **entered)
    page = answer.content.decode()
    assert answer.status_code == 422
    at_firm = page[page.index(f'id="firm-{code(3)}"') : page.index(f'id="firm-{code(4)}"')]
    assert "日期晚于2026-09-30，应在以后的季度填报" in at_firm
    assert 'value="2026-10-10"' in at_firm
    assert page.count("应在以后的季度填报") == 1
    assert 'value="公告注销"' in page
    assert not asked.firms.exclude(word="").exists(), "all or nothing"


def test_a_day_that_is_no_day_is_refused_at_its_firm(desk, asked):
    answer = to(desk, asked, "answers", **said(2, "closed", "2026-02-31"))
    assert answer.status_code == 422
    assert "日期无效" in answer.content.decode()
    assert not asked.firms.exclude(word="").exists()


def test_one_answer_for_all_ticked_firms(desk, asked):
    ticked = {"ticked": [code(2), code(3)], "same": "1", "same_word": "moved", "same_day": "2026-08-20"}
    sent = said(2) | said(3) | said(4, "forgotten") | ticked | {"same_to_unit": unit_id("baisha")}
    page = to(desk, asked, "answers", **sent).content.decode()
    assert "说明已保存" in page
    words = dict(asked.firms.asked().values_list("uscc", "word"))
    assert words == {code(2): "moved", code(3): "moved", code(4): "forgotten", code(5): "", code(6): ""}
    assert asked.firms.get(uscc=code(3)).to_unit.code == "baisha"
    assert "还有 2 家没有说明" in page


def test_few_firms_are_answered_one_by_one(desk, asked, roster_of):
    assert "填到选中的企业" in shown(desk, asked)
    few = sent_in(desk, roster_of(*(firm(number) for number in range(1, 5))))
    page = shown(desk, few)
    assert "共 2 家" in page
    assert not [one for one in ("填到选中的企业", "批量选中") if one in page]


def test_turning_the_page_saves_what_was_said_and_never_loses_it(desk, roster_of):
    for number in range(2, 54):
        registered(number)
    version = sent_in(desk, roster_of(firm(1)))
    page = to(desk, version, "answers", **said(2, "forgotten"), turn="2").content.decode()
    assert "第 2/2 页" in page
    assert version.firms.get(uscc=code(2)).word == "forgotten"
    page = to(desk, version, "answers", **said(3, "left", "2026-10-10"), page="1", turn="2").content.decode()
    assert "第 1/2 页" in page, "what is wrong is shown where it was entered"
    assert "第 1/2 页" in to(desk, version, "answers", **said(2, "forgotten"), turn="1\r\nx").content.decode()


def test_of_a_firm_that_was_not_on_the_page_nothing_is_said(desk, asked):
    to(desk, asked, "answers", **said(2, "forgotten"))
    to(desk, asked, "answers", **said(3, "forgotten"))
    assert asked.firms.get(uscc=code(2)).word == "forgotten"


def test_where_a_firm_went_is_no_longer_told_when_it_is_closed_after_all(desk, asked):
    to(desk, asked, "answers", **said(2, "moved", "2026-08-20", unit_id("baisha")))
    assert "已迁往区内其他单位：白沙" in shown(desk, asked, kind="missing")
    to(desk, asked, "answers", **said(2, "closed", "2026-08-20", unit_id("baisha")))
    assert "已注销：" not in shown(desk, asked, kind="missing")


def test_reasons_and_answers_are_saved_together_and_kept_together(desk, roster_of):
    registered(2)
    version = sent_in(desk, roster_of(firm(1, rd_expense=2000)))
    reason = {"R111|上年研发费用（万元）": "研发投入大"}
    refused = to(desk, version, "answers", **said(2, "closed", "2026-10-10"), **reason)
    assert refused.status_code == 422
    assert 'value="研发投入大"' in refused.content.decode()
    assert RosterVersion.objects.get(pk=version.pk).reasons == {}
    saved = to(desk, version, "answers", **said(2, "closed", "2026-08-08"), **reason).content.decode()
    assert "说明和理由已保存" in saved
    assert "没有错误，可以报送" in saved


def test_a_blank_reason_takes_the_reason_back(desk, roster_of):
    version = sent_in(desk, roster_of(firm(1, rd_expense=2000)))
    key = "R111|上年研发费用（万元）"
    assert "理由（已填）" in to(desk, version, "reasons", **{key: "属实"}).content.decode()
    to(desk, version, "reasons", **{key: "  "})
    assert RosterVersion.objects.get(pk=version.pk).reasons == {}


# --- handing in -----------------------------------------------------------------------------------------------------
def test_handing_in_twice_is_handing_in_once(desk, people, roster_of):
    version = sent_in(desk, roster_of(firm(1)))
    for _ in range(2):
        answer = to(desk, version, "hand_in", follow=False, declared="on")
        assert answer.headers["Location"] == reverse("roster_receipt", args=[version.pk])
    assert Notice.objects.filter(person=people["小石"]).count() == 1
    assert "alert-danger" not in to(desk, version, "hand_in", declared="on").content.decode()


def test_a_faulty_roster_is_not_handed_in(desk, roster_of):
    version = sent_in(desk, roster_of(firm(1, town="渝中区")))
    assert "文件中有1个错误" in to(desk, version, "hand_in", declared="on").content.decode()
    assert state(version) == "faulty"


def test_after_a_decision_nothing_can_be_taken_back_or_answered(desk, people, roster_of):
    registered(2)
    version = sent_in(desk, roster_of(firm(1)))
    to(desk, version, "answers", **said(2, "closed", "2026-08-08"))
    to(desk, version, "hand_in", declared="on")
    clerk.approve(version, people["小石"])
    assert "已入库" in to(desk, version, "take_back").content.decode()
    refused = to(desk, version, "answers", **said(2, "left", "2026-08-08"))
    assert refused.status_code == 422
    assert "不能再填写说明" in refused.content.decode()
    assert version.firms.get(uscc=code(2)).word == "closed"


def test_a_returned_roster_shows_the_remark_and_takes_the_next_file(desk, people, roster_of):
    version = sent_in(desk, roster_of(firm(1), firm(2)))
    to(desk, version, "hand_in", declared="on")
    version.refresh_from_db()
    submission.remark(version, "人数请核对", by=people["小石"], uscc=code(1))
    submission.return_to_unit(version, by=people["小石"])
    page = desk.get(PAGE).content.decode()
    assert "看退回意见" in page
    assert "人数请核对" in page
    again = sent_in(desk, roster_of(firm(1), firm(2, staff=41), firm(3)))
    assert "增加 1 行，删去 0 行，改动 1 行" in shown(desk, again)
    assert "提过意见、这次没有改动的行：重庆测试1号机械有限公司" in shown(desk, again)
    third = sent_in(desk, roster_of(firm(1), firm(2, staff=42), firm(3)))
    page = shown(desk, third)
    assert "与第1版相比" in page, "what was remarked on, not a draft in between"
    assert "提过意见、这次没有改动的行：重庆测试1号机械有限公司" in page


def test_drafts_are_told_apart_and_stay_out_of_what_the_district_sees(client, desk, people, roster_of):
    sent_in(desk, roster_of(firm(1)))
    version = sent_in(desk, roster_of(firm(1, staff=41)))
    assert "增加 0 行，删去 0 行，改动 1 行" in shown(desk, version)
    to(desk, version, "hand_in", declared="on")
    client.force_login(people["老郑"])
    assert "版相比" not in shown(client, version)


# --- who sees what --------------------------------------------------------------------------------------------------
def test_another_units_version_does_not_exist_for_a_unit(client, desk, roster_of):
    version = sent_in(desk, roster_of(firm(1)))
    client.force_login(reporter("baisha"))
    for name in ("version", "progress", "receipt", "original", "annotated", "problems"):
        assert client.get(reverse(f"roster_{name}", args=[version.pk])).status_code == 404, name
    for name in ("recheck", "columns", "reasons", "answers", "hand_in", "take_back"):
        assert to(client, version, name, declared="on").status_code == 404, name
    assert client.get(PAGE).status_code == 404
    assert state(version) == "ready"


def test_contact_persons_are_in_the_units_page_and_not_in_a_leaders(client, desk, people, roster_of):
    content = roster_of(firm(1, contact_name="张三丰", contact_phone="13800123456", rd_expense=2000))
    version = sent_in(desk, content)
    own = shown(desk, version)
    assert "张三丰" in own
    assert "13800123456" in own
    to(desk, version, "reasons", **{"R111|上年研发费用（万元）": "属实"})
    to(desk, version, "hand_in", declared="on")
    for who in ("老郑", "审计"):
        client.force_login(people[who])
        page = shown(client, version)
        assert "重庆测试1号机械有限公司" in page
        assert not [one for one in ("张三丰", "13800123456") if one in page], who


def test_a_leader_does_not_see_a_draft_on_the_page_of_a_roster(client, desk, people, roster_of):
    version = sent_in(desk, roster_of(firm(1)))
    client.force_login(people["老郑"])
    page = client.get(PAGE).content.decode()
    assert "还没有上传过名册" in page
    assert reverse("roster_version", args=[version.pk]) not in page
    assert "上传并检查" not in page


def test_the_bureau_fills_in_for_a_unit(client, people, quarter, roster_of):
    client.force_login(people["小石"])
    version = sent_in(client, roster_of(firm(1)))
    to(client, version, "hand_in", declared="on")
    version.refresh_from_db()
    assert (version.state, version.submitted_by) == ("submitted", people["小石"])
    receipt = client.get(reverse("roster_receipt", args=[version.pk])).content.decode()
    assert [page.count("科技局代报") for page in (receipt, shown(client, version))] == [1, 1]


# --- cost -----------------------------------------------------------------------------------------------------------
def test_the_pages_cost_a_constant_number_of_queries(desk, roster_of, django_assert_max_num_queries):
    for number in range(1, 61):
        registered(number)
    content = roster_of(*(firm(number, rd_expense=2000) for number in range(100, 600)))
    version = sent_in(desk, content)
    assert version.firms.listed().count() == 500
    with django_assert_max_num_queries(17):
        page = shown(desk, version)
    assert "共 60 家" in page
    with django_assert_max_num_queries(15):
        desk.get(PAGE)
