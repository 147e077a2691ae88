"""Certificates that run out are parted by the day of issue, which stands on the paper."""

import datetime as dt
import io

import docx
import openpyxl
import pytest
import time_machine
from django.utils import timezone

from enterprises import registry
from targets.models import Release
from targets.releases import publishing
from targets.renewals.term import RENEWAL_DAYS
from tests import clerk
from tests.firms import certificate, firm

pytestmark = pytest.mark.django_db
ISSUED = dt.date(2026, 11, 29)
DAY = dt.timedelta(days=1)
LAST_DAYS = {
    "江津甲制造有限公司": ISSUED - (RENEWAL_DAYS + 1) * DAY,  # too long ago
    "江津乙制造有限公司": ISSUED - RENEWAL_DAYS * DAY,  # its last day to be renewed
    "江津丙制造有限公司": dt.date(2026, 10, 20),
    "江津丁制造有限公司": ISSUED - DAY,
    "江津戊制造有限公司": ISSUED,  # counts on its last day
    "江津己制造有限公司": dt.date(2027, 5, 29),
    "江津庚制造有限公司": dt.date(2027, 5, 30),  # beyond six months
    "江津辛制造有限公司": dt.date(2026, 9, 20),  # has one again after a gap
}
LAPSED = ["江津乙制造有限公司", "江津丙制造有限公司", "江津丁制造有限公司"]
EXPIRING = ["江津戊制造有限公司", "江津己制造有限公司"]


@pytest.fixture
def release(people) -> Release:
    held = []
    for name, last_day in LAST_DAYS.items():
        held.append(certificate(firm(name=name).uscc, until=last_day))
    again = held[-1]
    held.append(certificate(again.uscc, until=dt.date(2029, 10, 31)))
    registry.apply(held, by=None)
    return publish(people["小石"])


def publish(by, reason: str = "") -> Release:
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 11, 29, 9)), tick=False):
        return publishing.publish(clerk.third_quarter(by), by=by, reason=reason)


def word_of(client, code: str = "2026Q3-1"):
    answer = client.get(f"/releases/{code}/bulletin.docx")
    return docx.Document(io.BytesIO(b"".join(answer.streaming_content)))


def book_of(client, code: str = "2026Q3-1") -> openpyxl.Workbook:
    answer = client.get(f"/releases/{code}/bulletin.xlsx")
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def names_in(table) -> list[str]:
    return [row.cells[1].text for row in table.rows[1:]]


def test_word_and_excel_part_them_alike_with_counts_and_names(client, people, release):
    client.force_login(people["老郑"])
    document = word_of(client)
    lapsed, expiring = document.tables[-2:]
    assert (names_in(lapsed), names_in(expiring)) == (LAPSED, EXPIRING)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert (
        f"至印发之日2026年11月29日，全区有3家高新技术企业证书已失效、未满{RENEWAL_DAYS}天，仍可续证，"
        "其中德感3家；此后六个月内，有2家证书到期且尚无新证书，其中德感2家"
        "；按到期月份，2026年11月1家、2027年5月1家。名单见附件3。"
    ) in text
    assert "失效可续（至2026年11月29日，3家）" in text
    assert "即将到期（2026年11月29日起六个月内，2家）" in text

    book = book_of(client)
    for name, expected in (("失效可续", LAPSED), ("即将到期", EXPIRING)):
        rows = book[name].iter_rows(min_row=5, values_only=True)
        assert [row[1] for row in rows] == expected
        assert book[name]["A2"].value.endswith("印发日期 2026-11-29")


def test_what_comes_true_later_does_not_move_the_line_of_an_edition(client, people, release):
    """Read a year later the paper says what it said."""
    client.force_login(people["老郑"])
    with time_machine.travel(timezone.make_aware(dt.datetime(2027, 11, 29, 9)), tick=False):
        client.force_login(people["老郑"])
        lapsed, expiring = word_of(client).tables[-2:]
    assert (names_in(lapsed), names_in(expiring)) == (LAPSED, EXPIRING)


def test_a_kind_of_which_there_are_none_has_no_table(client, people):
    registry.apply(
        [certificate(firm(name="江津丙制造有限公司").uscc, until=dt.date(2026, 10, 20))], by=None
    )
    publish(people["小石"])
    client.force_login(people["老郑"])
    document = word_of(client)
    assert names_in(document.tables[-1]) == ["江津丙制造有限公司"]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "即将到期（" not in text
    assert "此后六个月内没有证书到期且尚无新证书的企业。名单见附件" in text
