"""Certificates that only a roster claims wait for a list; announced ones wait for a roster."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import AnnouncementLine, Qualification, SourceFile
from enterprises.models.announcements import claims
from enterprises.registry import acts
from tests.enterprises.announcements.put_in import FILING, JIA, write
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
ISSUED = dt.date(2026, 10, 29)
NUMBER = "GR202651100001"


def granted(kind: str | None, number: str = NUMBER, firm: int = 1) -> Qualification:
    """A certificate that comes from a file of the kind, or from a person."""
    source = None
    if kind:
        source = SourceFile.objects.create(
            kind=kind, name=f"{kind}.xlsx", sha256=f"{firm:064x}", size=1
        )
    act = acts.Grant(uscc=code(firm), kind="hnte", number=number, valid_from=ISSUED)
    registry.apply([act], by=None, source=source)
    return Qualification.objects.get(number=number)


def listed(desk, chosen="claimed"):
    return [
        row.certificate.number
        for row in desk.get(reverse("claims"), {"list": chosen}).context["rows"]
    ]


@pytest.mark.parametrize(
    ("kind", "is_claimed"),
    [
        ("roster", True),
        ("hnte_register", False),
        ("announcement", False),
        ("acts", False),
        (None, False),
    ],
)
def test_only_a_rosters_word_is_a_claim(desk, five_firms, kind, is_claimed):
    granted(kind)
    assert (NUMBER in listed(desk)) is is_claimed


def test_a_firm_that_has_left_is_listed_without_a_place(desk, five_firms):
    granted("roster")
    registry.apply([acts.Leave(uscc=code(1), on=ISSUED + dt.timedelta(1))], by=None)
    assert listed(desk) == [NUMBER]


def test_a_list_confirms_without_writing_and_undoing_takes_the_confirmation_back(desk, put_in):
    held = granted("roster")
    assert listed(desk) == [NUMBER]
    found = put_in(FILING, f"{JIA}（证书编号：{NUMBER}）", issued_on=ISSUED)
    preview = write(desk, found)
    assert preview.changes == 0
    line = AnnouncementLine.objects.get()
    assert (line.qualification, line.told["do"]) == (held, "confirm")
    assert listed(desk) == []
    assert claims.in_words([held]) == {held.pk: "名单确认"}
    assert "名单确认" in desk.get(reverse("firm", args=[code(1)])).content.decode()
    desk.post(reverse("announcement_undo", args=[found.pk]), {"reason": "放错了"})
    assert listed(desk) == [NUMBER]


def test_what_the_bureau_registers_of_it_by_hand_settles_a_claim(desk, five_firms):
    granted("roster")
    until = dt.date(2029, 10, 28)
    act = acts.Extend(uscc=code(1), kind="hnte", number=NUMBER, valid_until=until)
    registry.apply([act], by=None)
    assert listed(desk) == []


def test_an_announced_certificate_waits_for_a_roster(desk, put_in):
    found = put_in(FILING, f"{JIA}（证书编号：{NUMBER}）", issued_on=ISSUED)
    write(desk, found)
    assert listed(desk, "announced") == [NUMBER]


def test_a_unit_sees_its_own_claims(client, people, five_firms):
    granted("roster")
    client.force_login(people["德感"])
    assert listed(client) == [NUMBER]
    client.force_login(people["街道"])
    assert listed(client) == [NUMBER]


def test_a_misspelt_question_is_refused(desk, five_firms):
    assert desk.get(reverse("claims"), {"list": "all"}).status_code == 400


def test_the_worklist_asks_as_often_for_many_as_for_few(
    desk, five_firms, django_assert_max_num_queries
):
    for number in (1, 2, 4, 5):
        granted("roster", f"GR20265110000{number}", number)
    with django_assert_max_num_queries(25):
        assert len(listed(desk)) == 4
