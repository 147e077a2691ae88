"""The bureau's page of official lists: put in, confirm, settle, look, write, take back."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises import jobs, registry
from enterprises.models import (
    Announcement,
    Application,
    Enterprise,
    Job,
    LedgerEntry,
    NameChoice,
    Placement,
    Qualification,
)
from enterprises.registry import acts
from tests.enterprises.announcements.put_in import (
    BING,
    DAY,
    FILING,
    JIA,
    PUBLICITY,
    TWINS,
    YI,
    write,
)
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
NEW = code(77)


def page(desk, found, pile=""):
    answer = desk.get(reverse("announcement", args=[found.pk]), {"pile": pile} if pile else {})
    assert answer.status_code == 200
    return answer


def counts(answer):
    return {tab.pile.value: tab.count for tab in answer.context["page"].tabs}


def settle(desk, found, **answers):
    told = {name.replace("_", "-"): value for name, value in answers.items()}
    return desk.post(reverse("announcement_decide", args=[found.pk]), told)


def test_a_list_falls_into_piles_and_is_written_after_a_look(desk, put_in):
    found = put_in(PUBLICITY, JIA, BING, TWINS, "重庆外区电子有限公司")
    assert counts(page(desk, found)) == {
        "matched": 1, "choose": 1, "conflict": 1, "absent": 1, "elsewhere": 1,
    }  # fmt: skip
    preview = write(desk, found)
    assert (preview.changes, preview.left_out) == (1, 2)
    stages = Application.objects.filter(enterprise__uscc=code(1)).values_list("stage", "since")
    assert list(stages) == [("publicity", DAY)]
    # Nobody was granted anything by a publicity.
    assert not Qualification.objects.exists()


def test_a_line_is_the_source_of_what_it_wrote(desk, put_in):
    found = put_in(PUBLICITY, JIA)
    write(desk, found)
    entry = LedgerEntry.objects.get(source=found.source)
    assert entry.cells["stage"] == found.lines.get().place
    shown = desk.get(reverse("firm", args=[code(1)])).content.decode()
    assert found.source.name in shown
    link = reverse("announcement_of_source", args=[found.source_id])
    assert link in shown
    assert desk.get(link).url == reverse("announcement", args=[found.pk])


def test_twins_are_a_persons_choice_and_the_next_list_takes_it_over(desk, put_in):
    found = put_in(PUBLICITY, TWINS)
    row = page(desk, found).context["page"].rows[0]
    assert [each.firm.uscc for each in row.candidates] == [code(4), code(5)]
    settle(desk, found, line_1=f"firm:{code(5)}")
    write(desk, found)
    assert Application.objects.filter(stage="publicity").get().enterprise.uscc == code(5)
    later = put_in("2026年第二批高新技术企业备案公示", TWINS, on=dt.date(2026, 11, 20))
    row = page(desk, later, "matched").context["page"].rows[0]
    assert (row.match.firm.uscc, row.by) == (code(5), "沿用此前判定")


def test_a_choice_can_be_taken_back_and_is_then_forgotten(desk, put_in):
    found = put_in(PUBLICITY, TWINS)
    settle(desk, found, line_1=f"firm:{code(5)}")
    assert NameChoice.objects.count() == 1
    settle(desk, found, line_1="")
    assert not NameChoice.objects.exists()
    assert counts(page(desk, found))["choose"] == 1


def test_whoever_is_none_of_ours_is_left_out_and_not_asked_again(desk, put_in):
    found = put_in(PUBLICITY, TWINS)
    settle(desk, found, line_1="nobody")
    assert counts(page(desk, found)).keys() == {"absent", "elsewhere"}
    later = put_in(PUBLICITY, TWINS, JIA)
    assert "choose" not in counts(page(desk, later))


def test_a_closed_firm_is_written_only_when_a_person_insists(desk, put_in):
    found = put_in(PUBLICITY, BING)
    assert write(desk, found).changes == 0
    settle(desk, found, line_1="write")
    assert write(desk, found).changes == 1


def test_another_number_of_one_certificate_is_corrected_when_a_person_insists(desk, put_in):
    issued = dt.date(2026, 10, 29)
    held = acts.Grant(uscc=code(1), kind="hnte", number="GR202651100001", valid_from=issued)
    registry.apply([held], by=None)
    found = put_in(FILING, f"{JIA}（证书编号：GR202651100002）", issued_on=issued)
    row = page(desk, found, "conflict").context["page"].rows[0]
    assert row.deed_in_words == "登记的编号是GR202651100001"
    settle(desk, found, line_1="write")
    write(desk, found)
    assert Qualification.objects.get().number == "GR202651100002"


def test_a_new_firm_is_registered_on_the_spot(desk, put_in):
    found = put_in("江津区" + FILING, "重庆新来机械有限公司", issued_on=dt.date(2026, 10, 29))
    assert counts(page(desk, found))["unknown"] == 1
    refused = settle(desk, found, line_1="register", uscc_1=NEW)
    assert refused.status_code == 422
    assert "镇街" in refused.content.decode()
    settle(desk, found, line_1="register", uscc_1=NEW, town_1="德感街道", park_1="德感工业园")
    write(desk, found)
    newcomer = Enterprise.objects.get(uscc=NEW)
    assert newcomer.name == "重庆新来机械有限公司"
    assert Placement.objects.get(enterprise=newcomer).since == DAY
    assert newcomer.qualifications.get().valid_from == dt.date(2026, 10, 29)
    # The list finds it by its name from now on.
    assert counts(page(desk, found)) == {"matched": 1, "absent": 1}


def test_the_piles_open_from_a_page_that_refused_an_answer(desk, put_in):
    found = put_in("江津区" + FILING, "重庆新来机械有限公司", JIA)
    refused = settle(desk, found, line_1="register", uscc_1=NEW)
    for tab in refused.context["page"].tabs:
        assert desk.get(tab.url).status_code == 200


def test_a_printed_escape_is_kept_as_it_is_printed(desk, put_in):
    found = put_in(f"{PUBLICITY}\n原文写着\\u0000字样", JIA)
    assert any("\\u0000字样" in text for text in found.contents["texts"])


@pytest.mark.parametrize(
    ("uscc", "says"), [("91500116MA0000001X", "校验"), ("123", "18位"), ("", "不能为空")]
)
def test_a_wrong_code_registers_nobody(desk, put_in, uscc, says):
    found = put_in("江津区" + FILING, "重庆新来机械有限公司")
    refused = settle(desk, found, line_1="register", uscc_1=uscc, town_1="德感街道")
    assert refused.status_code == 422
    assert says in refused.content.decode()


def test_a_code_that_is_registered_names_that_firm(desk, put_in):
    found = put_in("江津区" + FILING, "重庆写错机械有限公司")
    settle(desk, found, line_1="register", uscc_1=code(1))
    row = page(desk, found, "matched").context["page"].rows[0]
    assert (row.match.firm.uscc, row.by) == (code(1), "人工选定")


def test_an_almost_equal_name_is_shown_and_never_taken(desk, put_in):
    almost = YI[:-5] + "某" + YI[-4:]
    found = put_in(PUBLICITY, almost)
    row = page(desk, found, "unknown").context["page"].rows[0]
    assert [each.firm.uscc for each in row.candidates] == [code(2)]
    assert any("名称差" in told for told in row.candidates[0].speaks_against)
    assert write(desk, found).changes == 0


def test_the_same_list_is_one_announcement_and_writes_nothing_twice(desk, put_in):
    found = put_in(PUBLICITY, JIA)
    write(desk, found)
    entries = LedgerEntry.objects.count()
    desk.post(
        reverse("announcements"),
        {"lists": SimpleUploadedFile("另名.txt", f"{PUBLICITY}\n1．{JIA}".encode())},
    )
    assert Announcement.objects.count() == 1
    assert write(desk, found).changes == 0
    assert LedgerEntry.objects.count() == entries


def test_what_changed_since_the_look_is_looked_at_again(desk, put_in):
    found = put_in(PUBLICITY, JIA, YI)
    seen = desk.get(reverse("announcement_preview", args=[found.pk])).context["preview"].digest
    registry.apply([acts.Close(uscc=code(1), on=dt.date(2026, 11, 1))], by=None)
    entries = LedgerEntry.objects.count()
    answer = desk.post(reverse("announcement_write", args=[found.pk]), {"seen": seen}, follow=True)
    assert "再核对" in answer.content.decode()
    assert LedgerEntry.objects.count() == entries


def test_undoing_restores_all_and_names_a_reason(desk, put_in):
    found = put_in(PUBLICITY, JIA, YI)
    before = list(Application.objects.values())
    write(desk, found)
    undo = reverse("announcement_undo", args=[found.pk])
    desk.post(undo, {"reason": ""})
    assert Announcement.objects.get().is_written
    desk.post(undo, {"reason": "日期有误"})
    assert list(Application.objects.values()) == before
    assert not Announcement.objects.get().is_written
    assert LedgerEntry.objects.filter(reason__contains="日期有误").exists()
    # It may be written anew.
    assert write(desk, found).changes == 2


def test_what_was_built_on_it_since_stops_the_undoing(desk, put_in):
    found = put_in(PUBLICITY, JIA)
    write(desk, found)
    later = {"kind": "hnte", "year": 2026, "stage": "rejected", "on": dt.date(2026, 11, 20)}
    registry.apply([acts.Apply(uscc=code(1), **later)], by=None)
    answer = desk.post(
        reverse("announcement_undo", args=[found.pk]), {"reason": "误写"}, follow=True
    )
    assert "不能撤销" in answer.content.decode()
    assert Announcement.objects.get().is_written


def test_a_corrected_edition_takes_back_what_it_leaves_out_and_undoing_gives_it_back(desk, put_in):
    issued = dt.date(2026, 10, 29)
    first = [f"{JIA}（证书编号：GR202651100001）", f"{YI}（证书编号：GR202651100002）"]
    found = put_in(FILING, *first, issued_on=issued)
    write(desk, found)
    second = put_in(
        FILING + "（更正）", first[0], name="更正.txt", on=dt.date(2026, 11, 9),
        issued_on=issued, corrects=found.pk,
    )  # fmt: skip
    assert second.corrects == found
    row = page(desk, second, "absent").context["page"].rows[0]
    assert (row.candidate.firm.uscc, row.is_withdrawn) == (code(2), True)
    assert write(desk, second).taken_back == [YI]
    assert Qualification.objects.get().number == "GR202651100001"
    desk.post(reverse("announcement_undo", args=[second.pk]), {"reason": "更正件有误"})
    numbers = Qualification.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["GR202651100001", "GR202651100002"]


def test_a_person_may_keep_what_the_correction_leaves_out(desk, put_in):
    issued = dt.date(2026, 10, 29)
    first = [f"{JIA}（证书编号：GR202651100001）", f"{YI}（证书编号：GR202651100002）"]
    found = put_in(FILING, *first, issued_on=issued)
    write(desk, found)
    second = put_in(FILING + "（更正）", first[0], issued_on=issued, corrects=found.pk)
    told = {"absent": "1", "shown": code(2), "pile": "absent"}
    desk.post(reverse("announcement_decide", args=[second.pk]), told)
    assert write(desk, second).taken_back == []
    assert Qualification.objects.count() == 2


def test_a_list_that_cannot_be_read_says_why(desk, five_firms):
    desk.post(
        reverse("announcements"),
        {"lists": SimpleUploadedFile("旧版.doc", b"\xd0\xcf\x11\xe0" * 200)},
    )
    for job in Job.objects.unfinished():
        jobs.run_inline(job)
    found = Announcement.objects.get()
    answer = desk.get(reverse("announcement", args=[found.pk]))
    assert ".docx" in answer.content.decode()
    assert reverse("announcements") in answer.content.decode()


def test_pasted_names_are_a_list_too(desk, five_firms):
    desk.post(reverse("announcements"), {"pasted": f"{PUBLICITY}\n{JIA}\n{YI}"})
    for job in Job.objects.unfinished():
        jobs.run_inline(job)
    found = Announcement.objects.get()
    assert counts(page(desk, found)) == {"matched": 2}


def test_nothing_put_in_is_said(desk, five_firms):
    answer = desk.post(reverse("announcements"), {})
    assert answer.status_code == 422
    assert "请选择文件，或粘贴名单" in answer.content.decode()


def test_the_page_asks_as_often_for_many_lines_as_for_few(
    desk, put_in, django_assert_max_num_queries
):
    few = put_in(PUBLICITY, JIA, YI)
    many = put_in(
        PUBLICITY, JIA, YI, TWINS, *(f"重庆外区{n}电子有限公司" for n in range(400)), name="多.txt"
    )
    for found in (few, many):
        with django_assert_max_num_queries(45):
            page(desk, found)


@pytest.mark.parametrize("who", ["老郑", "审计", "德感"])
def test_only_the_bureau_handles_lists(client, people, who):
    client.force_login(people[who])
    assert client.get(reverse("announcements")).status_code == 403
