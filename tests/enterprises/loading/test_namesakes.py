"""A list that puts a firm's name under another code warns of it, and is loaded as it stands."""

import datetime as dt

import pytest

from enterprises import registry
from enterprises.loading import command_line
from enterprises.models import Enterprise
from enterprises.registry.acts import Place, Register, Rename
from enterprises.rosters.definition.registers import HNTE_REGISTER, TECH_REGISTER
from tests.enterprises.workbooks import code, firm, lines, xlsx

pytestmark = pytest.mark.django_db
NAME = firm(1)["name"]


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def registered(plan) -> None:
    place = {"park": "degan", "town": "500116002", "since": dt.date(2020, 5, 6)}
    registry.apply([Register(uscc=code(1), name=NAME), Place(uscc=code(1), **place)], by=None)


def warned(path) -> dict[str, str]:
    """Place → reason of the warnings of a namesake; the list is loaded all the same."""
    job = command_line.load_files([path], moves_on=None, by=None)
    assert job.result["applied"], job.result["files"]
    [file] = job.result["files"]
    return {one["address"]: one["reason"] for one in file["problems"] if one["code"] == "P106"}


def certificate(uscc: str, name: str) -> dict[str, object]:
    return firm(
        9,
        uscc=uscc,
        name=name,
        certificate_number="GR202451100009",
        certificate_issued_on=dt.date(2024, 11, 2),
        certificate_valid_until=dt.date(2027, 11, 1),
    )


@pytest.mark.parametrize("layout", [TECH_REGISTER, HNTE_REGISTER], ids=lambda each: each.name)
@pytest.mark.parametrize("name", [NAME, NAME.replace("重庆", "重庆 "), f"{NAME}　"])
def test_the_name_of_a_registered_firm_under_another_code(registered, tmp_path, layout, name):
    rows = lines(certificate(code(9), name), layout=layout)
    found = warned(xlsx(tmp_path / "名单.xlsx", rows))
    [reason] = found.values()
    assert code(1) in reason
    assert Enterprise.objects.filter(uscc__in=[code(1), code(9)]).count() == 2


def test_a_former_name_under_another_code(registered, tmp_path):
    renamed = Rename(uscc=code(1), name="重庆新名机械有限公司", on=dt.date(2025, 3, 1))
    registry.apply([renamed], by=None)
    rows = lines(firm(9, name=NAME), layout=TECH_REGISTER)
    [reason] = warned(xlsx(tmp_path / "名单.xlsx", rows)).values()
    assert code(1) in reason


def test_two_new_firms_of_one_name_name_each_other(plan, tmp_path):
    rows = lines(firm(8, name=NAME), firm(9, name=NAME), layout=TECH_REGISTER)
    reasons = warned(xlsx(tmp_path / "名单.xlsx", rows)).values()
    assert len(reasons) == 2
    assert any(code(8) in each for each in reasons)
    assert any(code(9) in each for each in reasons)


def test_a_firm_under_its_own_code_is_nobodys_namesake(registered, tmp_path):
    rows = lines(firm(1), firm(2), layout=TECH_REGISTER)
    assert warned(xlsx(tmp_path / "名单.xlsx", rows)) == {}
