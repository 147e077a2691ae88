"""A unit's way through its roster pages: template, upload, check, hand-in, receipt, taking back."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import ColumnMapping, Job, Notice, Quarter, RosterVersion
from enterprises.models.job import JobState
from enterprises.reporting import quarters, submission
from enterprises.rosters.definition.marks import SUMMARY_SHEET
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import (
    PAGE,
    registered,
    reporter,
    said,
    sent_in,
    shown,
    state,
    to,
    upload,
)
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
SAME = "完全相同，没有重复登记"


def downloaded(client, name, version) -> bytes:
    return b"".join(client.get(reverse(f"roster_{name}", args=[version.pk])).streaming_content)


# --- the way through ------------------------------------------------------------------------------
def test_from_a_faulty_file_through_its_marked_copy_to_the_receipt_and_back(unit_desk, people):
    registered(2)
    faulty = sent_in(unit_desk, roster(firm(1, town="渝中区", rd_expense=2000)))
    page = shown(unit_desk, faulty)
    assert "有 1 个错误" in page
    assert "名册!E3" in page
    assert "渝中区" in page
    assert reverse("roster_hand_in", args=[faulty.pk]) not in page

    book = openpyxl.load_workbook(io.BytesIO(downloaded(unit_desk, "annotated", faulty)))
    assert SUMMARY_SHEET in book.sheetnames
    book["名册"]["E3"] = "德感街道"
    corrected = io.BytesIO()
    book.save(corrected)
    ready = sent_in(unit_desk, corrected.getvalue())
    assert (ready.number, ready.state) == (2, "ready")
    page = shown(unit_desk, ready)
    assert "版相比" not in page, "of the first, the faulty row was never known"
    assert "有1家企业需要说明" in page
    assert "有1组提醒需要填写理由" in page

    to(unit_desk, ready, "answers", **said(2, "closed", "2026-08-08"))
    [group] = [found for found in ready.summary["groups"] if found["severity"] == "warning"]
    answer = to(unit_desk, ready, "reasons", **{f"{group['code']}|{group['title']}": "研发投入大"})
    assert "没有错误，可以报送" in answer.content.decode()

    assert "请先勾选" in to(unit_desk, ready, "hand_in").content.decode()
    assert state(ready) == "ready"
    receipt = to(unit_desk, ready, "hand_in", declared="on").content.decode()
    assert "报送成功" in receipt
    assert ready.source.sha256 in receipt
    assert "名册列 1 家：新增 1，变更 0，迁入 0，未列 1，不变 0" in receipt
    assert "2026Q3-degan-2" in receipt
    assert state(ready) == "submitted"

    assert "已撤回" in to(unit_desk, ready, "take_back").content.decode()
    assert state(ready) == "ready"
    assert ready.firms.get(uscc=code(2)).word == "closed", "what was said is still there"


def test_the_template_of_a_unit_comes_back_without_a_complaint(unit_desk):
    registered(1)
    answer = unit_desk.get(f"{PAGE}template/")
    version = sent_in(unit_desk, b"".join(answer.streaming_content))
    assert version.firms.get().uscc == code(1)
    assert not version.firms.asked().exists()


def test_the_list_of_problems_and_the_original_are_to_take_home(unit_desk):
    content = roster(firm(1, town="渝中区"))
    version = sent_in(unit_desk, content)
    assert downloaded(unit_desk, "original", version) == content
    rows = list(
        openpyxl.load_workbook(io.BytesIO(downloaded(unit_desk, "problems", version))).active.values
    )
    assert [row[:4] for row in rows[2:]] == [("错误", "名册!E3", "所属镇街", "渝中区")]


# --- receiving ------------------------------------------------------------------------------------
def test_an_identical_file_is_refused_on_the_page_and_nothing_is_written(unit_desk):
    content = roster(firm(1))
    sent_in(unit_desk, content)
    answer = upload(unit_desk, content)
    assert answer.status_code == 422
    assert SAME in answer.content.decode()
    assert RosterVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("a.pdf", b"%PDF", "不是表格文件"), ("名册.xlsx", b"", "文件为空")],
)
def test_what_is_no_roster_file_is_refused_on_the_page(unit_desk, name, content, sentence):
    answer = upload(unit_desk, content, name=name)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RosterVersion.objects.exists()


def test_a_locked_quarter_says_so_and_takes_nothing_but_from_a_unit_with_an_exception(
    unit_desk, people, quarter
):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Quarter.objects.update(due_on=yesterday, locks_on=yesterday)
    page = unit_desk.get(PAGE).content.decode()
    assert "不再接收。确需补报的，请联系科技局延期" in page
    assert "上传并检查" not in page
    refused = upload(unit_desk, roster(firm(1)))
    assert refused.status_code == 422
    assert "不再接收" in refused.content.decode()
    assert "不再接收" in unit_desk.post(f"{PAGE}nil/", {"sure": "on"}, follow=True).content.decode()
    assert not RosterVersion.objects.exists()
    quarter.refresh_from_db()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    quarters.grant_exception(
        quarter, Unit.objects.get(code="degan"), until=tomorrow, reason="停电", by=people["小石"]
    )
    assert "上传并检查" in unit_desk.get(PAGE).content.decode()
    assert sent_in(unit_desk, roster(firm(1))).state == "ready"


def test_a_nil_return_is_confirmed_and_then_handed_in(unit_desk):
    assert "请先勾选确认" in unit_desk.post(f"{PAGE}nil/").content.decode()
    assert not RosterVersion.objects.exists()
    assert unit_desk.post(f"{PAGE}nil/", {"sure": "on"}).status_code == 302
    version = clerk.checked(RosterVersion.objects.get())
    assert (
        "已登记为第1版"
        in unit_desk.post(f"{PAGE}nil/", {"sure": "on"}, follow=True).content.decode()
    )
    receipt = to(unit_desk, version, "hand_in", declared="on").content.decode()
    assert "零报告" in receipt
    assert "SHA-256" not in receipt
    assert unit_desk.get(reverse("roster_original", args=[version.pk])).status_code == 404


def test_a_nil_return_asks_for_every_firm_that_stands_at_the_unit(unit_desk):
    registered(1)
    unit_desk.post(f"{PAGE}nil/", {"sure": "on"})
    version = clerk.checked(RosterVersion.objects.get())
    answer = to(unit_desk, version, "hand_in", declared="on").content.decode()
    assert "有1家企业需要说明" in answer
    assert state(version) == "ready"


def test_a_correction_of_a_roster_in_force_needs_a_reason(unit_desk, people):
    version = sent_in(unit_desk, roster(firm(1)))
    to(unit_desk, version, "hand_in", declared="on")
    clerk.approve(version, people["小石"])
    content = roster(firm(1, staff=41))
    refused = upload(unit_desk, content)
    assert refused.status_code == 422
    assert "更正须写明理由" in refused.content.decode()
    corrected = sent_in(unit_desk, content, reason="人数填错")
    assert "更正理由：人数填错" in shown(unit_desk, corrected)


def test_while_a_roster_is_under_review_the_page_points_to_taking_back(unit_desk):
    to(unit_desk, sent_in(unit_desk, roster(firm(1))), "hand_in", declared="on")
    page = unit_desk.get(PAGE).content.decode()
    assert "要更换文件，请先" in page
    assert "上传并检查" not in page
    assert "请先撤回" in upload(unit_desk, roster(firm(1), firm(2))).content.decode()


def test_a_check_that_failed_keeps_the_file_and_offers_another(unit_desk):
    upload(unit_desk, roster(firm(1)))
    version = RosterVersion.objects.get()
    waiting = shown(unit_desk, version)
    assert "正在检查" in waiting
    assert "重新检查" not in waiting
    Job.objects.update(state=JobState.FAILED, error="服务器繁忙", finished_at=version.created_at)
    page = shown(unit_desk, version)
    assert "检查没有完成：服务器繁忙" in page
    assert "重新检查" in page
    progress = unit_desk.get(reverse("roster_progress", args=[version.pk]))
    assert progress.headers["HX-Refresh"] == "true"
    to(unit_desk, version, "recheck")
    version.refresh_from_db()
    assert clerk.checked(version).state == "ready"


def test_what_a_title_means_is_told_once_and_known_at_the_next_upload(unit_desk):
    def own_title(book):
        book.active["C2"] = "代码证号"

    version = sent_in(unit_desk, roster(firm(1), change=own_title))
    assert version.state == "faulty"
    page = shown(unit_desk, version)
    assert "不认识的列" in page
    assert '<option value="uscc" selected>' in page
    assert (
        "没有“nothing”这一列"
        in to(unit_desk, version, "columns", **{"column-0": "nothing"}).content.decode()
    )
    assert not ColumnMapping.objects.exists()
    assert (
        "正在重新检查" in to(unit_desk, version, "columns", **{"column-0": "uscc"}).content.decode()
    )
    version.refresh_from_db()
    assert clerk.checked(version).state == "ready"
    assert ColumnMapping.objects.get().field == "uscc"
    again = sent_in(unit_desk, roster(firm(1), firm(2), change=own_title))
    assert (again.state, again.summary["unknown_titles"]) == ("ready", [])


# --- handing in -----------------------------------------------------------------------------------
def test_handing_in_twice_is_handing_in_once(unit_desk, people):
    version = sent_in(unit_desk, roster(firm(1)))
    for _ in range(2):
        answer = to(unit_desk, version, "hand_in", follow=False, declared="on")
        assert answer.headers["Location"] == reverse("roster_receipt", args=[version.pk])
    assert Notice.objects.filter(person=people["小石"]).count() == 1
    assert "alert-danger" not in to(unit_desk, version, "hand_in", declared="on").content.decode()


def test_a_faulty_roster_is_not_handed_in(unit_desk):
    version = sent_in(unit_desk, roster(firm(1, town="渝中区")))
    assert "文件中有1个错误" in to(unit_desk, version, "hand_in", declared="on").content.decode()
    assert state(version) == "faulty"


def test_after_a_decision_nothing_can_be_taken_back_or_answered(unit_desk, people):
    registered(2)
    version = sent_in(unit_desk, roster(firm(1)))
    to(unit_desk, version, "answers", **said(2, "closed", "2026-08-08"))
    to(unit_desk, version, "hand_in", declared="on")
    clerk.approve(version, people["小石"])
    assert "已入库" in to(unit_desk, version, "take_back").content.decode()
    refused = to(unit_desk, version, "answers", **said(2, "left", "2026-08-08"))
    assert refused.status_code == 422
    assert "不能再填写说明" in refused.content.decode()
    assert version.firms.get(uscc=code(2)).word == "closed"


def test_a_returned_roster_shows_the_remark_and_takes_the_next_file(unit_desk, people):
    version = sent_in(unit_desk, roster(firm(1), firm(2)))
    to(unit_desk, version, "hand_in", declared="on")
    version.refresh_from_db()
    submission.add_remark(version, "人数请核对", by=people["小石"], uscc=code(1))
    submission.return_to_unit(version, by=people["小石"])
    page = unit_desk.get(PAGE).content.decode()
    assert "看退回意见" in page
    assert "人数请核对" in page
    again = sent_in(unit_desk, roster(firm(1), firm(2, staff=41), firm(3)))
    assert "增加 1 行，删去 0 行，改动 1 行" in shown(unit_desk, again)
    assert "提过意见、这次没有改动的行：重庆测试1号机械有限公司" in shown(unit_desk, again)
    third = sent_in(unit_desk, roster(firm(1), firm(2, staff=42), firm(3)))
    page = shown(unit_desk, third)
    assert "与第1版相比" in page, "what was remarked on, not a draft in between"
    assert "提过意见、这次没有改动的行：重庆测试1号机械有限公司" in page


def test_drafts_are_told_apart_and_stay_out_of_what_the_district_sees(client, unit_desk, people):
    sent_in(unit_desk, roster(firm(1)))
    version = sent_in(unit_desk, roster(firm(1, staff=41)))
    assert "增加 0 行，删去 0 行，改动 1 行" in shown(unit_desk, version)
    to(unit_desk, version, "hand_in", declared="on")
    client.force_login(people["老郑"])
    assert "版相比" not in shown(client, version)


# --- who sees what --------------------------------------------------------------------------------
def test_another_units_version_does_not_exist_for_a_unit(client, unit_desk):
    version = sent_in(unit_desk, roster(firm(1)))
    client.force_login(reporter("baisha"))
    for name in ("version", "progress", "receipt", "original", "annotated", "problems"):
        assert client.get(reverse(f"roster_{name}", args=[version.pk])).status_code == 404, name
    for name in ("recheck", "columns", "reasons", "answers", "hand_in", "take_back"):
        assert to(client, version, name, declared="on").status_code == 404, name
    assert client.get(PAGE).status_code == 404
    assert state(version) == "ready"


def test_contact_persons_are_in_the_units_page_and_not_in_a_leaders(client, unit_desk, people):
    content = roster(firm(1, contact_name="张三丰", contact_phone="13800123456", rd_expense=2000))
    version = sent_in(unit_desk, content)
    own = shown(unit_desk, version)
    assert "张三丰" in own
    assert "13800123456" in own
    to(unit_desk, version, "reasons", **{"R111|上年研发费用（万元）": "属实"})
    to(unit_desk, version, "hand_in", declared="on")
    for who in ("老郑", "审计"):
        client.force_login(people[who])
        page = shown(client, version)
        assert "重庆测试1号机械有限公司" in page
        assert not [contact for contact in ("张三丰", "13800123456") if contact in page], who


def test_a_leader_does_not_see_a_draft_on_the_page_of_a_roster(client, unit_desk, people):
    version = sent_in(unit_desk, roster(firm(1)))
    client.force_login(people["老郑"])
    page = client.get(PAGE).content.decode()
    assert "还没有上传过名册" in page
    assert reverse("roster_version", args=[version.pk]) not in page
    assert "上传并检查" not in page


def test_the_bureau_fills_in_for_a_unit(client, people, quarter):
    client.force_login(people["小石"])
    version = sent_in(client, roster(firm(1)))
    to(client, version, "hand_in", declared="on")
    version.refresh_from_db()
    assert (version.state, version.submitted_by) == ("submitted", people["小石"])
    receipt = client.get(reverse("roster_receipt", args=[version.pk])).content.decode()
    assert [page.count("科技局代报") for page in (receipt, shown(client, version))] == [1, 1]
