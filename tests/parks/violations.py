"""Rows about people, units, requests and seals that the database must refuse, by the constraint that refuses them."""

from types import SimpleNamespace

from django.utils import timezone

from parks.models import IdempotencyKey, Seal, SealedBook, Unit, User


def idempotency_key(w: SimpleNamespace) -> IdempotencyKey:
    return IdempotencyKey.objects.create(
        user=w.official, key="k", action="POST /", created_at=timezone.now()
    )


def seal(**values: object) -> Seal:
    SealedBook.objects.get_or_create(name="trial")
    told = {"first": 1, "last": 2, "count": 2, "form": 1, "algorithm": "sm3", "digest": "a" * 64}
    return Seal.objects.create(book_id="trial", **{**told, **values})


OF_PEOPLE = {
    "unit_kind_known": lambda w: Unit.objects.create(kind="village", code="x", name="x"),
    "unit_name_not_blank": lambda w: Unit.objects.create(kind="park", code="x", name=""),
    "user_unit_iff_reporter": lambda w: User.objects.create(
        username="x", role="leader", unit=w.park
    ),
    "user_role_known": lambda w: User.objects.create(username="x", role="mayor"),
    "idempotency_key_once": lambda w: (idempotency_key(w), idempotency_key(w)),
}
OF_SEALS = {
    "seal_once": lambda w: (seal(), seal()),
    "seal_in_order": lambda w: seal(first=3),
    "seal_digest_shape": lambda w: seal(digest="G" * 64),
}
