"""A request sent again under its key: one effect, one answer, whatever happens in between."""

import datetime as dt
import threading
import time
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from enterprises.models import Job, RosterVersion
from parks.api.idempotency import ABANDONED, KEPT, idempotent
from parks.api.views import PortalApi
from parks.models import IdempotencyKey, Unit, User
from tests.enterprises.workbooks import firm, roster

pytestmark = pytest.mark.django_db
ROSTERS = "/api/v1/rosters/"
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture
def content() -> bytes:
    return roster(firm(1))


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def post(user: User, content: bytes, headers=KEY, name="名册.xlsx", **fields):
    body = {"quarter": "2026Q3", "file": SimpleUploadedFile(name, content), **fields}
    return signed_in(user).post(ROSTERS, body, format="multipart", headers=headers)


# --- rosters ------------------------------------------------------------------------------------------------------
def test_the_same_request_again_gets_the_same_answer_and_no_second_version(
    quarter, people, content
):
    first, again = post(people["德感"], content), post(people["德感"], content)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert (again.get("Idempotent-Replay"), first.get("Idempotent-Replay")) == ("true", None)
    assert (RosterVersion.objects.count(), Job.objects.count()) == (1, 1)


def test_without_a_key_nothing_is_remembered(quarter, people, content):
    assert [post(people["德感"], content, headers={}).status_code for _ in range(2)] == [202, 409]
    assert not IdempotencyKey.objects.exists()


def test_a_refusal_is_an_answer_like_any_other(quarter, people, content):
    post(people["德感"], content, headers={})
    first, again = post(people["德感"], content), post(people["德感"], content)
    assert first.status_code == again.status_code == 409
    assert again.json() == first.json()
    assert again["Content-Type"] == "application/problem+json"
    assert (again.json()["code"], again["Idempotent-Replay"]) == ("identical", "true")


def test_the_key_belongs_to_its_request(quarter, people, content):
    post(people["德感"], content)
    others = [
        post(people["德感"], roster(firm(2))),
        post(people["德感"], content, reason="更正"),
        post(people["德感"], content, name="另名.xlsx"),
        signed_in(people["德感"]).post(
            f"{ROSTERS}?dry_run=true", {"quarter": "2026Q3", "nil": True}, headers=KEY
        ),
        signed_in(people["德感"]).post(
            "/api/v1/roster-versions/1/hand-in/", {}, format="json", headers=KEY
        ),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in others] == [
        (422, "idempotency_key_reused")
    ] * 5
    assert RosterVersion.objects.count() == 1


def test_the_key_belongs_to_its_sender(quarter, people, content):
    post(people["德感"], content)
    answer = post(people["小石"], content, unit="degan")
    assert (answer.status_code, answer.json()["code"]) == (409, "identical")


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 256])
def test_a_key_that_is_none_is_refused(quarter, people, content, key):
    answer = signed_in(people["德感"]).post(
        ROSTERS, {"quarter": "2026Q3", "nil": True}, format="json", HTTP_IDEMPOTENCY_KEY=key
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not RosterVersion.objects.exists()


def test_what_the_server_could_not_do_may_be_tried_again(
    quarter, people, content, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "a-file"  # nothing can be kept below it
    settings.MEDIA_ROOT.touch()
    assert post(people["德感"], content).status_code == 503
    settings.MEDIA_ROOT = tmp_path / "uploads"
    assert post(people["德感"], content).status_code == 202


def test_keys_are_swept_after_their_time(quarter, people, content):
    post(people["德感"], content)
    IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    assert post(people["德感"], content).status_code == 202
    IdempotencyKey.objects.update(created_at=timezone.now() - KEPT - dt.timedelta(minutes=1))
    post(people["小石"], content, unit="degan")
    assert IdempotencyKey.objects.get().user == people["小石"]


# --- runs that die, hang or overlap -------------------------------------------------------------------------------
class Renaming(PortalApi):
    """Names a unit as told, then does what `then` says."""

    authentication_classes = ()
    permission_classes = ()

    @idempotent
    def post(self, request):
        Unit.objects.filter(code="degan").update(running_body=request.data["name"])
        Renaming.then()
        return Response({"name": request.data["name"]}, status=HTTPStatus.CREATED)


def renaming(user: User, then=lambda: None):
    Renaming.then = staticmethod(then)
    request = APIRequestFactory().post("/rename/", {"name": "甲"}, format="json", headers=KEY)
    force_authenticate(request, user)
    return Renaming.as_view()(request)


def running_body() -> str:
    return Unit.objects.get(code="degan").running_body


def test_a_run_that_dies_leaves_neither_effect_nor_key(people):
    before = running_body()

    def die():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renaming(people["小石"], die)
    assert running_body() == before
    assert renaming(people["小石"]).status_code == 201
    assert running_body() == "甲"


def test_a_refusal_takes_back_what_was_done_before_it(people):
    before = running_body()

    def refuse():
        raise exceptions.ValidationError({"name": ["不行"]})

    assert renaming(people["小石"], refuse).status_code == 400
    assert running_body() == before
    assert renaming(people["小石"]).status_code == 400  # the same request: the same answer


def test_while_one_runs_another_is_told_to_wait(people):
    answers = []
    renaming(people["小石"], lambda: answers.append(renaming(people["小石"])))
    assert [answer.status_code for answer in answers] == [409]
    assert (answers[0].data["code"], answers[0]["Retry-After"]) == ("idempotency_key_running", "1")


def test_the_key_of_a_dead_run_is_taken_over(people):
    renaming(people["小石"])
    died = IdempotencyKey.objects.filter(key=KEY["Idempotency-Key"])
    died.update(
        status=None, body=None, created_at=timezone.now() - ABANDONED + dt.timedelta(seconds=30)
    )
    assert renaming(people["小石"]).status_code == 409
    died.update(created_at=timezone.now() - ABANDONED - dt.timedelta(seconds=1))
    answer = renaming(people["小石"])
    assert (answer.status_code, answer.get("Idempotent-Replay")) == (201, None)
    assert renaming(people["小石"])["Idempotent-Replay"] == "true"


def test_who_lost_the_key_changes_nothing(people):
    before = running_body()
    lose = lambda: IdempotencyKey.objects.update(owner="another")  # noqa: E731
    assert renaming(people["小石"], lose).status_code == 409
    assert running_body() == before


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_version_and_get_one_answer(quarter, people, content):
    start = threading.Barrier(8)
    answers, waited = [], []

    def send():
        try:
            start.wait()
            while (answer := post(people["德感"], content)).status_code == 409:
                waited.append(answer.json()["code"])
                time.sleep(0.05)
            answers.append(
                (
                    answer.status_code,
                    answer["Location"],
                    answer.json(),
                    answer.get("Idempotent-Replay"),
                )
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert {answer[:2] for answer in answers} == {(202, answers[0][1])}
    assert all(answer[2] == answers[0][2] for answer in answers)
    assert [answer[3] for answer in answers].count(None) == 1
    assert set(waited) <= {"idempotency_key_running"}
    assert (
        RosterVersion.objects.count() == Job.objects.count() == IdempotencyKey.objects.count() == 1
    )
