"""The unified social credit code (统一社会信用代码, GB 32100-2015): its spelling and its check character.

The region digits (3-8) are not a test of location, and the first character may be a letter (N, Y).
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# As the standard lays down: the powers of 3 modulo 31.
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORDINAL = {character: number for number, character in enumerate(ALPHABET)}

_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """NFKC, upper case, without white space and invisible format characters (category Cf)."""
    if text.isascii():
        return _SPACE.sub("", text).upper()
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    upper = unicodedata.normalize("NFKC", visible).upper()
    # Taking out upper-case forms and spaces can leave letter and accent apart: compose once more.
    return unicodedata.normalize("NFKC", _SPACE.sub("", upper))


def check_character(code17: str) -> str:
    """The 18th character for the first 17; KeyError for a character outside the alphabet."""
    total = sum(
        ORDINAL[character] * weight for character, weight in zip(code17, WEIGHTS, strict=True)
    )
    # The outer modulo matters: a remainder of 0 gives the character "0", not a 31st one.
    return ALPHABET[(31 - total % 31) % 31]


def problem(code: str) -> str | None:
    """Why a normalised code cannot be right, in Chinese; None when it can."""
    if not code:
        return "统一社会信用代码不能为空"
    if len(code) != 18:
        return f"统一社会信用代码应为18位，现为{len(code)}位"
    foreign = sorted({character for character in code if character not in ORDINAL})
    if foreign:
        return (
            f"统一社会信用代码含有不允许的字符：{'、'.join(foreign)}"
            "（只用数字和大写字母，不含I、O、S、V、Z）"
        )
    if check_character(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不符，至少有一位写错"
    return None


def validate_uscc(value: str) -> None:
    """Django validator; the value must already be normalised."""
    reason = problem(value)
    if reason:
        raise ValidationError(f"{reason}。", code="uscc")


def validate_search(text: str) -> None:
    """Django validator: of unseen signs alone nothing is left, and nothing is a part of every name."""
    if not normalise(text):
        raise ValidationError("没有可检索的文字。")
