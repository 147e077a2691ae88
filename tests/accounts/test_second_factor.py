"""The second factor: set up, asked for at every door, good for once, lost and reset."""

import datetime as dt
import subprocess
import sys

import pyotp
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from parks.accounts import second_factor
from parks.models import RecoveryCode, SecondFactor, SecurityEvent, User
from tests.accounts.test_passwords import OWN, sign_in
from tests.services import BASE_DIR

pytestmark = pytest.mark.django_db
API = "/api/v1/login/"


@pytest.fixture
def clerk(people) -> User:
    people["小石"].set_password(OWN)
    people["小石"].save()
    return people["小石"]


@pytest.fixture
def factor(clerk) -> SecondFactor:
    """One in use, since a while ago."""
    with time_machine.travel(timezone.now() - dt.timedelta(hours=1)):
        made = second_factor.begin(clerk)
        assert second_factor.confirm(made, code_of(made))
    made.refresh_from_db()
    return made


def code_of(factor: SecondFactor, steps: int = 0) -> str:
    totp = pyotp.TOTP(second_factor.secret_of(factor))
    return totp.at(timezone.now() + dt.timedelta(seconds=30 * steps))


def with_password(clerk: User, client: Client | None = None) -> Client:
    client = client or Client()
    answer = client.post("/login/?next=/tasks/", {"username": clerk.username, "password": OWN})
    assert answer.headers["Location"] == "/login/code/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/tasks/").status_code == 200


# --- setting it up --------------------------------------------------------------------------------
def test_it_is_set_up_with_the_first_code_and_told_once(clerk):
    client, elsewhere = sign_in(clerk, OWN), sign_in(clerk, OWN)
    page = client.get("/account/second-factor/").content.decode()
    made = SecondFactor.objects.get(user=clerk)
    secret = second_factor.secret_of(made)
    assert secret in page.replace(" ", "")
    assert "data:image/svg+xml" in page
    assert secret not in made.secret
    assert client.post("/account/second-factor/on/", {"code": "000000"}).status_code == 400
    assert second_factor.factor_of(clerk) is None
    told = client.post("/account/second-factor/on/", {"code": code_of(made)})
    codes = told.context["codes"]
    assert len(set(codes)) == 10
    assert is_in(client)
    # What was opened with the password alone is over.
    assert not is_in(elsewhere)
    again = client.get("/account/second-factor/").content.decode()
    assert secret not in again.replace(" ", "")
    assert not any(code in again for code in codes)
    assert SecurityEvent.objects.filter(action="factor_set").count() == 1
    assert secret not in str(list(SecurityEvent.objects.values()))


def test_a_secret_that_was_not_confirmed_is_asked_of_nobody(clerk):
    client = sign_in(clerk, OWN)
    client.get("/account/second-factor/")
    assert is_in(sign_in(clerk, OWN))


# --- every door -----------------------------------------------------------------------------------
def test_the_password_alone_opens_no_door(clerk, factor):
    client = with_password(clerk)
    assert not is_in(client)
    assert client.get("/api/v1/units/").status_code == 401
    assert client.get("/admin/").status_code == 302
    assert client.post("/account/second-factor/off/", {"code": "x"}).status_code == 302
    told = Client().post(
        API, {"username": clerk.username, "password": OWN}, content_type="application/json"
    )
    assert (told.status_code, told.json()["code"]) == (403, "code_needed")
    assert not AuthToken.objects.exists()
    assert not SecurityEvent.objects.filter(action="signed_in").exists()


def test_with_the_code_one_comes_where_one_wanted(clerk, factor):
    client = with_password(clerk)
    answer = client.post("/login/code/", {"code": code_of(factor)})
    assert answer.headers["Location"] == "/tasks/"
    assert is_in(client)
    assert SecurityEvent.objects.filter(action="signed_in").count() == 1


def test_a_program_sends_the_code_along(clerk, factor):
    sent = {"username": clerk.username, "password": OWN, "code": code_of(factor)}
    told = Client().post(API, sent, content_type="application/json")
    assert told.status_code == 200
    wrong = Client().post(API, sent | {"code": "000000"}, content_type="application/json")
    assert wrong.status_code == 400
    # The same code a second time is as wrong as any other.
    assert Client().post(API, sent, content_type="application/json").status_code == 400


def test_the_code_page_is_for_those_whose_password_was_right(clerk, factor):
    assert Client().get("/login/code/").headers["Location"] == "/login/"
    client = with_password(clerk)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        answer = client.post("/login/code/", {"code": code_of(factor)})
        assert answer.headers["Location"] == "/login/"
        assert not is_in(client)


def test_who_is_deactivated_meanwhile_is_not_let_in(clerk, factor):
    client = with_password(clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.post("/login/code/", {"code": code_of(factor)}).headers["Location"] == "/login/"


# --- good for once --------------------------------------------------------------------------------
def test_a_code_is_good_for_once_and_a_step_before_and_after(clerk, factor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_of(factor)
        assert second_factor.accepts(factor, code)
        assert not second_factor.accepts(factor, code)
        # An earlier one than the last is no longer taken either.
        assert not second_factor.accepts(factor, code_of(factor, -1))
        assert second_factor.accepts(factor, code_of(factor, 1))
        clock.shift(dt.timedelta(minutes=5))
        assert not second_factor.accepts(factor, code_of(factor, -2))
        assert not second_factor.accepts(factor, code_of(factor, 2))
        assert second_factor.accepts(factor, f" {code_of(factor)[:3]} {code_of(factor)[3:]} ")


@pytest.mark.fault
def test_a_code_is_good_for_once_in_another_process_too(portal):
    pk, secret = portal.shell(
        "from parks.accounts import second_factor; from parks.models import *\n"
        "user = User.objects.create(username='clerk', role='leader')\n"
        "made = second_factor.begin(user); print(made.pk, second_factor.secret_of(made))"
    ).split()
    program = (
        "import sys, django; django.setup()\n"
        "from parks.accounts import second_factor\nfrom parks.models import SecondFactor\n"
        f"factor = SecondFactor.objects.get(pk={pk})\n"
        "print(second_factor.accepts(factor, sys.argv[1]))"
    )
    environment = portal.environment | {"DJANGO_SETTINGS_MODULE": "jiangjin_portal.settings"}
    command = [sys.executable, "-c", program, pyotp.TOTP(secret).now()]
    said = [
        subprocess.run(
            command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert [one.strip() for one in said] == ["True", "False"]


def test_a_code_on_paper_lets_in_once_and_few_are_told(clerk, factor):
    codes = second_factor._new_recovery_codes(factor)
    for number, code in enumerate(codes[:9], 1):
        client = with_password(clerk)
        assert client.post("/login/code/", {"code": code.upper()}).status_code == 302
        page = client.get("/tasks/").content.decode()
        assert (f"恢复码还剩{10 - number}个" in page) == (10 - number < 3)
    client = with_password(clerk)
    assert client.post("/login/code/", {"code": codes[0]}).status_code == 200
    assert not is_in(client)
    stored = str(list(RecoveryCode.objects.values_list("digest", flat=True)))
    assert not any(code.replace("-", "") in stored for code in codes)


def test_wrong_codes_count_with_wrong_passwords_and_lock(clerk, factor):
    client = Client(REMOTE_ADDR="10.0.0.7")
    for _ in range(3):
        client.post("/login/", {"username": clerk.username, "password": "no-Such-1"})
    with_password(clerk, client)
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    assert client.post("/login/code/", {"code": "000001"}).status_code == 429
    assert client.post("/login/code/", {"code": code_of(factor)}).status_code == 429
    assert not is_in(client)
    told = list(SecurityEvent.objects.order_by("pk").values_list("action", flat=True))
    assert told == ["sign_in_failed"] * 4 + ["locked_out"] * 2


# --- required, taken away, lost -------------------------------------------------------------------
def test_a_role_that_must_have_it_sets_it_up_before_anything_else(clerk, settings):
    settings.SECOND_FACTOR_ROLES = frozenset({"bureau_staff"})
    client = sign_in(clerk, OWN)
    for path in ("/", "/firms/", "/account/"):
        assert client.get(path).headers["Location"] == "/account/second-factor/"
    told = client.get("/api/v1/units/")
    assert (told.status_code, told.json()["code"]) == (403, "factor_owed")
    by_api = Client().post(
        API, {"username": clerk.username, "password": OWN}, content_type="application/json"
    )
    assert (by_api.status_code, by_api.json()["code"]) == (403, "factor_owed")
    # A code where there is no second factor proves nothing.
    sent = {"username": clerk.username, "password": OWN, "code": "123456"}
    by_api = Client().post(API, sent, content_type="application/json")
    assert (by_api.status_code, by_api.json()["code"]) == (403, "factor_owed")
    assert not AuthToken.objects.exists()
    made = second_factor.begin(clerk)
    client.post("/account/second-factor/on/", {"code": code_of(made)})
    assert is_in(client)


def test_it_is_taken_away_with_a_code_only(clerk, factor):
    client = with_password(clerk)
    client.post("/login/code/", {"code": code_of(factor)})
    client.post("/account/second-factor/off/", {"code": "000000"})
    assert second_factor.factor_of(clerk)
    client.post("/account/second-factor/off/", {"code": code_of(factor, 1)})
    assert second_factor.factor_of(clerk) is None
    assert is_in(sign_in(clerk, OWN))


def test_an_administrator_resets_it_with_a_reason_and_everything_open_ends(
    clerk, factor, client, people
):
    browser = with_password(clerk)
    browser.post("/login/code/", {"code": code_of(factor)})
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/accounts/").content.decode()
    assert f"停用 {clerk.username} 第二重验证的理由" in page
    client.post(f"/accounts/{clerk.pk}/factor/", {"reason": " "})
    assert second_factor.factor_of(clerk)
    client.post(f"/accounts/{clerk.pk}/factor/", {"reason": "手机丢失，当面核对"})
    assert second_factor.factor_of(clerk) is None
    assert not is_in(browser)
    event = SecurityEvent.objects.get(action="factor_removed")
    assert (event.about, event.details) == (clerk.username, {"reason": "手机丢失，当面核对"})


def test_with_another_field_key_no_code_is_right_and_nothing_breaks(clerk, factor, settings):
    code = code_of(factor)
    settings.FIELD_KEY = "another"
    client = with_password(clerk)
    assert client.post("/login/code/", {"code": code}).status_code == 200
    assert not is_in(client)
