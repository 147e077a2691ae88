"""A quarter is published by two persons of the bureau, who have both seen what is published and what is missing."""

import datetime as dt
import io

import docx
import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from enterprises import registry
from enterprises.loading import storage
from enterprises.models import Case, Notice, Qualification, Roster, RosterVersion
from enterprises.registry import acts
from parks.models import Unit, User
from targets.models import KeyTask, Release, ReleaseProposal
from targets.releases import publishing
from tests import clerk
from tests.firms import firm
from tests.targets.page_text import text_of
from tests.targets.reporting import signed_in

pytestmark = pytest.mark.django_db
PREVIEW = "/releases/preview/2026Q3/"
ASK = f"{PREVIEW}ask/"
API = "/api/v1/release-proposals/"


@pytest.fixture
def firms(people):
    firm(name="江津甲制造有限公司", hnte=True, tech=True)
    firm(name="江津乙制造有限公司", hnte=True, park="baisha", town="500116107")


@pytest.fixture
def quarter(firms, people):
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def staff(people):
    """小石, who asks."""
    return signed_in(people["小石"])


@pytest.fixture
def admin(people):
    """安安, who confirms."""
    return signed_in(people["安安"])


def mark_on(client, page: str = PREVIEW) -> str:
    return client.get(page).context["page"].mark


def ask(client, reason: str = "") -> ReleaseProposal:
    answer = client.post(ASK, {"seen": mark_on(client), "reason": reason})
    assert answer.status_code == 302, text_of_refusal(answer)
    return ReleaseProposal.objects.open().get()


def publish(client, proposal: ReleaseProposal, **more: str):
    body = {"seen": mark_on(client), **more}
    return client.post(f"/releases/proposals/{proposal.pk}/publish/", body)


def text_of_refusal(answer) -> str:
    answer.status_code = 200  # the page is read like any other
    return text_of(answer)


def extend(name: str, until: dt.date) -> None:
    held = Qualification.objects.get(enterprise__name=name, kind__code="hnte")
    shorter = acts.Extend(
        uscc=held.enterprise.uscc, kind="hnte", number=held.number, valid_until=until
    )
    registry.apply([shorter], by=None, reason="按证书原件更正")


def handed_in(quarter, code: str, state: str, by: User) -> None:
    roster = Roster.objects.create(quarter=quarter, unit=Unit.objects.get(code=code))
    told = {"number": 1, "state": state, "submitted_at": timezone.now(), "created_by": by}
    RosterVersion.objects.create(
        roster=roster, source=storage.keep([code.encode()], "名册.csv", by=by), **told
    )


# --- the preview ------------------------------------------------------------------------------------------------------
def test_the_preview_shows_what_would_be_said_and_all_that_is_missing_by_name(
    quarter, people, staff
):
    handed_in(quarter, "degan", "applied", people["德感"])
    handed_in(quarter, "baisha", "submitted", people["小石"])
    handed_in(quarter, "shuangfu", "approved", people["小石"])
    Case.objects.create(
        quarter=quarter, uscc="91500116MA0000001X", name="有争议企业", kind="double"
    )
    text = text_of(staff.get(PREVIEW))
    assert "2026年三季度发布预览 第1版" in text
    assert "名册未报33份（已报3/36） 珞璜" in text
    assert "名册已报、尚未审核1份 白沙" in text
    assert "名册审核通过、尚未入库1份 双福" in text
    assert "归属事项未决定1件 有争议企业" in text
    owing = {duty.pk for task in KeyTask.objects.all() for duty in task.bodies.all()}
    assert owing
    assert "重点任务进展未报齐" in text
    assert "没有下达任务分解，不列目标完成情况 2026年" in text
    assert "没有数值、无法判断的目标" in text
    assert "高新技术企业 2 科技型企业 1" in text
    assert "提请发布第1版" in text


def test_looking_changes_nothing(quarter, staff):
    first = mark_on(staff)
    assert mark_on(staff) == first
    assert not Release.objects.exists()
    assert not ReleaseProposal.objects.exists()


def test_a_quarter_that_has_not_ended_has_no_preview(quarter, people, staff):
    clerk.quarters.open_quarter(clerk.Period(2099, 4), by=people["小石"])
    answer = staff.get("/releases/preview/2099Q4/")
    assert "尚未结束，不能发布" in text_of(answer)
    assert "提请发布" not in text_of(answer)
    refused = staff.post("/releases/preview/2099Q4/ask/", {"seen": "x"})
    assert refused.status_code == 422
    assert staff.get("/api/v1/releases/preview/2099Q4/").json()["code"] == "not_ended"


def test_a_first_edition_tells_what_the_quarter_before_said_otherwise(quarter, people, staff):
    before = clerk.quarters.open_quarter(clerk.Period(2026, 2), by=people["小石"])
    publishing.publish(before, by=people["小石"])
    extend("江津甲制造有限公司", dt.date(2026, 5, 31))
    page = staff.get(PREVIEW)
    text = text_of(page)
    assert "与2026年二季度（第1版）的差别" in text
    (change,) = page.context["page"].firms
    assert (change.firm.name, change.after) == ("江津甲制造有限公司", "不计入")
    assert "按证书原件更正" in text
    figure = page.context["page"].figures[0]
    assert (figure.value, figure.told, figure.change) == (1, 2, -1)


# --- two persons ------------------------------------------------------------------------------------------------------
def test_one_asks_and_another_publishes_and_both_stand_on_the_release(
    quarter, people, staff, admin
):
    proposal = ask(staff)
    assert (proposal.asked_by, proposal.is_open) == (people["小石"], True)
    assert proposal.ledger_entry > 0
    assert not Release.objects.exists()
    notice = Notice.objects.get(person=people["安安"])
    assert (notice.link, "小石提请发布2026年三季度（第1版）" in notice.text) == (PREVIEW, True)
    assert "拟发布：小石于" in text_of(admin.get("/releases/"))
    answer = publish(admin, proposal)
    assert answer.headers["Location"] == "/releases/2026Q3-1/"
    release = Release.objects.get()
    assert release.made_by == people["安安"]
    text = text_of(admin.get("/releases/2026Q3-1/"))
    assert "由小石提请" in text
    assert "由安安发布" in text
    assert "发布时尚缺和存疑" in text
    assert "名册未报36份（已报0/36）" in text
    assert "一人提请" not in text
    assert "小石 · 安安" in text_of(admin.get("/releases/"))
    assert "安安发布了" in Notice.objects.get(person=people["小石"]).text


def test_what_was_missing_stays_on_the_release_and_is_not_for_reporters(
    quarter, people, staff, admin
):
    publish(admin, ask(staff))
    handed_in(quarter, "degan", "applied", people["德感"])
    assert "名册未报36份（已报0/36）" in text_of(admin.get("/releases/2026Q3-1/"))
    reporter = signed_in(people["德感"])
    assert "发布时尚缺" not in text_of(reporter.get("/releases/2026Q3-1/"))


def test_the_same_person_is_refused_while_there_is_another(quarter, people, staff):
    proposal = ask(staff)
    assert "须由另一人核对后发布" in text_of(staff.get(PREVIEW))
    answer = publish(staff, proposal, sole_reason="只有我一人")
    assert answer.status_code == 422
    said = "提请和发布不能是同一个人，没有发布。请由科技局另一人核对后发布（可以发布的有安安）。"
    assert said in text_of_refusal(answer)
    assert not Release.objects.exists()


def test_alone_only_with_a_written_reason_which_the_papers_show(quarter, people, staff):
    User.objects.filter(pk=people["安安"].pk).update(is_active=False)
    proposal = ask(staff)
    assert "由一人办理的理由" in text_of(staff.get(PREVIEW))
    refused = publish(staff, proposal, sole_reason=" ")
    assert "由一人发布的，必须写明理由" in text_of_refusal(refused)
    assert not Release.objects.exists()
    publish(staff, proposal, sole_reason="安安休假，本周须上报")
    note = "本版由小石一人提请并发布，理由：安安休假，本周须上报"
    assert note in text_of(staff.get("/releases/2026Q3-1/"))
    assert "（一人办理）" in text_of(staff.get("/releases/"))
    told = staff.get("/api/v1/releases/2026Q3-1/").json()
    assert (told["asked_by"], told["sole_reason"]) == ("小石", "安安休假，本周须上报")
    word = file_of(staff, "/releases/2026Q3-1/bulletin.docx")
    section = docx.Document(word).sections[0]
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[-1].text.startswith(f"{note}　变更账簿封存")
    book = openpyxl.load_workbook(file_of(staff, "/releases/2026Q3-1/bulletin.xlsx"))
    assert all(sheet["A3"].value.endswith(note) for sheet in book)


def file_of(client, address: str) -> io.BytesIO:
    return io.BytesIO(b"".join(client.get(address).streaming_content))


def test_two_persons_leave_no_note_in_the_footer(quarter, staff, admin):
    publish(admin, ask(staff), sole_reason="不该留下")
    section = docx.Document(file_of(admin, "/releases/2026Q3-1/bulletin.docx")).sections[0]
    assert section.footer.paragraphs[-1].text.startswith("变更账簿封存")
    assert ReleaseProposal.objects.get().sole_reason == ""


# --- what was seen is what is published -------------------------------------------------------------------------------
def test_who_confirms_is_told_what_has_changed_since_it_was_asked_for(
    quarter, people, staff, admin
):
    proposal = ask(staff)
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    handed_in(quarter, "degan", "submitted", people["德感"])
    page = admin.get(PREVIEW)
    text = text_of(page)
    assert "提请以后内容有变动" in text
    changes = page.context["changes"]
    assert changes[:2] == ["高新技术企业：2 → 1", "名册已报：0 → 1"]
    assert "名册未报36份（已报0/36） → 名册未报35份（已报1/36）" in changes
    assert "新出现：名册已报、尚未审核1份" in changes
    assert changes[-1].endswith("其中涉及统计的1条")
    publish(admin, proposal)
    release = Release.objects.get()
    assert (
        release.figures.get(definition="certificate", scope="district", indicator="hnte").value == 1
    )
    assert release.handed_in == 1


def test_a_change_between_looking_and_confirming_publishes_nothing_and_shows_it_anew(
    quarter, staff, admin
):
    proposal = ask(staff)
    seen = mark_on(admin)
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    answer = admin.post(f"/releases/proposals/{proposal.pk}/publish/", {"seen": seen})
    assert answer.status_code == 422
    assert answer.context["page"].figures[0].value == 1
    text = text_of_refusal(answer)
    assert "您看过之后内容又有变动，没有发布" in text
    assert "高新技术企业：2 → 1" in text
    assert not Release.objects.exists()
    assert (
        admin.post(
            f"/releases/proposals/{proposal.pk}/publish/", {"seen": answer.context["page"].mark}
        ).status_code
        == 302
    )


def test_what_is_missing_is_seen_too_though_no_number_changes(quarter, people, staff, admin):
    proposal = ask(staff)
    seen = mark_on(admin)
    handed_in(quarter, "degan", "submitted", people["德感"])
    body = {"seen": seen}
    answer = admin.post(f"/releases/proposals/{proposal.pk}/publish/", body)
    assert "您看过之后内容又有变动，没有发布" in text_of_refusal(answer)
    seen = mark_on(admin)
    Case.objects.create(
        quarter=quarter, uscc="91500116MA0000001X", name="有争议企业", kind="double"
    )
    assert mark_on(admin) != seen
    assert not Release.objects.exists()


def test_a_change_between_looking_and_asking_keeps_what_was_written(quarter, people, staff):
    publishing.publish(quarter, by=people["小石"])
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    seen = mark_on(staff)
    extend("江津乙制造有限公司", dt.date(2026, 8, 31))
    answer = staff.post(ASK, {"seen": seen, "reason": "两家有误"})
    assert answer.status_code == 422
    text = text_of_refusal(answer)
    assert "没有提请" in text
    assert "两家有误" in text
    assert not ReleaseProposal.objects.exists()


# --- again, back, and by whom -----------------------------------------------------------------------------------------
def test_each_step_sent_twice_has_one_effect(quarter, staff, admin):
    seen = mark_on(staff)
    for _ in range(2):
        assert staff.post(ASK, {"seen": seen, "reason": ""}).status_code == 302
    proposal = ReleaseProposal.objects.get()
    for _ in range(2):
        answer = publish(admin, proposal, seen=seen)
        assert answer.headers["Location"] == "/releases/2026Q3-1/"
    assert Release.objects.count() == 1
    assert Notice.objects.count() == 2


def test_a_second_proposal_is_refused_and_a_withdrawn_one_makes_room(quarter, people, staff, admin):
    proposal = ask(staff)
    refused = admin.post(ASK, {"seen": mark_on(admin), "reason": ""})
    assert "已由小石提请发布" in text_of_refusal(refused)
    for _ in range(2):
        assert admin.post(f"/releases/proposals/{proposal.pk}/withdraw/").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.withdrawn_by, proposal.is_open) == (people["安安"], False)
    assert "安安撤回了您提请的" in Notice.objects.filter(person=people["小石"]).get().text
    assert "已由安安撤回，没有发布" in text_of_refusal(publish(admin, proposal))
    assert not Release.objects.exists()
    second = ask(admin)
    publish(staff, second)
    assert Release.objects.get().made_by == people["小石"]
    answer = staff.post(f"/releases/proposals/{second.pk}/withdraw/", follow=True)
    assert "已经发布，不能撤回" in text_of(answer)


def test_a_revision_needs_a_reason_of_a_proper_length_and_something_new(quarter, staff, admin):
    publish(admin, ask(staff))
    assert "与第1版没有任何差别" in text_of(staff.get(PREVIEW))
    same = staff.post(ASK, {"seen": mark_on(staff), "reason": "再发一次"})
    assert "与第1版没有任何差别，无需再发布" in text_of_refusal(same)
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    for reason, said in ((" ", "修订版必须写明原因"), ("长" * 301, "最多300字，现有301字")):
        answer = staff.post(ASK, {"seen": mark_on(staff), "reason": reason})
        assert said in text_of_refusal(answer)
    assert ReleaseProposal.objects.open().count() == 0


def test_leaders_and_units_neither_look_nor_publish(quarter, people, staff):
    proposal = ask(staff)
    for who in ("老郑", "审计", "德感"):
        client = signed_in(people[who])
        assert client.get(PREVIEW).status_code == 403
        assert client.post(ASK).status_code == 403
        assert client.post(f"/releases/proposals/{proposal.pk}/publish/").status_code == 403
        assert "拟发布" not in text_of(client.get("/releases/"))
    assert not Release.objects.exists()


@pytest.mark.parametrize("change", [{"reason": "改写"}, {"mark": "1" * 64}, {"ledger_entry": 1}])
def test_the_database_refuses_to_rewrite_what_was_asked(quarter, staff, change):
    ask(staff)
    with pytest.raises(DatabaseError, match="proposal_is_kept"), transaction.atomic():
        ReleaseProposal.objects.update(**change)


def test_the_database_refuses_to_touch_what_is_settled(quarter, staff, admin):
    publish(admin, ask(staff))
    with pytest.raises(DatabaseError, match="proposal_is_kept"), transaction.atomic():
        ReleaseProposal.objects.update(sole_reason="后来补的")


# --- two editions with a correction between ---------------------------------------------------------------------------
def test_the_second_edition_names_the_firm_and_the_bulletin_has_the_numbers_of_the_page(
    quarter, staff, admin
):
    publish(admin, ask(staff))
    extend("江津甲制造有限公司", dt.date(2026, 8, 31))
    page = staff.get(PREVIEW)
    (change,) = page.context["page"].firms
    assert (change.firm.name, change.after) == ("江津甲制造有限公司", "不计入")
    shown = staff.get("/api/v1/releases/preview/2026Q3/").json()
    assert (shown["number"], shown["before"], shown["mark"]) == (2, "2026Q3-1", mark_on(staff))
    (told,) = shown["firms"]
    assert (told["name"], told["sign"], told["after"]) == ("江津甲制造有限公司", -1, None)
    assert "造成差别的登记（1 条）" in text_of(page)
    assert "按证书原件更正" in text_of(page)
    publish(admin, ask(staff, reason="甲公司证书有效期录入有误"))
    for code, hnte in (("2026Q3-1", 2), ("2026Q3-2", 1)):
        page = admin.get(f"/releases/{code}/")
        on_page = {
            cell.indicator: cell.value for cell in page.context["page"].groups[0][1][0].cells
        }
        assert on_page["hnte"] == hnte
        word = docx.Document(file_of(admin, f"/releases/{code}/bulletin.docx"))
        text = "\n".join(paragraph.text for paragraph in word.paragraphs)
        assert f"有效期内高新技术企业{hnte}家" in text
        assert f"科技型企业{on_page['tech']}家" in text
        book = openpyxl.load_workbook(file_of(admin, f"/releases/{code}/bulletin.xlsx"))
        rows = {
            (row[0], row[1]): row[2] for row in book["全区"].iter_rows(min_row=5, values_only=True)
        }
        assert rows["有效期内高新技术企业", "期末"] == hnte
    text = text_of(admin.get("/releases/2026Q3-2/"))
    assert "修订原因：甲公司证书有效期录入有误" in text
    assert "江津甲制造有限公司" in text
    assert "由小石提请" in text


# --- the API ----------------------------------------------------------------------------------------------------------
def post(client, address: str, body: dict, key: str = ""):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(address, body, content_type="application/json", headers=headers)


def test_the_api_publishes_in_two_calls_of_two_persons(quarter, people, staff, admin):
    shown = staff.get("/api/v1/releases/preview/2026Q3/").json()
    assert (shown["number"], shown["before"]) == (1, None)
    assert shown["figures"][0] == {"indicator": "hnte", "value": 2, "told": None}
    assert shown["doubts"][0]["about"] == "rosters_missing"
    assert len(shown["doubts"][0]["names"]) == 36
    body = {"quarter": "2026Q3", "seen": shown["mark"]}
    asked = post(staff, API, body, "k1")
    assert (asked.status_code, asked.json()["asked_by"]) == (201, "小石")
    assert post(staff, API, body, "k1").json() == asked.json()
    publishing_at = f"{API}{asked.json()['id']}/publish/"
    refused = post(staff, publishing_at, {"seen": shown["mark"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    assert refused.headers["Content-Type"] == "application/problem+json"
    stale = post(admin, publishing_at, {"seen": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    done = post(admin, publishing_at, {"seen": shown["mark"]}, "k2")
    assert (done.status_code, done.json()["code"]) == (201, "2026Q3-1")
    assert done.headers["Location"].endswith("/api/v1/releases/2026Q3-1/")
    assert post(admin, publishing_at, {"seen": shown["mark"]}, "k2").json() == done.json()
    told = admin.get(f"{API}{asked.json()['id']}/").json()
    assert (told["release"], told["doubts"]) == ("2026Q3-1", shown["doubts"])
    gone = post(admin, f"{API}{asked.json()['id']}/withdraw/", {})
    assert (gone.status_code, gone.json()["code"]) == (409, "state")
    assert Release.objects.count() == 1


def test_the_api_withdraws_and_names_mistakes(quarter, staff, admin):
    seen = staff.get("/api/v1/releases/preview/2026Q3/").json()["mark"]
    wrong = post(staff, API, {"quarter": "2026Q1", "seen": seen, "more": 1})
    assert (wrong.status_code, set(wrong.json()["errors"])) == (400, {"more"})
    wrong = post(staff, API, {"quarter": "2026Q1", "seen": seen})
    assert "没有开放“2026Q1”这一季度" in wrong.json()["detail"]
    asked = post(staff, API, {"quarter": "2026Q3", "seen": seen}).json()
    second = post(admin, API, {"quarter": "2026Q3", "seen": seen})
    assert (second.status_code, second.json()["code"]) == (409, "open")
    back = post(admin, f"{API}{asked['id']}/withdraw/", {}).json()
    assert (back["withdrawn_by"], back["release"]) == ("安安", None)


@pytest.mark.one_moment
def test_the_preview_costs_the_same_with_many_firms(quarter, staff, django_assert_max_num_queries):
    staff.get(PREVIEW)
    for _ in range(12):
        firm(hnte=True, tech=True)
    staff.get(PREVIEW)  # the spans catch up with the ledger
    with django_assert_max_num_queries(156):
        staff.get(PREVIEW)
