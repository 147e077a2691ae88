"""A department's reporter: sees the district's totals and the tasks, no firm, no roster; every address answers."""

import pytest
from django.urls import reverse

from enterprises.models import Enterprise
from tests.test_access import TABLE, address, content, signed_in, world  # noqa: F401

pytestmark = pytest.mark.django_db
OPEN_FILES = {"task_file"}


def test_every_address_answers_and_none_shows_a_firm(people, teacher, world):  # noqa: F811
    client, codes, wrong = (
        signed_in(people, "教委"),
        list(Enterprise.objects.values_list("uscc", flat=True)),
        [],
    )
    for route, method, arguments, _ in TABLE:
        if method != "GET" or route in OPEN_FILES:
            continue
        path = address(route, arguments, world)
        answer = client.get(path)
        if answer.status_code >= 500:
            wrong.append(f"{path}: {answer.status_code}")
        elif answer.status_code == 200:
            wrong += [f"{path} shows {code}" for code in codes if code in content(answer)]
    assert not wrong


FOR_EVERYONE = ["tasks", "targets", "bridge", "outlook", "firm_list", "releases", "notices", "cases", "goals",
                "api-figures", "api-flows", "api-progress", "api-quarters-list"]  # fmt: skip


@pytest.mark.parametrize("route", FOR_EVERYONE)
def test_what_is_for_everyone_is_for_a_department_too(people, teacher, world, route):  # noqa: F811
    assert signed_in(people, "教委").get(reverse(route)).status_code == 200


def test_it_hands_in_no_roster(people, teacher, world):  # noqa: F811
    answer = signed_in(people, "教委").post(
        reverse("api-rosters-list"),
        {"quarter": "2026Q3", "nil": True},
        content_type="application/json",
    )
    assert answer.status_code in (400, 403, 409, 422)
