"""The bar as each person sees it: pages that open, each under one head, and where one is."""

import re

import pytest
from django.urls import reverse

from parks.models import Unit, User
from targets.templatetags.menu import HEADS, OWN

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HEAD = re.compile(r'<details class="menu" name="bar">(.*?)</details>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"(?: aria-current="(\w+)")?')


@pytest.fixture
def crew(people) -> dict[str, User]:
    """With somebody of a department, who sends no rosters."""
    unit = Unit.objects.get(code="jxw")
    people["部门"] = User.objects.create_user("部门", role=User.Role.UNIT_STAFF, unit=unit)
    return people


def heads(client, path: str) -> dict[str, dict[str, str]]:
    """Label of a head → its links → the value of aria-current."""
    found = {}
    for part in HEAD.findall(client.get(path).content.decode()):
        summary = re.search(r"<summary([^>]*)>(.*?)</summary>", part, re.DOTALL)
        label = re.sub(r"<[^>]*>", "", summary.group(2)).strip()
        found[label] = dict(LINK.findall(part))
        assert ("aria-current" in summary.group(1)) == any(found[label].values())
    return found


def test_a_page_stands_under_exactly_one_head():
    routes = [entry.route for entries in HEADS.values() for entry in entries]
    assert len(routes) == len(set(routes))
    assert not {entry.route for entry in OWN} & set(routes)


@pytest.mark.parametrize("name", ["安安", "小石", "老郑", "审计", "德感", "街道", "部门"])
def test_what_the_bar_offers_can_be_opened(client, crew, name):
    client.force_login(crew[name])
    offered = [url for links in heads(client, reverse("password_change")).values() for url in links]
    assert len(offered) > 8
    answers = {url: client.get(url).status_code for url in offered}
    assert {url: code for url, code in answers.items() if code not in (200, 302)} == {}


def test_roles_see_what_is_theirs(client, crew):
    def labels(name: str) -> set[str]:
        client.force_login(crew[name])
        return {url for links in heads(client, "/password/").values() for url in links}

    assert {"/ledger/", "/load/", "/rosters/", "/admin/"} <= labels("安安")
    assert {"/load/", "/admin/"} & labels("老郑") == set()
    assert {"/ledger/", "/load/", "/admin/"} & labels("德感") == set()
    assert "/rosters/" not in labels("部门")


@pytest.mark.parametrize(
    ("path", "label", "url", "current"),
    [
        ("/firms/", "企业", "/firms/", "page"),
        ("/units/degan/", "看数", "/", "true"),
        ("/", "看数", "/", "page"),
        ("/rosters/queue/", "报送", "/rosters/", "true"),
    ],
)
def test_the_bar_marks_the_page_and_its_head(client, crew, path, label, url, current):
    client.force_login(crew["小石"])
    marked = {
        (head, link): value
        for head, links in heads(client, path).items()
        for link, value in links.items()
        if value
    }
    assert marked == {(label, url): current}


@pytest.mark.parametrize(
    ("name", "short_ways"),
    [
        ("德感", ["/week/", "/rosters/"]),
        ("部门", ["/week/", "/tasks/"]),
        ("小石", ["/week/"]),
        ("老郑", []),
    ],
)
def test_everybody_has_a_short_way_to_what_they_come_for(client, crew, name, short_ways):
    client.force_login(crew[name])
    page = client.get("/password/").content.decode()
    found = re.findall(r'<li><a class="bar-link" href="([^"]+)"', page)
    assert found == short_ways


def test_nobody_signed_in_sees_no_bar(client):
    assert '<details class="menu"' not in client.get(reverse("login")).content.decode()
