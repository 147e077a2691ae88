"""Where one is signed in, when that ends by itself, who is locked out and let in again."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Notice
from parks.accounts import lockouts
from parks.models import OpenSession, SecurityEvent, User
from tests.accounts.test_passwords import OWN, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(people) -> User:
    people["小石"].set_password(OWN)
    people["小石"].save()
    return people["小石"]


def wrong(name: str, address: str, times: int) -> list[int]:
    """Statuses of so many wrong passwords."""
    client = Client(REMOTE_ADDR=address)
    return [
        client.post("/login/", {"username": name, "password": "no-Such-1"}).status_code
        for _ in range(times)
    ]


def right(user: User, address: str) -> int:
    client = Client(REMOTE_ADDR=address)
    sent = {"username": user.username, "password": OWN}
    return client.post("/login/", sent).status_code


# --- sessions -------------------------------------------------------------------------------------
def test_one_sees_where_one_is_signed_in_and_ends_it(clerk):
    here = Client(headers={"User-Agent": "Chrome on the desk"})
    there = Client(headers={"User-Agent": "Chrome on the phone"}, REMOTE_ADDR="10.1.2.3")
    sign_in(clerk, OWN, here)
    sign_in(clerk, OWN, there)
    page = here.get("/account/").content.decode()
    assert "Chrome on the phone" in page
    assert "10.1.2.3" in page
    assert page.count("本次登录") == 1
    row = OpenSession.objects.get(address="10.1.2.3")
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert there.get("/firms/").status_code == 302
    assert here.get("/firms/").status_code == 200
    assert "Chrome on the phone" not in here.get("/account/").content.decode()
    assert SecurityEvent.objects.filter(action="session_ended").count() == 1


def test_nobody_ends_a_session_of_somebody_else(clerk, client, people):
    sign_in(clerk, OWN)
    row = OpenSession.objects.get(user=clerk)
    client.force_login(people["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert OpenSession.objects.filter(pk=row.pk).exists()


def test_a_key_is_shown_by_its_beginning_and_ended(clerk):
    client = sign_in(clerk, OWN)
    told = client.post(
        "/api/v1/login/", {"username": clerk.username, "password": OWN},
        content_type="application/json",
    )  # fmt: skip
    key = told.json()["token"]
    by_key = Client(headers={"Authorization": f"Token {key}"})
    assert by_key.get("/api/v1/units/").status_code == 200
    page = client.get("/account/").content.decode()
    (held,) = client.get("/account/").context["keys"]
    assert held.token_key in page
    assert key not in page
    assert client.post(f"/account/keys/{held.token_key}/end/").status_code == 302
    assert by_key.get("/api/v1/units/").status_code == 401


def test_without_a_click_one_is_signed_out_and_what_a_page_asks_by_itself_is_no_click(
    clerk, settings
):
    settings.SESSION_IDLE_MINUTES = 30
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = sign_in(clerk, OWN)
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=29))
            assert client.get("/firms/").status_code == 200
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=10, seconds=1))
            polled = client.get("/jobs/", headers={"X-Poll": "1", "HX-Request": "true"})
        assert (polled.status_code, polled.headers["HX-Refresh"]) == (204, "true")
        answer = client.get("/firms/", follow=True)
        assert answer.request["PATH_INFO"] == "/login/"
    with time_machine.travel(start + dt.timedelta(hours=5), tick=False) as clock:
        client = sign_in(clerk, OWN)
        clock.shift(dt.timedelta(minutes=31))
        answer = client.get("/firms/", follow=True)
        assert "30分钟没有操作" in answer.content.decode()
        assert answer.redirect_chain == [("/login/?next=/firms/", 302)]


def test_after_some_hours_one_signs_in_again_however_much_is_done(clerk, settings):
    settings.SESSION_COOKIE_AGE = 3600
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = sign_in(clerk, OWN)
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=19))
            assert client.get("/firms/").status_code == 200
        clock.shift(dt.timedelta(minutes=4))
        told = client.get("/api/v1/units/")
        assert told.status_code in (401, 403)
        assert client.get("/firms/").status_code == 302


def test_the_use_of_a_session_is_written_once_a_minute(clerk, django_assert_num_queries):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = sign_in(clerk, OWN)
        client.get("/account/")
        seen = OpenSession.objects.get(user=clerk).seen_at
        clock.shift(dt.timedelta(seconds=59))
        client.get("/account/")
        assert OpenSession.objects.get(user=clerk).seen_at == seen
        clock.shift(dt.timedelta(seconds=1))
        client.get("/account/")
        assert OpenSession.objects.get(user=clerk).seen_at == seen + dt.timedelta(seconds=60)


# --- locks ----------------------------------------------------------------------------------------
def test_five_wrong_passwords_lock_the_name_at_the_address_and_nowhere_else(clerk):
    assert wrong(clerk.username, "10.0.0.1", 5) == [200, 200, 200, 200, 429]
    assert right(clerk, "10.0.0.1") == 429
    assert right(clerk, "10.0.0.2") == 302


def test_twenty_from_many_places_lock_the_name_everywhere(clerk):
    statuses = [wrong(clerk.username, f"10.0.1.{number}", 4) for number in range(5)]
    assert statuses[:4] == [[200] * 4] * 4
    assert statuses[4] == [200, 200, 200, 429]
    assert right(clerk, "10.0.9.9") == 429


def test_fifty_from_one_place_lock_the_place_and_no_other(clerk, settings):
    settings.LOGIN_LIMITS = (5, 20, 12)
    statuses = [wrong(f"somebody{number}", "10.0.2.1", 4) for number in range(3)]
    assert statuses == [[200] * 4, [200] * 4, [200, 200, 200, 429]]
    assert right(clerk, "10.0.2.1") == 429
    assert right(clerk, "10.0.2.2") == 302


def test_an_administrator_unlocks_with_a_reason(clerk, client, people):
    wrong(clerk.username, "10.0.0.1", 5)
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/accounts/")
    (lock,) = page.context["locks"]
    assert (lock.name, lock.address, lock.failures) == (clerk.username, "10.0.0.1", 5)
    assert client.post("/accounts/unlock/", {"key": lock.key}).status_code == 400
    assert right(clerk, "10.0.0.1") == 429
    sent = {"key": lock.key, "reason": "本人来电，已核对身份"}
    assert client.post("/accounts/unlock/", sent).status_code == 302
    assert right(clerk, "10.0.0.1") == 302
    (event,) = SecurityEvent.objects.filter(action="unlocked")
    assert event.details == {"reason": "本人来电，已核对身份"}
    assert lockouts.locks() == []


# --- who came and left ----------------------------------------------------------------------------
def test_the_page_of_accounts_tells_what_to_see_to(client, people, settings):
    stale = people["老郑"]
    stale.last_login = timezone.now() - dt.timedelta(days=90)
    stale.save()
    people["街道"].is_active = False
    people["街道"].save()
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/accounts/")
    said = {
        line.account.username: line.said for unit in page.context["units"] for line in unit.lines
    }
    assert said["老郑"] == ["90天未用"]
    assert said["街道"] == ["已停用"]
    assert said["安安"] == []
    without = [unit.title for unit in page.context["without"]]
    assert people["街道"].unit.name in without
    assert people["德感"].unit.name not in without


def test_accounts_that_nobody_uses_are_switched_off_but_for_the_last_administrator(
    people, settings
):
    settings.ACCOUNT_DISABLE_DAYS = 180
    now = timezone.now()
    User.objects.update(date_joined=now - dt.timedelta(days=400), last_login=now)
    long_ago = now - dt.timedelta(days=180, hours=1)
    User.objects.filter(username__in=["老郑", "安安"]).update(last_login=long_ago)
    User.objects.filter(username="审计").update(last_login=None)
    User.objects.filter(username="德感").update(last_login=now - dt.timedelta(days=179))
    done = jobs.run_inline(jobs.submit(kind="accounts"))
    assert done.result == {"disabled": 2}
    off = set(User.objects.filter(is_active=False).values_list("username", flat=True))
    assert off == {"老郑", "审计"}
    told = Notice.objects.get(person=people["安安"])
    assert "审计、老郑" in told.text or "老郑、审计" in told.text
    assert SecurityEvent.objects.filter(action="account_changed").count() == 2
    settings.ACCOUNT_DISABLE_DAYS = 0
    User.objects.update(last_login=long_ago)
    assert jobs.run_inline(jobs.submit(kind="accounts")).result == {"disabled": 0}
