"""What the security log hears of, through the doors by which it happens; and the auditor's page of it."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from jiangjin_portal import sealed_books
from parks.models import SecurityEvent, Unit, User
from tests.firms import firm
from tests.test_access import signed_in

pytestmark = pytest.mark.django_db
Action = SecurityEvent.Action
PAGE = "/security-log/"
PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def clerk(people) -> User:
    people["小石"].set_password(PASSWORD)
    people["小石"].save()
    return people["小石"]


def events(action: str) -> list[SecurityEvent]:
    return list(SecurityEvent.objects.filter(action=action).order_by("pk"))


def last() -> SecurityEvent:
    return SecurityEvent.objects.latest("pk")


def sign_in(client: Client, name: str, password: str):
    return client.post("/login/", {"username": name, "password": password})


class TestSigningIn:
    def test_in_and_out(self, client, clerk):
        assert sign_in(client, clerk.username, PASSWORD).status_code == 302
        client.post("/logout/")
        told = [
            (one.action, one.person, one.role, one.about)
            for one in SecurityEvent.objects.order_by("pk")
        ]
        assert told == [
            ("signed_in", clerk, "bureau_staff", "/login/"),
            ("signed_out", clerk, "bureau_staff", "/logout/"),
        ]
        assert last().address == "127.0.0.1"

    def test_failures_and_the_lock_out(self, client, clerk):
        for _ in range(6):
            sign_in(client, clerk.username, "wrong")
        failed = events(Action.SIGN_IN_FAILED)
        assert {(one.name, one.result, one.person) for one in failed} == {
            (clerk.username, "refused", None)
        }
        # Five wrong ones lock it: the fifth is told as that, and so is whatever follows.
        assert len(failed) == 4
        assert [one.name for one in events(Action.LOCKED_OUT)] == [clerk.username] * 2

    @pytest.mark.parametrize("door", ["/login/", "/api/v1/login/"])
    def test_a_password_typed_into_the_field_of_the_name_is_not_kept(self, client, clerk, door):
        kind = "application/json" if "api" in door else MULTIPART_CONTENT
        sent = {"username": PASSWORD, "password": PASSWORD}
        client.post(door, sent, content_type=kind)
        (failed,) = events(Action.SIGN_IN_FAILED)
        assert (failed.name, failed.about) == ("（没有这个账号）", door)
        assert PASSWORD not in str(list(SecurityEvent.objects.values()))

    def test_the_admin_has_no_door_of_its_own(self, client, clerk, people):
        led = client.get("/admin/login/?next=/admin/parks/unit/")
        assert led.headers["Location"] == "/login/?next=/admin/parks/unit/"
        sent = {"username": people["安安"].username, "password": PASSWORD}
        assert client.post("/admin/login/", sent).headers["Location"].startswith("/login/")
        client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/admin/", follow=True).status_code == 403
        assert client.post("/admin/logout/").status_code == 302
        assert last().action == "signed_out"

    def test_a_key_is_made_for_a_program_and_never_told(self, client, clerk):
        body = {"username": clerk.username, "password": PASSWORD}
        answer = client.post("/api/v1/login/", body, content_type="application/json")
        (made,) = events(Action.KEY_MADE)
        assert (made.person, made.about) == (clerk, "")
        assert answer.json()["token"] not in str(list(SecurityEvent.objects.values()))

    def test_a_key_made_by_command_names_whom_it_is_for(self, clerk, capsys):
        call_command("api_token", clerk.username, "--days", "30")
        (made,) = events(Action.KEY_MADE)
        assert (made.about, made.details) == (str(clerk), {"days": 30})
        assert capsys.readouterr().out.strip() not in str(list(SecurityEvent.objects.values()))

    def test_an_own_password_is_changed(self, client, clerk):
        client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
        new = "another-horse-battery-8"
        sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert client.post("/password/", sent).status_code == 302
        assert [one.person for one in events(Action.PASSWORD_CHANGED)] == [clerk]


class TestAdministration:
    def test_an_account_is_changed_with_what_it_was_before(self, people):
        user = people["德感"]
        client = signed_in(people, "安安")
        address = reverse("admin:parks_user_change", args=[user.pk])
        sent = {"username": user.username, "first_name": user.first_name, "email": "",
                "role": "leader", "unit": "", "is_active": "on"}  # fmt: skip
        assert client.post(address, sent).status_code == 302
        (changed,) = events(Action.ACCOUNT_CHANGED)
        assert changed.person == people["安安"]
        assert changed.about == f"用户 {user}"
        assert changed.details == {
            "角色": ["单位填报人", "领导"], "单位": [str(user.unit), ""],
        }  # fmt: skip

    def test_a_password_is_set_and_not_told(self, people):
        client = signed_in(people, "安安")
        address = reverse("admin:auth_user_password_change", args=[people["德感"].pk])
        sent = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
        assert client.post(address, sent).status_code == 302
        (set_,) = events(Action.PASSWORD_SET)
        assert set_.about == f"用户 {people['德感']}"
        assert PASSWORD not in str(list(SecurityEvent.objects.values()))

    def test_a_new_account_is_told_without_its_password(self, people):
        client = signed_in(people, "安安")
        sent = {"username": "newcomer", "first_name": "新人", "role": "leader", "unit": "",
                "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}  # fmt: skip
        assert client.post(reverse("admin:parks_user_add"), sent).status_code == 302
        (made,) = events(Action.ACCOUNT_MADE)
        assert made.details["用户名"] == ["", "newcomer"]
        assert PASSWORD not in str(list(SecurityEvent.objects.values()))

    def test_reference_data_is_changed_with_what_it_was_before(self, people):
        unit = Unit.objects.get(code="degan")
        client = signed_in(people, "安安")
        address = reverse("admin:parks_unit_change", args=[unit.pk])
        sent = {"name": unit.name, "short_name": "德感园", "running_body": unit.running_body,
                "aliases": "\n".join(unit.aliases), "order": unit.order}  # fmt: skip
        assert client.post(address, sent).status_code == 302
        (changed,) = events(Action.SETTING_CHANGED)
        assert changed.about == f"单位 {unit.name}"
        assert changed.details == {"简称": [unit.short_name, "德感园"]}

    def test_a_change_that_is_refused_leaves_no_entry(self, people):
        unit = Unit.objects.get(code="degan")
        client = signed_in(people, "安安")
        address = reverse("admin:parks_unit_change", args=[unit.pk])
        assert client.post(address, {"name": ""}).status_code == 200
        assert events(Action.SETTING_CHANGED) == []


class TestLeaving:
    def test_a_list_leaves_with_its_rows_and_what_was_asked(self, people):
        for _ in range(3):
            firm(hnte=True)
        client = signed_in(people, "小石")
        assert client.get(reverse("firm_export"), {"park": "degan"}).status_code == 200
        (exported,) = events(Action.EXPORTED)
        assert (exported.person, exported.rows) == (people["小石"], 3)
        assert (exported.about, exported.details) == (
            reverse("firm_export"),
            {"条件": "park=degan"},
        )

    def test_a_question_not_understood_exports_nothing_and_tells_nothing(self, people):
        client = signed_in(people, "小石")
        assert client.get(reverse("firm_export"), {"park": "x"}).status_code == 400
        assert not SecurityEvent.objects.exists()

    @pytest.mark.parametrize("address", ["/recompute/", "/api/v1/enterprises/"])
    def test_a_refusal_is_told(self, people, address):
        client = signed_in(people, "德感")
        assert client.post(address, {}, content_type="application/json").status_code == 403
        (refused,) = events(Action.REFUSED)
        assert (refused.person, refused.result) == (people["德感"], "refused")
        assert refused.about == f"POST {address}"

    def test_who_is_not_signed_in_is_led_to_the_door_and_not_noted(self, client, plan):
        assert client.get("/firms/").status_code == 302
        assert not SecurityEvent.objects.exists()


class TestThePage:
    @pytest.fixture
    def auditor(self, people) -> Client:
        firm()
        client = signed_in(people, "小石")
        client.get(reverse("firm_export"))
        signed_in(people, "德感").post("/recompute/")
        return signed_in(people, "审计")

    def test_the_auditor_reads_it_and_searches_it(self, auditor, people):
        html = auditor.get(PAGE).content.decode()
        for words in (
            "拒绝访问",
            "导出",
            "1行",
            str(people["小石"]),
            "POST /recompute/",
            "变更账簿",
        ):
            assert words in html
        found = auditor.get(PAGE, {"action": "refused"}).context["lines"]
        assert [line.event.action for line in found] == ["refused"]
        assert auditor.get(PAGE, {"q": "recompute"}).context["page"].paginator.count == 1
        assert auditor.get(PAGE, {"q": str(people["小石"])}).context["page"].paginator.count == 1
        assert auditor.get(PAGE, {"since": "2999-01-01"}).context["page"].paginator.count == 0
        assert auditor.get(PAGE, {"action": "x"}).status_code == 400

    def test_it_is_exported_and_that_is_told_too(self, auditor, people):
        answer = auditor.get(f"{PAGE}export.csv", {"result": "refused"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) == 2
        assert "POST /recompute/" in rows[1]
        assert (last().action, last().person, last().rows) == ("exported", people["审计"], 1)

    def test_the_seals_are_taken_out_and_verify_holds_the_portal_to_them(self, auditor, tmp_path):
        kept = tmp_path / "seals.json"
        kept.write_bytes(auditor.get(f"{PAGE}seals.json").content)
        books = {mark["book"] for mark in json.loads(kept.read_text())["marks"]}
        assert books == {"ledger", "security"}
        assert last().action == "downloaded"
        assert not list(sealed_books.broken())

    def test_the_number_of_questions_follows_no_number_of_events(
        self, auditor, django_assert_max_num_queries
    ):
        auditor.get(PAGE)
        with django_assert_max_num_queries(14) as few:
            auditor.get(PAGE)
        asked = len(few)
        for _ in range(20):
            auditor.get(f"{PAGE}export.csv")
        with django_assert_max_num_queries(asked):
            auditor.get(PAGE)
