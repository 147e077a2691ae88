"""The second factor: codes of an app (RFC 6238), and codes on paper for the day the app is gone.

ASVS 5.0 6.5: a code is good for once, also in another process, and the secret is not stored in
clear. Wrong codes are counted with wrong passwords, by whoever asks.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import unicodedata

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from parks.models import RecoveryCode, SecondFactor, User

STEP_SECONDS = 30
TOLERANCE = 1
"""Steps before and after: a code is typed across their borders, and clocks differ by a second."""
RECOVERY_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other on paper."""


def factor_of(user: User) -> SecondFactor | None:
    """The one that is in use."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def is_required(user: User) -> bool:
    return user.role in settings.SECOND_FACTOR_ROLES


def begin(user: User) -> SecondFactor:
    """A secret that waits for the first code; the same again until there is one."""
    waiting = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    if waiting is not None:
        return waiting
    return SecondFactor.objects.create(user=user, secret=_encrypted(pyotp.random_base32()))


def secret_of(factor: SecondFactor) -> str:
    """In base32, as an app asks for it. Raises InvalidToken where the field key is another one."""
    return _cipher().decrypt(factor.secret.encode()).decode()


def picture_of(factor: SecondFactor, issuer: str) -> str:
    """The secret as a QR code: a data URI of an SVG."""
    totp = pyotp.TOTP(secret_of(factor))
    address = totp.provisioning_uri(name=factor.user.username, issuer_name=issuer)
    # In black on white whatever the page is like: apps read nothing else.
    return segno.make(address, error="m").svg_data_uri(scale=5, light="white")


def confirm(factor: SecondFactor, code: str) -> list[str]:
    """The app has shown a right code: from now on one is asked for. Gives the recovery codes, once.

    Empty where the code is wrong.
    """
    with transaction.atomic():
        if not _takes_step(factor, code):
            return []
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=timezone.now())
        return _new_recovery_codes(factor)


def accepts(factor: SecondFactor, code: str) -> bool:
    """Whether this is a code of the app, or one on paper; either is good for once."""
    if _takes_step(factor, code):
        return True
    digest = _digest(factor, _plain(code))
    unused = RecoveryCode.objects.filter(factor=factor, digest=digest, used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def codes_left(factor: SecondFactor) -> int:
    return RecoveryCode.objects.filter(factor=factor, used_at=None).count()


def remove(user: User) -> bool:
    """Whether there was one."""
    deleted, _ = SecondFactor.objects.filter(user=user).delete()
    return bool(deleted)


def _takes_step(factor: SecondFactor, code: str) -> bool:
    """The step of a right code is taken, by one condition: no other process takes it again."""
    try:
        totp = pyotp.TOTP(secret_of(factor))
    except InvalidToken:
        return False
    plain, now = _plain(code), int(time.time()) // STEP_SECONDS
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if secrets.compare_digest(totp.generate_otp(step), plain):
            fresh = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
            return bool(fresh.update(last_step=step))
    return False


def _new_recovery_codes(factor: SecondFactor) -> list[str]:
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(factor=factor).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=_digest(factor, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(code: str) -> str:
    """As it is kept: without spaces and hyphens, in small letters, in ASCII."""
    text = unicodedata.normalize("NFKC", code).lower()
    return "".join(sign for sign in text if sign.isascii() and sign.isalnum())


def _digest(factor: SecondFactor, code: str) -> str:
    # Fifty random bits under a key that is not in the database: no slow hash is needed.
    salt = f"recovery-{factor.pk}"
    return salted_hmac(salt, code, secret=settings.FIELD_KEY, algorithm="sha256").hexdigest()


def _encrypted(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(f"second factor {settings.FIELD_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
