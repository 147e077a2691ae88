"""What is loaded but does not count is named with its reason: in the check, on the receipt, by the command."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.models import Job, Notice
from enterprises.registry import acts
from enterprises.rosters.definition.registers import HNTE_REGISTER, TECH_REGISTER
from parks.models import Unit
from targets.figures import counting
from tests import clerk as desk
from tests.enterprises.workbooks import code, firm, lines, roster, xlsx

pytestmark = pytest.mark.django_db
FIRMS = 6
CLOSED, GONE = code(1), code(2)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def district(people, today) -> None:
    """Six firms; one is struck off, one has left."""
    done: list[acts.Act] = []
    for number in range(1, FIRMS + 1):
        uscc = code(number)
        done += [
            acts.Register(uscc=uscc, name=f"重庆测试{number}号机械有限公司"),
            acts.Place(uscc=uscc, park="degan", town="500116002", since=dt.date(2020, 5, 6)),
        ]
    done += [
        acts.Close(uscc=CLOSED, on=today - dt.timedelta(30)),
        acts.Leave(uscc=GONE, on=today - dt.timedelta(1)),
    ]
    registry.apply(done, by=None)


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def certificates(folder: Path, today: dt.date) -> Path:
    """A list of certificates issued 40 days ago, one for each firm; of the last one a lapsed one."""
    rows = []
    for number in range(1, FIRMS + 1):
        issued = today - dt.timedelta(40)
        if number == FIRMS:
            issued = issued.replace(year=issued.year - 4, day=1)
        rows.append(
            firm(
                number,
                certificate_number=f"GR{issued.year}5110{number:04d}",
                certificate_issued_on=issued,
                certificate_valid_until=issued.replace(year=issued.year + 3, day=1),
            )
        )
    return xlsx(folder / "名单.xlsx", lines(*rows, layout=HNTE_REGISTER))


def send(browser, path: Path) -> Job:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return done(browser.post(reverse("load"), {"registers": file}))


def done(answer) -> Job:
    return jobs.run_inline(Job.objects.get(pk=int(re.search(r"\d+", answer.url)[0])))


def said(answer) -> str:
    return re.sub(r"\s|<[^>]+>", "", answer.content.decode())


def test_the_check_remarks_on_each_line_and_the_receipt_names_the_firms(
    bureau, district, tmp_path, today
):
    check = send(bureau, certificates(tmp_path, today))
    [file] = check.result["files"]
    remarks = [one for one in file["problems"] if one["code"] == "P105"]
    assert not check.result["blocked"], file["problems"]
    assert {one["severity"] for one in remarks} == {"warning"}
    assert len({one["address"] for one in remarks}) == 3
    reasons = "".join(one["reason"] for one in remarks)
    assert f"（{CLOSED}）已注销" in reasons
    assert f"（{GONE}）已迁出" in reasons
    assert f"（{code(FIRMS)}）资质已到期" in reasons
    page = bureau.get(reverse("load_job", args=[check.pk]))
    expected = "6家，其中3家计入统计，3家不计：已注销1家、已迁出1家、资质已到期1家"
    assert f"列出{expected}（按{today}计）" in said(page)
    assert f'href="/firms/{CLOSED}/"' in page.content.decode()

    load = done(bureau.post(reverse("load_apply", args=[check.pk])))
    assert load.result["applied"]
    assert counting.count([today]).value(today, "district", "hnte") == 3
    receipt = bureau.get(reverse("load_job", args=[load.pk]))
    assert f"：列出{expected}" in said(receipt)
    assert f'href="/firms/{GONE}/"' in receipt.content.decode()
    result = bureau.get(f"/api/v1/jobs/{load.pk}/").json()["result"]
    [standing] = result["files"][0]["standing"]
    assert (standing["kind"], standing["firms"], standing["counted"]) == ("hnte", 6, 3)
    assert {one["uscc"]: one["reason"] for one in standing["uncounted"]} == {
        CLOSED: "closed", GONE: "left", code(FIRMS): "lapsed",
    }  # fmt: skip


def test_the_command_says_it_before_and_after(district, tmp_path, today, capsys):
    path = certificates(tmp_path, today)
    call_command("load_register", path, "--apply")
    printed = capsys.readouterr().out
    words = "6家，其中3家计入统计，3家不计：已注销1家、已迁出1家、资质已到期1家"
    assert f"：列出{words}" in printed
    assert f"：列出{words}" in printed
    assert f"不计 重庆测试1号机械有限公司（{CLOSED}）：已注销" in printed


def test_what_the_list_itself_says_is_counted_out_without_a_remark(bureau, district, tmp_path):
    rows = [firm(4), firm(5, closed_on=dt.date(2026, 3, 2))]
    path = xlsx(tmp_path / "入库名单.xlsx", lines(*rows, layout=TECH_REGISTER))
    check = send(bureau, path)
    assert (check.result["blocked"], check.result["warnings"]) == (False, 0)
    [standing] = check.result["files"][0]["standing"]
    assert (standing["firms"], standing["counted"]) == (2, 1)
    assert standing["reasons"] == [{"reason": "closed", "label": "已注销", "firms": 1}]


def test_a_renewed_firm_counts_though_the_list_holds_its_old_certificate(
    bureau, district, tmp_path
):
    old = {
        "certificate_issued_on": dt.date(2020, 11, 2),
        "certificate_valid_until": dt.date(2023, 11, 1),
    }
    new = {
        "certificate_issued_on": dt.date(2025, 11, 3),
        "certificate_valid_until": dt.date(2028, 11, 2),
    }
    rows = [
        firm(4, certificate_number="GR202551100004", **new),
        firm(4, certificate_number="GR202051100004", **old),
    ]  # fmt: skip
    check = send(bureau, xlsx(tmp_path / "名单.xlsx", lines(*rows, layout=HNTE_REGISTER)))
    assert (check.result["blocked"], check.result["warnings"]) == (False, 0)
    [standing] = check.result["files"][0]["standing"]
    assert (standing["firms"], standing["counted"]) == (1, 1)


def test_a_roster_says_it_in_its_check_its_receipt_and_its_notice(
    client, people, quarter, district, today
):
    """A firm struck off after the quarter's day is rightly listed, and does not count today."""
    later = max(today - dt.timedelta(1), quarter.last_day + dt.timedelta(1))
    registry.apply([acts.Close(uscc=code(5), on=later)], by=None)
    degan = Unit.objects.get(code="degan")
    version = desk.send(quarter, degan, roster(*map(firm, range(1, FIRMS + 1))), people["德感"])
    client.force_login(people["德感"])
    words = "6家，其中3家计入统计，3家不计：已注销2家、已迁出1家"
    assert f"列出{words}" in said(client.get(f"/rosters/versions/{version.pk}/"))
    desk.hand_in(version, people["德感"], {})
    desk.approve(version, people["小石"])
    assert version.state == "applied", version.outcome
    receipt = client.get(reverse("roster_receipt", args=[version.pk]))
    assert f"：列出{words}" in said(receipt)
    assert f'href="/firms/{code(5)}/"' in receipt.content.decode()
    told = client.get(f"/api/v1/roster-versions/{version.pk}/").json()
    [standing] = told["outcome"]["standing"]
    assert [one["uscc"] for one in standing["uncounted"]] == [CLOSED, GONE, code(5)]
    assert Notice.objects.filter(text__contains=words).exists()
