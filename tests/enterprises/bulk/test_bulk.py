"""Many applications at once: ticked, filtered or pasted, looked at, written, taken back."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from enterprises import registry
from enterprises.models import BulkRun, LedgerEntry
from enterprises.registry import acts
from tests.clock import noon_of
from tests.firms import firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
START = "/applications/bulk/"


def stages(*firms) -> list[str]:
    return [one.applications.get(until=None).stage for one in firms]


def start(client, act="publicity", **more):
    """The page to which the choice leads: the preview."""
    given = {"act": act, "scope": "ticked", "on": str(timezone.localdate()), "kind": "hnte"}
    given["year"] = str((timezone.localdate() - dt.timedelta(days=20)).year)
    return client.post(START, given | more, follow=True)


def run() -> BulkRun:
    return BulkRun.objects.latest("pk")


def confirm(client, **more):
    return client.post(f"{START}{run().pk}/", {"confirm": "1"} | more, follow=True)


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def test_ticked_firms_go_on_after_a_preview_and_come_back_by_undoing(bureau, filed, people):
    firms = [filed() for _ in range(3)]
    before = LedgerEntry.objects.count()
    preview = start(bureau, firm=[one.uscc for one in firms], batch="2")
    shown = text_of(preview)
    assert "将写入 3 家" in shown
    assert "申报状态：已申报 → 公示中" in shown
    assert "批次：1 → 2" in shown
    # Nothing is written by looking.
    assert LedgerEntry.objects.count() == before
    receipt = text_of(confirm(bureau))
    assert "已写入 3 家" in receipt
    assert stages(*firms) == ["publicity"] * 3
    assert {one.applications.get(until=None).agency for one in firms} == {"甲咨询"}
    assert run().first_entry == before + 1 or run().last_entry - run().first_entry == 2
    undone = text_of(bureau.post(f"{START}{run().pk}/undo/", follow=True))
    assert "撤销" in undone
    assert stages(*firms) == ["filed"] * 3
    # Taken back once, and no more.
    entries = LedgerEntry.objects.count()
    bureau.post(f"{START}{run().pk}/undo/")
    assert LedgerEntry.objects.count() == entries


def test_sent_twice_it_gives_the_same_receipt(bureau, filed):
    one = filed()
    start(bureau, firm=[one.uscc])
    # Each page prints the minute in which it was asked for.
    with noon_of(timezone.localdate(), tick=False):
        first = confirm(bureau)
        entries = LedgerEntry.objects.count()
        again = confirm(bureau)
    assert LedgerEntry.objects.count() == entries
    assert text_of(first) == text_of(again)


def test_who_changed_meanwhile_is_left_out_and_named(bureau, filed, people):
    firms = [filed(), filed()]
    start(bureau, firm=[one.uscc for one in firms])
    step = acts.NextStep(uscc=firms[0].uscc, kind="hnte", owner="德感")
    registry.apply([step], by=people["德感"])
    receipt = text_of(confirm(bureau))
    assert "已写入 1 家" in receipt
    assert f"{firms[0].name}：核对之后又有变更" in receipt
    assert "德感 登记下一步" in receipt
    assert stages(*firms) == ["filed", "publicity"]


def test_what_cannot_be_or_changes_nothing_is_left_out_with_the_reason(bureau, filed, year):
    there, plain, certified = filed(), firm(), filed()
    registry.apply(
        [
            acts.Grant(uscc=certified.uscc, kind="hnte", number=f"GR{year}51000001",
                       valid_from=timezone.localdate(), class_year=year),
        ],
        by=None,
    )  # fmt: skip
    done = filed()
    start(bureau, firm=[done.uscc])
    confirm(bureau)
    shown = text_of(start(bureau, firm=[one.uscc for one in (there, plain, certified, done)]))
    assert "将写入 1 家" in shown
    assert f"{plain.name}：没有" in shown
    assert f"{certified.name}：已有" in shown
    assert f"{done.name}：已是如此，没有变化" in shown


def test_nothing_ticked_is_told_and_nothing_lost(bureau, filed):
    answer = start(bureau)
    assert answer.status_code == 422
    assert "还没有选企业" in answer.content.decode()
    wrong = start(bureau, scope="pasted", pasted="", act="win")
    assert wrong.status_code == 422
    assert not BulkRun.objects.exists()


def test_all_of_the_filter_are_taken_not_just_the_page(bureau, filed):
    firms = [filed(park="degan") for _ in range(2)]
    other = filed(park="baisha", town="500116108")
    shown = text_of(start(bureau, scope="filtered", filter="unit=degan&view=list"))
    assert "选了 2 家" in shown
    confirm(bureau)
    assert stages(*firms, other) == ["publicity", "publicity", "filed"]
    refused = start(bureau, scope="filtered", filter="unit=nowhere")
    assert (refused.status_code, "没有这个单位" in refused.content.decode()) == (422, True)


def test_names_and_codes_are_pasted_and_nothing_is_guessed(bureau, filed):
    named, coded, both, renamed = filed(), filed(), filed(), filed()
    registry.apply(
        [acts.Rename(uscc=renamed.uscc, name="江津新名称有限公司", on=dt.date(2026, 1, 5))], by=None
    )
    twin, other = filed(name="江津同名有限公司"), firm(name="江津同名有限公司")
    pasted = (
        f"1、{named.name}\n{coded.uscc.lower()}\n{both.name}\t{both.uscc}\n{renamed.name}\n"
        f"{named.name}\n江津同名有限公司\n江津没有有限公司\n\n"
    )
    shown = text_of(start(bureau, scope="pasted", pasted=pasted))
    assert "选了 4 家" in shown
    assert "待选定 2 行" in shown
    assert "第6行“江津同名有限公司” 两家以上企业使用这个名称" in shown
    assert "第7行“江津没有有限公司” 没有登记这个名称或代码的企业" in shown
    # One is chosen, the other stays outside.
    bureau.post(f"{START}{run().pk}/", {"settle": "1", "line-0": twin.uscc, "code-1": "x"})
    receipt = text_of(confirm(bureau))
    assert stages(named, coded, both, renamed, twin) == ["publicity"] * 5
    assert "江津没有有限公司：没有选定是哪一家" in receipt
    assert not other.applications.exists()


def test_a_file_of_names_does_as_well(bureau, filed):
    firms = [filed() for _ in range(2)]
    book = openpyxl.Workbook()
    book.active.append(["序号", "企业名称", "统一社会信用代码"])
    for number, one in enumerate(firms, 1):
        book.active.append([number, one.name, one.uscc])
    kept = io.BytesIO()
    book.save(kept)
    upload = SimpleUploadedFile("名单.xlsx", kept.getvalue())
    shown = text_of(start(bureau, scope="pasted", file=upload))
    assert "选了 2 家" in shown
    broken = SimpleUploadedFile("名单.pdf", b"%PDF-1.7 nothing")
    refused = start(bureau, scope="pasted", file=broken)
    assert refused.status_code == 422


def test_a_doubtful_one_waits_for_a_look_and_a_reason(bureau, filed, began):
    plain, failed = filed(), filed()
    registry.apply(
        [acts.Apply(uscc=failed.uscc, kind="hnte", year=began.year, stage="rejected",
                    on=began + dt.timedelta(days=2))],
        by=None,
    )  # fmt: skip
    usccs = [plain.uscc, failed.uscc]
    shown = text_of(start(bureau, firm=usccs))
    assert "须再核对 1 家" in shown
    assert "改后重新进行" in shown
    without = confirm(bureau, with_doubtful="on")
    assert (without.status_code, "写明理由" in without.content.decode()) == (422, True)
    assert stages(plain, failed) == ["filed", "rejected"]
    confirm(bureau, with_doubtful="on", reason="复核通过")
    assert stages(plain, failed) == ["publicity", "publicity"]
    assert LedgerEntry.objects.latest("pk").reason == "复核通过"


def test_undoing_spares_those_on_which_something_was_built(bureau, filed):
    firms = [filed(), filed()]
    start(bureau, firm=[one.uscc for one in firms])
    confirm(bureau)
    registry.apply([acts.NextStep(uscc=firms[0].uscc, kind="hnte", owner="小石")], by=None)
    page = text_of(bureau.get(f"{START}{run().pk}/"))
    assert f"1 家不能撤销：{firms[0].name}" in page
    after = text_of(bureau.post(f"{START}{run().pk}/undo/", follow=True))
    assert "没有撤销 1 家" in after
    assert stages(*firms) == ["publicity", "filed"]


def test_fields_that_the_bar_does_not_ask_are_asked_on_the_preview(bureau, filed):
    one = filed()
    shown = start(bureau, act="next_step", firm=[one.uscc])
    assert "确认写入" not in text_of(shown)
    address = f"{START}{run().pk}/"
    wrong = bureau.post(address, {"recheck": "1", "next_action": "催材料"}, follow=True)
    assert "下一步须写明日期" in text_of(wrong)
    day = str(timezone.localdate() + dt.timedelta(days=5))
    told = {"recheck": "1", "next_action": "催材料", "next_on": day, "owner": "小石"}
    assert "将写入 1 家" in text_of(bureau.post(address, told, follow=True))
    confirm(bureau)
    row = one.applications.get()
    assert (row.next_action, str(row.next_on), row.owner) == ("催材料", day, "小石")


def test_an_application_that_brought_its_certificate_gets_no_next_step(bureau, filed, began):
    one = filed()
    granted = acts.Grant(uscc=one.uscc, kind="hnte", number="GR202651100001", valid_from=began)
    registry.apply([granted], by=None)
    start(bureau, scope="pasted", pasted=one.name, act="next_step")
    day = str(timezone.localdate() + dt.timedelta(days=5))
    told = {"recheck": "1", "next_action": "催材料", "next_on": day}
    shown = text_of(bureau.post(f"{START}{run().pk}/", told, follow=True))
    assert f"{began.year}年的申报已取得证书" in shown


def test_a_unit_changes_its_own_firms_and_reads_its_own_runs(client, people, filed):
    own, foreign = filed(park="degan"), filed(park="baisha", town="500116108")
    client.force_login(people["德感"])
    shown = text_of(start(client, firm=[own.uscc, foreign.uscc]))
    assert "将写入 1 家" in shown
    assert foreign.name not in shown
    confirm(client)
    assert stages(own, foreign) == ["publicity", "filed"]
    # A pasted name of another unit is a name that nobody knows.
    pasted = text_of(start(client, scope="pasted", pasted=foreign.name))
    assert "没有登记这个名称或代码的企业" in pasted
    client.force_login(people["街道"])
    assert client.get(f"{START}{run().pk}/").status_code == 404
    client.force_login(people["老郑"])
    assert start(client, firm=[own.uscc]).status_code == 403


def test_a_hundred_go_a_stage_on_with_as_many_queries_as_one(
    bureau, filed, django_assert_max_num_queries
):
    firms = [filed() for _ in range(110)]
    counts = []
    for chosen in (firms[:10], firms[10:]):
        start(bureau, firm=[each.uscc for each in chosen])
        # Each kind of fact is read once by the preview and once by the writing.
        with django_assert_max_num_queries(67) as seen:
            bureau.post(f"{START}{run().pk}/", {"confirm": "1"})
        counts.append(len(seen))
    # Rows are written in portions: a few more for ten times as many firms.
    assert counts[1] - counts[0] <= 3
    assert set(stages(*firms)) == {"publicity"}
