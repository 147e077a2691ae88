"""What the API refuses about rosters: status, code and place of the mistake."""

import datetime as dt

import pytest

from enterprises.models import Quarter, RosterFirm, RosterVersion
from tests.api.calls import API, act, post_file, refused, registered
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db


def test_what_stands_against_a_submission_is_told_by_status_and_code(quarter, as_, settings):
    unit, content = as_("德感"), roster(firm(1))
    assert refused(post_file(unit, content, name="名册.pdf")) == (400, "invalid")
    assert refused(post_file(unit, b"", name="名册.xlsx")) == (400, "invalid")
    assert refused(post_file(unit, content, quarter="2026Q5")) == (400, "invalid")
    assert refused(post_file(unit, content, nil="true")) == (400, "invalid")
    assert refused(post_file(unit, content, reson="更正")) == (400, "invalid")
    assert refused(post_file(unit, content, query="?dryrun=true")) == (400, "invalid")
    assert refused(post_file(as_("小石"), content, unit="kjj")) == (400, "invalid")
    assert refused(unit.post(f"{API}rosters/", {"quarter": "2026Q3"}, format="json")) == (
        400,
        "invalid",
    )
    assert refused(unit.post(f"{API}rosters/", "<x/>", content_type="text/xml")) == (
        415,
        "unsupported_media_type",
    )
    assert refused(post_file(unit, content, unit="500116002")) == (403, "permission_denied")
    assert refused(post_file(as_("小石"), content)) == (403, "permission_denied")
    assert refused(post_file(as_("老郑"), content, unit="degan")) == (403, "permission_denied")
    assert not RosterVersion.objects.exists()
    settings.MAX_REGISTER_BYTES = 100
    assert refused(post_file(unit, content)) == (413, "too_large")
    settings.MAX_REGISTER_BYTES = 20_000_000
    assert post_file(unit, content).status_code == 202
    assert refused(post_file(unit, content)) == (409, "identical")
    Quarter.objects.update(locks_on=dt.date(2026, 10, 20))
    assert refused(post_file(unit, content)) == (409, "locked")


def test_what_stands_against_an_act_is_told_by_status_and_code(quarter, as_, send):
    registered(1)
    registered(2)
    unit, bureau = as_("德感"), as_("小石")
    version = send(firm(1))
    path = f"{API}roster-versions/{version['id']}/"

    def post(client, name, body):
        return refused(client.post(f"{path}{name}/", body, format="json"))

    assert post(unit, "hand-in", {}) == (400, "unanswered")
    assert post(unit, "take-back", {}) == (409, "state")
    assert post(bureau, "approve", {}) == (409, "state")
    assert post(bureau, "undo", {}) == (400, "invalid")
    assert post(bureau, "undo", {"reason": "试"}) == (409, "state")
    assert post(unit, "remarks", {"text": "早了"}) == (409, "state")
    for said in (
        {"firms": {code(9): {"word": "closed"}}},
        {"firms": {code(2): {"word": "gone"}}},
        {"firms": {code(2): {"day": "2026-13-01"}}},
        {"firms": {code(2): {"day": "2099-01-01"}}},
        {"firms": {code(2): {"to_unit": "kjj"}}},
        {"firms": {code(2): {"wrd": "closed"}}},
        {"firms": [code(2)]},
        {"reasons": {"R999|无": "好"}},
        {"reason": {}},
    ):
        assert post(unit, "answers", said) == (400, "invalid"), said
    mixed = {
        "firms": {code(2): {"word": "closed", "day": "2026-08-08"}},
        "reasons": {"R999|无": "好"},
    }
    assert post(unit, "answers", mixed) == (400, "invalid")
    assert RosterFirm.objects.get(uscc=code(2)).word == ""


def test_mistakes_inside_a_body_are_named_by_their_place(quarter, as_, send):
    registered(2)
    version = send(firm(1))
    body = {"firms": {code(2): {"word": "gone", "day": "tomorrow"}}}
    answer = act(as_("德感"), version, "answers", body, expect=400)
    assert set(answer["errors"]) == {f"firms.{code(2)}.word", f"firms.{code(2)}.day"}
