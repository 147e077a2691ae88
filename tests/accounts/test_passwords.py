"""An own password at the first sign-in, rules of a good one, an end to what was opened with the old one."""

import datetime as dt
import io
import re

import openpyxl
import pytest
import time_machine
from django.contrib.auth.password_validation import get_default_password_validators
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from parks.models import OpenSession, SecurityEvent, UsedPassword, User

pytestmark = pytest.mark.django_db
GIVEN, OWN, NEXT = "Given-horse-91x", "Blue.kettle-73q", "Green/lantern-58w"


@pytest.fixture
def clerk(people) -> User:
    people["德感"].set_password(GIVEN)
    people["德感"].must_change_password = True
    people["德感"].save()
    return people["德感"]


def sign_in(user: User, password: str, client: Client | None = None) -> Client:
    client = client or Client()
    answer = client.post("/login/", {"username": user.username, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def change(client: Client, old: str, new: str, again: str = ""):
    sent = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/password/", sent)


def objection(client: Client, old: str, new: str) -> str:
    answer = change(client, old, new)
    assert answer.status_code == 200
    return "".join(answer.context["form"].errors.get("new_password2", []))


# --- the first sign-in ----------------------------------------------------------------------------
def test_whoever_was_given_a_password_changes_it_before_anything_else(clerk):
    client = sign_in(clerk, GIVEN)
    for path in ("/", "/firms/", "/tasks/", "/account/"):
        assert client.get(path).headers["Location"] == "/password/"
    assert "这是别人给您的密码" in client.get("/password/").content.decode()
    told = client.get("/api/v1/units/")
    assert (told.status_code, told.json()["code"]) == (403, "password_owed")
    assert client.post("/logout/").status_code == 302
    sign_in(clerk, GIVEN, client)
    assert change(client, GIVEN, OWN).status_code == 302
    assert client.get("/tasks/").status_code == 200
    assert client.get("/api/v1/units/").status_code == 200
    clerk.refresh_from_db()
    assert not clerk.must_change_password
    assert timezone.now() - clerk.password_changed_at < dt.timedelta(minutes=5)


def test_nobody_gets_a_key_with_a_password_of_somebody_else(client, clerk):
    credentials = {"username": clerk.username, "password": GIVEN}
    told = client.post("/api/v1/login/", credentials, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (403, "password_owed")
    assert not AuthToken.objects.exists()


def test_an_administrator_who_makes_or_sets_a_password_makes_it_a_given_one(client, people):
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {
        "username": "new-clerk", "first_name": "新人", "role": "bureau_staff", "unit": "",
        "password1": OWN, "password2": OWN, "usable_password": "true",
    }  # fmt: skip
    assert client.post("/admin/parks/user/add/", sent).status_code == 302
    made = User.objects.get(username="new-clerk")
    assert made.must_change_password
    change(sign_in(made, OWN), OWN, NEXT)
    made.refresh_from_db()
    assert not made.must_change_password
    sent = {
        "password1": "Reset.basket-64k",
        "password2": "Reset.basket-64k",
        "usable_password": "true",
    }
    assert client.post(f"/admin/parks/user/{made.pk}/password/", sent).status_code == 302
    made.refresh_from_db()
    assert made.must_change_password


def test_an_old_password_is_changed_and_remembered_by_the_day_it_was_changed(settings, people):
    user = people["小石"]
    user.set_password(OWN)
    user.save()
    settings.PASSWORD_MAX_AGE_DAYS = 90
    client = sign_in(user, OWN)
    with time_machine.travel(timezone.now() + dt.timedelta(days=90, hours=-1)):
        client = sign_in(user, OWN)
        assert client.get("/firms/").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=90, hours=1)):
        client = sign_in(user, OWN)
        assert client.get("/firms/").headers["Location"] == "/password/"
        assert "密码已使用90天" in client.get("/password/").content.decode()
        change(client, OWN, NEXT)
        assert client.get("/firms/").status_code == 200


# --- what a password has to be --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab1-xyzpq", "至少10个字符"),
        ("onlysmallletters", "至少3种"),
        ("small-and-signs", "至少3种"),
        ("Jiangjin2026-Kjj", "本地地名拼音"),
        ("ｊｉａｎｇｊｉｎ2026Kjj", "本地地名拼音"),
        ("Degan-123-Degan", "本地地名拼音"),
        (GIVEN, "最近5次用过"),
    ],
)
def test_a_password_that_others_guess_is_refused_with_its_reason(clerk, password, words):
    client = sign_in(clerk, GIVEN)
    assert words in objection(client, GIVEN, password)
    clerk.refresh_from_db()
    assert clerk.check_password(GIVEN)
    assert clerk.must_change_password


@pytest.mark.parametrize("password", ["Blue.kettle-73q", "蓝色Kettle73个杯子", "aaaaBBBB####x"])
def test_a_good_password_is_taken(clerk, password):
    client = sign_in(clerk, GIVEN)
    assert change(client, GIVEN, password).status_code == 302


def test_of_the_last_five_none_comes_back_and_the_sixth_may(clerk):
    client, old = sign_in(clerk, GIVEN), GIVEN
    used = [f"Kettle.number-{sign * 3}7" for sign in "bcdefg"]
    for new in used:
        assert change(client, old, new).status_code == 302
        old = new
    for again in used[1:]:
        assert "最近5次用过" in objection(client, old, again)
    assert change(client, old, used[0]).status_code == 302
    assert UsedPassword.objects.filter(user=clerk).count() == 5
    assert all(
        row.hash.startswith("pbkdf2") or "$" in row.hash for row in UsedPassword.objects.all()
    )


# --- what ends with it ----------------------------------------------------------------------------
def test_a_changed_password_ends_other_sessions_and_keys_and_not_this_one(people):
    user = people["小石"]
    user.set_password(OWN)
    user.save()
    here, there = sign_in(user, OWN), sign_in(user, OWN)
    _, key = AuthToken.objects.create(user=user)
    by_key = Client(headers={"Authorization": f"Token {key}"})
    assert by_key.get("/api/v1/units/").status_code == 200
    assert change(here, OWN, NEXT).status_code == 302
    assert here.get("/firms/").status_code == 200
    assert there.get("/firms/").status_code == 302
    assert by_key.get("/api/v1/units/").status_code == 401
    (event,) = SecurityEvent.objects.filter(action="password_changed")
    assert event.details == {"ended": 2}
    (row,) = OpenSession.objects.filter(user=user)
    assert row.key == here.cookies["sessionid"].value


@pytest.mark.parametrize(
    "changed", [{"role": "leader"}, {"is_active": ""}, {"role": "unit_staff", "unit": "德感"}]
)
def test_who_moves_or_leaves_loses_what_was_open(client, people, changed):
    user = people["小石"]
    user.set_password(OWN)
    user.save()
    browser = sign_in(user, OWN)
    AuthToken.objects.create(user=user)
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {
        "username": user.username, "first_name": user.first_name, "email": "", "role": user.role,
        "unit": "", "is_active": "on",
    } | changed  # fmt: skip
    if sent["unit"]:
        sent["unit"] = people["德感"].unit.pk
    sent = {name: value for name, value in sent.items() if name != "is_active" or value}
    assert client.post(f"/admin/parks/user/{user.pk}/change/", sent).status_code == 302
    assert browser.get("/tasks/").status_code == 302
    assert not AuthToken.objects.filter(user=user).exists()
    assert not OpenSession.objects.filter(user=user).exists()


def test_another_name_in_the_admin_ends_nothing(client, people):
    user = people["小石"]
    user.set_password(OWN)
    user.save()
    browser = sign_in(user, OWN)
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {"username": user.username, "first_name": "石工", "role": user.role, "is_active": "on"}
    assert client.post(f"/admin/parks/user/{user.pk}/change/", sent).status_code == 302
    assert browser.get("/tasks/").status_code == 200


# --- accounts from a sheet ------------------------------------------------------------------------
SHEET = [
    ["用户名", "姓名", "角色", "单位", "邮箱"],
    ["zhao", "赵一", "单位填报人", "德感街道", "zhao@example.cn"],
    ["qian", "钱二", "领导", "", ""],
]


def workbook(rows) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.name = "账号.xlsx"
    file.seek(0)
    return file


@pytest.fixture
def administrator(people) -> Client:
    client = Client()
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("way", ["workbook", "csv", "pasted"])
def test_a_sheet_makes_accounts_whose_first_passwords_are_shown_once(administrator, way):
    text = "\n".join(",".join(row) for row in SHEET)
    sent = {
        "workbook": lambda: {"sheet": workbook(SHEET)},
        "csv": lambda: {"sheet": named(text.encode("gb18030"), "账号.csv")},
        "pasted": lambda: {"pasted": text.replace(",", "\t")},
    }[way]()
    told = administrator.post("/accounts/import/", sent)
    assert told.status_code == 200
    made = {one.account.username: one.password for one in told.context["made"]}
    assert set(made) == {"zhao", "qian"}
    zhao = User.objects.get(username="zhao")
    assert (zhao.first_name, zhao.role, zhao.unit.name) == ("赵一", "unit_staff", "德感街道")
    for name, password in made.items():
        client = sign_in(User.objects.get(username=name), password)
        assert client.get("/tasks/").headers["Location"] == "/password/"
        assert password in told.content.decode()
    assert "password" not in str([event.details for event in SecurityEvent.objects.all()])
    assert SecurityEvent.objects.filter(action="account_made").count() == 2


def named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["", "孙三", "领导"], "第3行：“用户名”没有填写"),
        (["sun", "孙三", "厂长"], "第3行：没有角色“厂长”"),
        (["sun", "孙三", "单位填报人"], "单位填报人须写明单位"),
        (["sun", "孙三", "单位填报人", "无此镇"], "没有单位“无此镇”"),
        (["sun", "孙三", "领导", "德感街道"], "领导不属于单位"),
        (["sun ! ", "孙三", "领导"], "只能有字母"),
        (["qian", "孙三", "领导"], "在本表中重复"),
        (["sun", "孙三", "领导", "", "no mail"], "不是邮箱地址"),
        (["sun", "孙三", "单位填报人", "双福"], "请写全称"),
    ],
)
def test_one_wrong_row_makes_no_account_at_all(administrator, row, words):
    before = User.objects.count()
    told = administrator.post("/accounts/import/", {"sheet": workbook([SHEET[0], SHEET[2], row])})
    assert told.status_code == 400
    assert words in "".join(told.context["wrong"])
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 no workbook", b"", b"\xff\xfe\x00", b"a,b\n1,2", "用户名,姓名,角色".encode()],
)
def test_what_is_no_sheet_of_accounts_is_refused_in_words(administrator, content):
    before = User.objects.count()
    told = administrator.post("/accounts/import/", {"sheet": named(content, "账号.xlsx")})
    assert told.status_code == 400
    assert told.context["wrong"]
    assert User.objects.count() == before


def test_every_rule_says_in_chinese_what_it_wants(settings):
    """Django's own sentences are translated, or are not shown at all."""
    for rule in get_default_password_validators():
        said = rule.get_help_text()
        assert re.search(r"[\u4e00-\u9fff]", said), rule
        assert not re.search(r"[A-Za-z]{4}", said), said


def test_a_first_password_lapses_unused_and_an_own_one_does_not(clerk):
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, hours=-1)):
        sign_in(clerk, GIVEN)
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, hours=1)):
        sent = {"username": clerk.username, "password": GIVEN}
        told = Client().post("/login/", sent)
        assert told.status_code == 200
        assert "初始密码已过期" in told.content.decode()
        by_api = Client().post("/api/v1/login/", sent, content_type="application/json")
        assert (by_api.status_code, by_api.json()["code"]) == (403, "password_lapsed")
        # A wrong one learns nothing of it.
        wrong = Client().post("/login/", sent | {"password": "no-Such-1"}).content.decode()
        assert "初始密码已过期" not in wrong
        User.objects.filter(pk=clerk.pk).update(must_change_password=False)
        sign_in(clerk, GIVEN)
