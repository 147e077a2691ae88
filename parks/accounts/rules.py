"""What a password has to be: kinds of signs, no word of the place, none that the account has had.

等保 2.0 asks for length, kinds and a change from time to time (GB/T 22239-2019, 8.1.4.1); ASVS 5.0
6.2 for no reuse of words that others guess. How much of it holds, the settings say.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from parks.models import UsedPassword, User

WORDS = Path(__file__).parent.parent / "data" / "weak_words.txt"
SHORTEST_PART = 3
"""Of a name or number: fewer signs occur in any password."""


class Length:
    """At least so many signs. Django's own rule has no Chinese sentence any more."""

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return f"密码至少{self.least}个字符。"


class KindsOfSigns:
    """Of small letters, capitals, digits and other signs at least so many kinds."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(map(_kind_of, password))) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_few_kinds")

    def get_help_text(self) -> str:
        return f"密码应含大写字母、小写字母、数字、其他字符中的至少{self.kinds}种。"


class NoLocalWords:
    """More than a word of this place, of the account or of its unit must be left of it."""

    def __init__(self, rest: int = 6) -> None:
        self.rest = rest
        lines = WORDS.read_text(encoding="utf-8").splitlines()
        self._words = [line for line in lines if line and not line.startswith("#")]

    def validate(self, password: str, user: Any = None) -> None:
        rest = unicodedata.normalize("NFKC", password).lower()
        # The longest first: a short word may be part of a long one.
        for word in sorted([*self._words, *_parts_of(user)], key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < self.rest:
            raise ValidationError(self.get_help_text(), code="password_local_words")

    def get_help_text(self) -> str:
        return f"密码除去姓名、用户名、单位、年份、“123”和本地地名拼音以后，至少还应有{self.rest}个字符。"


class NotUsedBefore:
    """None of the account's last passwords, the present one included."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User) or not user.pk:
            return
        used = UsedPassword.objects.filter(user=user).order_by("-at", "-pk")
        hashes = {user.password, *used.values_list("hash", flat=True)[: self.last]}
        if any(check_password(password, one) for one in hashes if one):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Django calls this when a new password has been saved."""
        if not isinstance(user, User):
            return
        UsedPassword.objects.create(user=user, hash=user.password)
        User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now())
        kept = UsedPassword.objects.filter(user=user).order_by("-at", "-pk")[: self.last]
        UsedPassword.objects.filter(user=user).exclude(
            pk__in=kept.values_list("pk", flat=True)
        ).delete()

    def get_help_text(self) -> str:
        return f"不能与最近{self.last}次用过的密码相同。"


def _kind_of(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    if sign.isalpha() and sign.lower() != sign:
        return "capital"
    return "small" if sign.isalpha() else "other"


def _parts_of(user: Any) -> list[str]:
    if not isinstance(user, User):
        return []
    parts = [user.username, user.first_name, user.email.partition("@")[0]]
    if user.unit:
        parts += [user.unit.code, user.unit.name, user.unit.short_name]
    return [part.lower() for part in parts if len(part) >= SHORTEST_PART]
