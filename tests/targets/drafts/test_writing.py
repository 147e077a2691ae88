"""What the office writes of a bulletin: drafted from the figures, edited, never overwritten, frozen with the release."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from parks.models import Unit
from targets.drafts.merging import Fate, merge
from targets.drafts.paragraphs import DraftParagraph, numbered, numeral
from targets.goals import revisions as goal_revisions
from targets.models import BulletinDraft, BulletinHead, Release
from targets.releases import publishing
from tests import clerk
from tests.firms import certificate, firm
from tests.targets.page_text import text_of
from tests.targets.reporting import signed_in

pytestmark = pytest.mark.django_db
WRITE = "/releases/preview/2026Q3/bulletin/"
NOW = dt.datetime(2026, 11, 29, 10)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(timezone.make_aware(NOW), tick=False):
        yield


@pytest.fixture
def quarter(people):
    """双福 lacks firms, one of its certificates runs out unfiled, one firm of 白沙 was rejected."""
    for _ in range(3):
        firm(hnte=True, park="shuangfu", town="500116002")
    soon = firm(name="江津甲制造有限公司", park="shuangfu", town="500116002")
    refused = firm(name="江津乙制造有限公司", park="baisha", town="500116107")
    told = {"kind": "hnte", "year": 2026, "batch": 1}
    registry.apply(
        [
            certificate(soon.uscc, until=dt.date(2026, 12, 12)),
            acts.Apply(uscc=refused.uscc, stage="filed", on=dt.date(2026, 6, 1), **told),
            acts.Apply(uscc=refused.uscc, stage="rejected", on=dt.date(2026, 9, 1), **told),
        ],
        by=None,
    )
    shuangfu = Unit.objects.get(code="shuangfu")
    wanted = {("hnte", shuangfu.pk): goal_revisions.Wanted(40, 5)}
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def staff(people, quarter):
    return signed_in(people["小石"])


@pytest.fixture
def admin(people):
    return signed_in(people["安安"])


def form_of(client) -> dict[str, str]:
    """The form as a browser would send it back."""
    form = client.get(WRITE).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def save(client, **changes: object):
    return client.post(WRITE, form_of(client) | changes)


def publish(staff, admin, reason: str = "") -> Release:
    preview = "/releases/preview/2026Q3/"
    seen = staff.get(preview).context["page"].mark
    assert staff.post(f"{preview}ask/", {"seen": seen, "reason": reason}).status_code == 302
    shown = admin.get(preview).context
    address = f"/releases/proposals/{shown['proposal'].pk}/publish/"
    assert admin.post(address, {"seen": shown["page"].mark}).status_code == 302
    return Release.objects.order_by("pk").last()


def paper_of(client) -> str:
    page = text_of(client.get("/releases/2026Q3-1/bulletin/"))
    return page.partition("工作通报")[2].partition("数据截至")[0]


def test_the_draft_names_units_and_numbers(staff):
    form = form_of(staff)
    problems, steps = form["problems"], form["steps"]
    assert "（一）高新技术企业任务进度落后。截至2026年9月30日，1个单位落后序时进度" in problems
    assert "双福仍缺" in problems
    assert "此后90天内到期的1家（双福1家）" in problems
    assert "2026年度申报未通过1家：白沙1家。" in problems
    assert "名册应报36个单位，各单位均未报。" in problems
    assert "今后90天到期待续1家（2026年12月1家），其中未申报1家" in steps
    assert "2027年任务分解尚未下达" in steps
    assert form["organ"] == BulletinHead.objects.get().organ
    assert form["addressees"] == "各园区平台，各镇街，有关部门"


def test_what_was_saved_is_published_and_never_changes(staff, admin):
    form = form_of(staff)
    problems = form["problems"].replace("名册报送不够及时。", "名册还没有报来。") + "\n另有一段。"
    answer = save(staff, problems=problems, symbol_number="37", issue="3", copies="区委办公室。")
    assert (answer.status_code, answer.url) == (302, "/releases/preview/2026Q3/")
    release = publish(staff, admin)
    kept = release.bulletin
    assert kept["head"]["symbol"].endswith("〔2026〕37号")
    assert (kept["written_by"], kept["is_automatic"]) == ("小石", False)
    page = paper_of(staff)
    for said in ("〔2026〕37号", "第3期", "名册还没有报来。", "另有一段。", "抄送：区委办公室。"):
        assert said in page
    lapsing = Enterprise.objects.get(name="江津甲制造有限公司")
    registry.apply([acts.Close(uscc=lapsing.uscc, on=dt.date(2026, 9, 1))], by=None)
    assert save(staff, problems="改在发布以后。").status_code == 302
    release.refresh_from_db()
    assert release.bulletin == kept
    assert paper_of(staff) == page
    again = publish(staff, admin, "注销补报")
    assert again.bulletin["problems"] == ["改在发布以后。"]
    beside = admin.get("/releases/2026Q3-2/").content.decode()
    assert "通报的存在问题有改动" in beside


def test_of_two_windows_the_second_is_told_and_loses_nothing(staff, admin):
    before = form_of(admin)
    assert save(staff, problems="先保存的。").status_code == 302
    answer = admin.post(WRITE, before | {"problems": "后保存的，不能丢。"})
    said = text_of(answer, 422)
    assert "小石已保存第1稿，您看的不是这一稿，没有保存。" in said
    assert "后保存的，不能丢。" in said
    assert "先保存的。" in said
    assert BulletinDraft.objects.count() == 1


def test_sent_twice_it_is_saved_once(staff):
    form = form_of(staff) | {"problems": "一次。"}
    for _ in range(2):
        assert staff.post(WRITE, form).status_code == 302
    assert BulletinDraft.objects.count() == 1


def test_drafting_again_renews_what_nobody_touched_and_keeps_what_somebody_wrote(staff):
    form = form_of(staff)
    own = form["problems"].replace("高新技术企业申报有未通过的。", "申报质量不高。")
    assert save(staff, problems=own).status_code == 302
    late = firm(name="江津丙制造有限公司", park="degan")
    told = {"kind": "hnte", "year": 2026, "batch": 1}
    registry.apply(
        [
            certificate(late.uscc, until=dt.date(2026, 12, 20)),
            acts.Apply(uscc=firm().uscc, stage="rejected", on=dt.date(2026, 9, 2), **told),
        ],
        by=None,
    )
    page = text_of(staff.get(WRITE))
    assert "起草以后数字有变动的" in page
    doubts = staff.get("/releases/preview/2026Q3/").content.decode()
    assert "通报的文字中数字已有变动" in doubts
    answer = staff.post(f"{WRITE}redraft/", form_of(staff))
    shown = answer.context["page"]
    fates = {change.before.partition("。")[0]: change.fate for change in shown.changes}
    assert fates["高新技术企业续证申报滞后"] == Fate.RENEWED
    assert fates["高新技术企业申报有未通过的"] == Fate.KEPT
    problems = answer.context["form"]["problems"].value()
    assert "申报质量不高。2026年度申报未通过1家：白沙1家。" in problems
    assert "此后90天内到期的2家（双福1家、德感1家）" in problems
    assert "您改过，没有替换" in text_of(answer)
    # Nothing is saved until the office saves it.
    assert BulletinDraft.objects.count() == 1


def test_mistakes_are_said_and_nothing_is_lost(staff):
    answer = save(staff, problems="", steps="还在。", symbol_number="0", printed_on="明天")
    said = text_of(answer, 422)
    for sentence in ("请写存在问题", "请填1以上的整数。", "请填日期，如 2026-12-03。", "还在。"):
        assert sentence in said
    said = text_of(save(staff, base="伪造的", steps="还在。"), 422)
    assert "不知道文字据哪一天的数字起草" in said
    assert "还在。" in said
    assert "最多6000字" in text_of(save(staff, problems="长" * 6001), 422)
    assert not BulletinDraft.objects.exists()


def test_lines_with_a_number_are_numbered_on(staff):
    save(staff, problems="（一）甲。\n\n（一）乙。\n没有编号。\n（九）丙。", steps="丁。")
    kept = BulletinDraft.objects.get()
    assert kept.problems == "（一）甲。\n（二）乙。\n没有编号。\n（三）丙。"


def test_what_was_saved_is_kept_by_the_database(staff):
    save(staff)
    with pytest.raises(DatabaseError), transaction.atomic():
        BulletinDraft.objects.update(problems="改写")


def test_the_head_is_that_of_the_day_and_the_admin_changes_it(staff, admin):
    BulletinHead.objects.create(
        organ="新字号",
        addressees="各单位",
        printer="新机关",
        since=dt.date(2026, 11, 1),
        source="新文",
    )
    assert form_of(staff)["organ"] == "新字号"
    page = admin.get("/admin/targets/bulletinhead/")
    assert "新字号" in page.content.decode()


def test_without_a_head_or_a_symbol_the_bulletin_still_goes_out(staff, admin):
    BulletinHead.objects.all().delete()
    release = publish(staff, admin)
    assert release.bulletin["head"]["symbol"] == ""
    page = text_of(staff.get("/releases/2026Q3-1/bulletin/"))
    assert "印发机关" not in page
    doubts = {doubt.about for doubt in staff.get("/releases/2026Q3-1/").context["page"].doubts}
    assert {"bulletin_without_symbol", "bulletin_unread"} <= doubts


def test_words_that_nobody_wrote_are_no_news_on_another_day(quarter, people):
    publishing.publish(quarter, by=people["小石"])
    later = timezone.make_aware(NOW + dt.timedelta(days=2))
    with (
        time_machine.travel(later, tick=False),
        pytest.raises(publishing.NotPublished, match="没有任何差别"),
    ):
        publishing.publish(quarter, by=people["小石"], reason="再发一次")


def test_what_was_asked_for_can_be_confirmed_on_another_day(staff, people):
    preview = "/releases/preview/2026Q3/"
    seen = staff.get(preview).context["page"].mark
    staff.post(f"{preview}ask/", {"seen": seen, "reason": ""})
    with time_machine.travel(timezone.make_aware(NOW + dt.timedelta(days=3)), tick=False):
        admin = signed_in(people["安安"])
        shown = admin.get(preview).context
        assert shown["page"].mark == seen
        address = f"/releases/proposals/{shown['proposal'].pk}/publish/"
        assert admin.post(address, {"seen": seen}).status_code == 302
    assert Release.objects.get().bulletin["drafted"]["on"] == NOW.date().isoformat()


def test_the_page_costs_the_same_with_many_firms(staff, django_assert_max_num_queries):
    staff.get(WRITE)
    for _ in range(8):
        late = firm(park="shuangfu")
        registry.apply([certificate(late.uscc, until=dt.date(2026, 12, 12))], by=None)
    staff.get(WRITE)
    with django_assert_max_num_queries(56):
        staff.get(WRITE)


# --- merging, numbers of lines ---
def test_merging_adds_removes_and_leaves_what_was_dropped():
    then = [
        DraftParagraph("a", "甲1。"),
        DraftParagraph("b", "乙1。"),
        DraftParagraph("c", "丙1。"),
    ]
    now = [DraftParagraph("a", "甲2。"), DraftParagraph("c", "丙2。"), DraftParagraph("d", "丁。")]
    merged = merge(["（一）甲1。", "（二）乙1。", "自己写的。"], then, now)
    assert merged.lines == ["（一）甲2。", "自己写的。", "（二）丁。"]
    fates = [change.fate for change in merged.changes]
    assert fates == [Fate.RENEWED, Fate.REMOVED, Fate.KEPT, Fate.ADDED]


def test_numerals():
    told = [numeral(number) for number in (1, 9, 10, 11, 19, 20, 21, 35)]
    assert told == ["一", "九", "十", "十一", "十九", "二十", "二十一", "三十五"]
    assert numbered(["（一）甲", "乙", "（一）丙"]) == ["（一）甲", "乙", "（二）丙"]
