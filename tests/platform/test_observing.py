"""What those who run the portal are told: a number for each request, lines without names, /metrics."""

import logging
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jiangjin_portal.observing.lines import RequestFilter
from parks.models import SecurityEvent

pytestmark = pytest.mark.django_db
TOKEN = "a-long-token-for-prometheus"


@pytest.fixture
def lines(caplog):
    """Lines of the log as they are printed."""
    caplog.handler.addFilter(RequestFilter())
    caplog.handler.setFormatter(
        logging.Formatter("%(name)s %(request)s %(person)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
    )
    caplog.set_level(logging.INFO)
    return caplog


def numbers(client, **headers) -> dict[str, dict[tuple, float]]:
    """Name → labels → value."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert answer.status_code == 200
    found: dict[str, dict[tuple, float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_each_request_has_a_number_and_a_line_without_names_or_questions(client, people, lines):
    client.force_login(people["小石"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/firms/?q=某某公司")
    number = answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    (line,) = [line for line in lines.text.splitlines() if line.startswith("portal.requests")]
    assert re.fullmatch(
        rf"portal\.requests {number} {people['小石'].pk} GET /firms/ 200 \d+ ms", line
    )
    assert "某某" not in lines.text
    assert people["小石"].username not in lines.text


def test_a_number_of_somebody_else_is_taken_from_the_gateway_alone(client, settings):
    given = "0123456789abcdef"
    assert client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given
    settings.SECURE = True
    assert client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    forged = client.get("/livez", headers={"X-Request-ID": "short; drop"})
    assert "drop" not in forged.headers["X-Request-ID"]


def test_the_security_log_names_the_request(client):
    answer = client.post("/login/", {"username": "nobody", "password": "wrong-horse-9"})
    assert SecurityEvent.objects.get().request_id == answer.headers["X-Request-ID"]


def test_the_numbers_are_for_whoever_holds_the_token(client, settings, people):
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for given in ("", "Bearer", "Bearer wrong", TOKEN):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_the_numbers_tell_of_requests_jobs_backups_and_seals(client, settings):
    settings.METRICS_TOKEN = TOKEN
    before = numbers(client)
    for _ in range(3):
        client.get("/livez")
    client.get("/no/such/address/1")
    client.get("/no/such/address/2")
    after = numbers(client)

    def grown(*labels: tuple[str, str]) -> float:
        key = tuple(sorted(labels))
        counted = after["portal_requests_total"][key]
        return counted - before["portal_requests_total"].get(key, 0)

    assert grown(("method", "GET"), ("route", "livez"), ("status", "200")) == 3
    # Addresses that do not exist are one line, however many somebody thinks of.
    assert grown(("method", "GET"), ("route", "none"), ("status", "404")) == 2
    assert after["portal_last_backup_timestamp_seconds"][()] == 0
    assert after["portal_queue_age_seconds"][()] == 0
    assert set(after["portal_last_seal_timestamp_seconds"])
