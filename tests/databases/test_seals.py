"""Whoever changes, deletes, adds or cuts off rows of a sealed book is found out, at the transaction concerned."""

import datetime as dt
import hashlib
import json
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from enterprises.models import LedgerEntry, LedgerHead
from enterprises.models.ledger import LEDGER
from jiangjin_portal import sealed_books
from parks.append_only import keep_rows
from parks.models import Seal, SecurityEvent
from parks.sealing import seal_new
from parks.sealing.chain import last_seal
from parks.sealing.check import broken_seals
from parks.sealing.marks import MarksRefused, file_of, marks_of_days, not_as_marked, read_file
from parks.security import record_event
from tests.firms import firm

pytestmark = pytest.mark.django_db
TABLE, SEALS = "enterprises_ledgerentry", "parks_seal"


@pytest.fixture
def ledger(plan) -> list[Seal]:
    """Three transactions with their seals; the guards of the tables are off, as whoever owns them can have them."""
    for _ in range(3):
        firm(hnte=True)
    with connection.cursor() as cursor:
        for table, guard in ((TABLE, "ledger_append_only"), (SEALS, "seal_append_only")):
            if connection.vendor == "postgresql":
                # What is still to be checked at the end would forbid to change the table now.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
            else:
                cursor.execute(f"DROP TRIGGER {guard}")
    assert not found()
    return list(Seal.objects.filter(book="ledger").order_by("last"))


def found() -> list[str]:
    return list(broken_seals(LEDGER))


def entries(seal: Seal):
    return LedgerEntry.objects.filter(pk__gte=seal.first, pk__lte=seal.last).order_by("pk")


def change(**values):
    def tamper(seal: Seal) -> None:
        entries(seal)[1:2].get().__class__.objects.filter(pk=entries(seal)[1].pk).update(**values)

    return tamper


def one_microsecond_later(seal: Seal) -> None:
    entry = entries(seal)[0]
    LedgerEntry.objects.filter(pk=entry.pk).update(at=entry.at + dt.timedelta(microseconds=1))


def one_value_within(seal: Seal) -> None:
    entry = entries(seal).exclude(after={})[0]
    LedgerEntry.objects.filter(pk=entry.pk).update(after={**entry.after, "name": "另一家"})


def two_rows_change_places(seal: Seal) -> None:
    one, other = entries(seal)[:2]
    LedgerEntry.objects.filter(pk=one.pk).update(act=other.act, after=other.after)
    LedgerEntry.objects.filter(pk=other.pk).update(act=one.act, after=one.after)


def delete(position: int):
    def tamper(seal: Seal) -> None:
        entries(seal).filter(pk=list(entries(seal))[position].pk)._raw_delete("default")

    return tamper


def insert_into_a_gap(seal: Seal) -> None:
    """A row is taken out of the last transaction and put, under the number it had, into this one."""
    entry = entries(seal)[1]
    entries(seal).filter(pk=entry.pk)._raw_delete("default")
    entry.reason = "补记"
    LedgerEntry.objects.bulk_create([entry])


def delete_all_of_it(seal: Seal) -> None:
    entries(seal)._raw_delete("default")


def change_the_seal(seal: Seal) -> None:
    Seal.objects.filter(pk=seal.pk).update(digest="0" * 64)


TAMPERED = {
    "text": change(reason="改"),
    "act": change(act="closed"),
    "day": change(effective_on=dt.date(2001, 1, 1)),
    "person": change(source_id=None, by_id=None, reason=" "),
    "microsecond": one_microsecond_later,
    "value": one_value_within,
    "order": two_rows_change_places,
    "first row": delete(0),
    "last row": delete(-1),
    "exchanged row": insert_into_a_gap,
    "whole transaction": delete_all_of_it,
    "seal": change_the_seal,
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_what_was_tampered_with_is_found_at_its_transaction(ledger, tamper):
    middle = ledger[1]
    tamper(middle)
    where = f"变更账簿第{middle.first}至{middle.last}条"
    assert where in found()[0]
    # A changed seal is missed by the next, too, which was chained to it; nothing else is.
    others = [sentence for sentence in found() if where not in sentence]
    assert len(others) == (tamper is change_the_seal)


def test_a_missing_row_is_counted(ledger):
    delete(0)(ledger[1])
    assert f"缺1条：封存时{ledger[1].count}条，现有{ledger[1].count - 1}条" in found()[0]


def test_a_seal_that_is_gone_is_missed(ledger):
    Seal.objects.filter(pk=ledger[1].pk)._raw_delete("default")
    (sentence,) = found()
    assert sentence.startswith(f"变更账簿第{ledger[2].first}至{ledger[2].last}条")
    assert f"多{ledger[1].count}条" in sentence


def test_rows_without_a_seal_are_told(ledger):
    kept = entries(ledger[2])[0]
    kept.pk, kept.undoes = None, None
    kept.save(force_insert=True)
    assert found() == ["变更账簿末尾有1条没有封存。"]


def cut_off_the_end() -> None:
    """The last transaction with its seal and the head: inside the database nothing is amiss."""
    last = last_seal(LEDGER)
    delete_all_of_it(last)
    Seal.objects.filter(pk=last.pk)._raw_delete("default")
    LedgerHead.objects.update(last_entry=LedgerEntry.objects.order_by("-pk").first().pk)


def seal_all_anew() -> None:
    change(reason="改")(Seal.objects.filter(book="ledger").order_by("last")[1])
    Seal.objects.filter(book="ledger")._raw_delete("default")
    seal_new(LEDGER, 1)


@pytest.mark.parametrize("cheat", [cut_off_the_end, seal_all_anew])
def test_only_seals_kept_elsewhere_show_a_book_that_was_made_to_fit(ledger, cheat):
    body = json.loads(json.dumps(file_of(marks_of_days(sealed_books.BOOKS))))
    kept = read_file(body)
    assert not list(not_as_marked(kept, sealed_books.BOOKS))
    cheat()
    assert not found()
    (sentence,) = not_as_marked(kept, sealed_books.BOOKS)
    assert sentence.startswith("变更账簿")
    assert str(ledger[2].last) in sentence


def test_a_later_day_does_not_make_an_earlier_mark_wrong(ledger):
    kept = marks_of_days(sealed_books.BOOKS)
    firm()
    assert not list(not_as_marked(kept, sealed_books.BOOKS))


@pytest.mark.parametrize(
    "body", [[], {}, {"format": "other"}, {"format": "jiangjin-portal-seals", "format_version": 9}]
)
def test_a_foreign_file_is_no_file_of_seals(body):
    with pytest.raises(MarksRefused):
        read_file(body)


def test_the_digest_can_be_found_by_whoever_has_the_rows(ledger):
    """By the description alone, without the portal's code: H(before ‖ length ‖ row …), row as JSON of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE} ORDER BY id")
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    before = ""
    for seal in ledger:
        digest = hashlib.new(seal.algorithm, before.encode())
        for row in rows:
            if seal.first <= row["id"] <= seal.last:
                values = [plainly(name, row[name]) for name in LEDGER.forms[seal.form]]
                text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                digest.update(len(text.encode()).to_bytes(8, "big") + text.encode())
        before = digest.hexdigest()
        assert before == seal.digest


def plainly(name: str, value: object) -> object:
    if name in ("before", "after", "cells") and isinstance(value, str):
        return json.loads(value)
    if name == "at":
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
        zone = moment.tzinfo or dt.UTC
        return moment.replace(tzinfo=zone).astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def test_what_is_undone_with_its_transaction_leaves_no_seal(ledger):
    with transaction.atomic():
        firm()
        transaction.set_rollback(True)
    assert Seal.objects.filter(book="ledger").count() == 3
    firm()
    assert not found()


@pytest.mark.parametrize("name", ["ledger", "security_event"])
def test_the_database_refuses_to_empty_a_ledger(plan, name):
    """Test databases go without this guard; it is made here as the migrations make it."""
    table = {"ledger": TABLE, "security_event": "parks_securityevent"}[name]
    firm()
    record_event(SecurityEvent.Action.SEALED)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    keep_rows(connection.schema_editor(), table, name, "账")
    statement = {"postgresql": f"TRUNCATE {table} CASCADE", "sqlite": f"DELETE FROM {table}"}
    with (
        pytest.raises(IntegrityError, match=f"{name}_undeletable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement[connection.vendor])


def test_a_replaced_row_is_a_deleted_row(plan):
    """SQLite asks the guards only where triggers may follow from triggers: INSERT OR REPLACE else walks past them."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone knows INSERT OR REPLACE")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        assert cursor.fetchone() == (1,)


class TestSecurityLog:
    def test_an_event_is_sealed_and_cannot_be_rewritten(self, people):
        event = record_event(
            SecurityEvent.Action.EXPORTED, person=people["小石"], about="企业名单", rows=3
        )
        assert (event.name, event.role) == (str(people["小石"]), "bureau_staff")
        assert Seal.objects.filter(book="security", last=event.pk).exists()
        with (
            pytest.raises(IntegrityError, match="security_event_append_only"),
            transaction.atomic(),
        ):
            SecurityEvent.objects.update(rows=2)

    def test_what_nobody_may_read_again_is_not_kept(self, people):
        details = {"password": ["abc", "def"], "api_key": "k-12345", "role": ["leader", "auditor"]}
        event = record_event(SecurityEvent.Action.ACCOUNT_CHANGED, details=details)
        event.refresh_from_db()
        assert event.details["role"] == ["leader", "auditor"]
        assert not re.search("abc|def|12345", json.dumps(event.details))

    def test_signs_that_would_begin_a_line_are_left_out(self, db):
        event = record_event(
            SecurityEvent.Action.SIGN_IN_FAILED, name="a\nb\x00c\u202ed", about="长" * 300
        )
        event.refresh_from_db()
        assert event.name == "abcd"
        assert len(event.about) == 200

    def test_the_address_is_that_of_the_client(self, db, rf):
        request = rf.get("/", REMOTE_ADDR="10.1.4.22", HTTP_X_FORWARDED_FOR="1.1.1.1, 10.9.9.9")
        assert record_event(SecurityEvent.Action.REFUSED, request=request).address == "10.1.4.22"
        with override_settings(SECURE=True):
            event = record_event(SecurityEvent.Action.REFUSED, request=request)
        assert event.address == "10.9.9.9"
