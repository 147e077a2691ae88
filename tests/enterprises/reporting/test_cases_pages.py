"""Cases on their pages: what each unit says, the one decision, transfers on which both agree."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises.models import Case, Placement, Quarter
from enterprises.refusal import Refusal
from enterprises.reporting import agreed_transfers, cases, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import arrived, handed_in, moved, registered, reporter
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
LIST = "/rosters/cases/"


@pytest.fixture
def claimed(quarter, people) -> Case:
    """德感's firm 1, listed by 白沙 since 20 August."""
    registered(1)
    handed_in(quarter, "baisha", 1, said=arrived(1, "2026-08-20"))
    return Case.objects.get()


def address_of(case: Case) -> str:
    return reverse("case", args=[case.pk])


def placed(**changed: str) -> dict[str, str]:
    return {
        "decision": "placed", "park": "baisha", "town": "500116107", "moved_on": "2026-08-20",
        "note": "", **changed,
    }  # fmt: skip


def both_say(quarter, *, told="2026-08-18", listed="2026-08-20", to="baisha"):
    registered(1)
    handed_in(quarter, "degan", 3, said=moved(1, told, to))
    handed_in(quarter, "baisha", 1, said=arrived(1, listed))


def test_the_list_names_firm_registered_unit_claim_and_day(desk, claimed):
    answer = desk.get(LIST)
    [line] = answer.context["lines"]
    assert line.case == claimed
    assert [claim.version.roster.unit.code for claim in line.claims] == ["baisha"]
    shown = answer.content.decode()
    assert all(said in shown for said in (claimed.name, "迁移", "2026-08-20", "未决定"))


def test_the_page_shows_every_statement_with_file_and_cell_and_suggests_the_claim(desk, claimed):
    answer = desk.get(address_of(claimed))
    shown = answer.content.decode()
    claim = answer.context["statements"][0]
    assert "列入名册：白沙工业园发展中心，白沙镇" in shown
    assert claim.cell in shown
    assert "baisha.xlsx" in shown
    form = answer.context["form"]
    chosen = {name: form.initial[name] for name in ("park", "town", "moved_on", "decision")}
    assert (chosen["park"].code, chosen["town"].name) == ("baisha", "白沙镇")
    assert (chosen["moved_on"], chosen["decision"]) == (dt.date(2026, 8, 20), "placed")
    assert reverse("firm", args=[code(1)]) in shown


def test_a_decision_is_made_once_and_moves_the_firm(desk, claimed, people):
    answer = desk.post(address_of(claimed), placed(note="现场核实"), follow=True)
    assert "决定已登记" in answer.content.decode()
    place = Placement.objects.get(until=None)
    assert (place.park.code, place.since) == ("baisha", dt.date(2026, 8, 20))
    desk.force_login(people["安安"])
    again = desk.post(address_of(claimed), {"decision": "stays", "note": "改主意"})
    assert again.status_code == 422
    assert "该事项已有决定，不能再次决定" in again.content.decode()
    claimed.refresh_from_db()
    assert (claimed.decision, claimed.decided_by) == ("placed", people["小石"])


def test_what_is_missing_is_told_and_nothing_typed_is_lost(desk, claimed):
    without_town = desk.post(address_of(claimed), placed(town="", note="已核实")).content.decode()
    assert "请选择企业所在的镇街" in without_town
    assert "已核实" in without_town
    assert "请填写迁移日期" in desk.post(address_of(claimed), placed(moved_on="")).content.decode()
    assert (
        "日期不得晚于今天"
        in desk.post(address_of(claimed), placed(moved_on="2099-01-01")).content.decode()
    )
    claimed.refresh_from_db()
    assert claimed.decision == ""
    assert Placement.objects.get().park.code == "degan"


def test_both_units_read_the_decision_and_others_do_not(client, claimed, people):
    cases.decide_case(claimed, "stays", by=people["小石"], note="仍在德感生产")
    for who in (people["德感"], reporter("baisha")):
        client.force_login(who)
        shown = client.get(address_of(claimed)).content.decode()
        assert "仍在德感生产" in shown
        assert "登记决定" not in shown
        assert client.post(address_of(claimed), placed()).status_code == 403
    client.force_login(reporter("luohuang"))
    assert client.get(address_of(claimed)).status_code == 404
    assert client.get(LIST, {"show": "all"}).context["lines"] == []
    client.force_login(people["老郑"])
    assert "维持登记" in client.get(address_of(claimed)).content.decode()


def test_a_firm_that_is_registered_nowhere_cannot_stay(desk, quarter, people):
    handed_in(quarter, "baisha", 1)
    handed_in(quarter, "degan", 1)
    case = Case.objects.get()
    assert (case.kind, case.from_unit) == ("double", None)
    with pytest.raises(Refusal, match="不能维持登记"):
        cases.decide_case(case, "stays", by=people["小石"])
    values = [
        value for value, _ in desk.get(address_of(case)).context["form"].fields["decision"].choices
    ]
    assert values == ["placed"]


def test_transfers_both_sides_agree_on_are_decided_by_one_click(desk, quarter, people):
    both_say(quarter)
    [(shown_for, found)] = desk.get(LIST).context["agreed"]
    assert (shown_for, [transfer.case.uscc for transfer in found]) == (quarter, [code(1)])
    answer = desk.post(reverse("cases_agreed", args=["2026Q3"]), {"uscc": [code(1)]}, follow=True)
    assert "已确认1件双方一致的迁移" in answer.content.decode()
    place = Placement.objects.get(until=None)
    assert (place.park.code, place.since) == ("baisha", dt.date(2026, 8, 20)), (
        "the receiving unit's day counts"
    )
    assert answer.context["agreed"] == []
    again = desk.post(reverse("cases_agreed", args=["2026Q3"]), {"uscc": [code(1)]}, follow=True)
    assert "双方的说法已有变化或已有决定" in again.content.decode()


def test_only_what_was_shown_is_decided(desk, quarter):
    both_say(quarter)
    desk.post(reverse("cases_agreed", args=["2026Q3"]), {})
    assert Case.objects.get().decision == ""


def test_one_side_alone_or_another_destination_is_no_agreement(quarter, people, claimed):
    assert agreed_transfers.find_agreed(quarter) == []
    version = handed_in(quarter, "degan", 3, said=moved(1, "2026-08-20", "luohuang"))
    assert agreed_transfers.find_agreed(quarter) == []
    submission.take_back(version, by=people["德感"])
    words = {code(1): Answer(word="not_ours")}
    version = handed_in(quarter, "degan", 3, 4, said=words)
    assert agreed_transfers.find_agreed(quarter) == []


def test_what_the_registry_refuses_is_told_and_stays_undecided(desk, quarter):
    both_say(quarter, listed="2019-08-20")
    answer = desk.post(reverse("cases_agreed", args=["2026Q3"]), {"uscc": [code(1)]}, follow=True)
    assert "重庆测试1号机械有限公司：" in answer.content.decode()
    assert Case.objects.get().decision == ""


def test_the_list_costs_a_constant_number_of_queries(
    desk, quarter, people, django_assert_max_num_queries
):
    numbers = range(1, 13)
    for number in numbers:
        registered(number)
    said = {
        key: value for number in numbers for key, value in arrived(number, "2026-08-20").items()
    }
    handed_in(quarter, "baisha", *numbers, said=said)
    with django_assert_max_num_queries(14):
        assert len(desk.get(LIST).context["lines"]) == 12


def test_a_decided_case_opens_the_way_for_approving(desk, claimed, people):
    version = Unit.objects.get(code="baisha").rosters.get().versions.get()
    desk.post(address_of(claimed), placed())
    clerk.approve(version, people["小石"])
    assert version.state == "applied"


def test_open_cases_begin_with_the_oldest_quarter_and_decided_ones_with_the_newest(
    desk, claimed, quarter, people
):
    older = Quarter.objects.create(
        year=quarter.year - 1, number=4, opens_on=quarter.opens_on, due_on=quarter.due_on,
        locks_on=quarter.locks_on,
    )  # fmt: skip
    first = Case.objects.create(
        quarter=older, uscc=code(9), name="重庆演示早年有限公司", kind=Case.Kind.DOUBLE,
        from_unit=claimed.from_unit,
    )  # fmt: skip

    def shown(which: str) -> list[Case]:
        return [line.case for line in desk.get(LIST, {"show": which}).context["lines"]]

    assert shown("open") == [first, claimed]
    for case in (first, claimed):
        cases.decide_case(case, decision=Case.Decision.STAYS, by=people["小石"], note="现场核实")
    assert shown("decided") == [claimed, first]
