import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from enterprises.uscc import ALPHABET, check_character, normalise, problem, validate_uscc

PUBLISHED = [
    "91110000600037341L",
    "91110108551385082Q",
    "11500381009320238D",
    "11500104009286420B",
    "11500000009276281J",
]
bodies = st.text(ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_right(code):
    assert problem(code) is None


@given(bodies)
def test_every_body_has_one_check_character(body):
    right = [last for last in ALPHABET if problem(body + last) is None]
    assert right == [check_character(body)]


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_substitution_is_detected(body, place, other):
    code = body + check_character(body)
    changed = code[:place] + other + code[place + 1 :]
    assert (problem(changed) is None) == (changed == code)


def test_remainder_zero_gives_the_check_character_zero():
    body = "0" * 17
    assert check_character(body) == "0"
    assert problem(body + "0") is None


@pytest.mark.parametrize("first", ["N", "Y"])
def test_a_letter_may_lead(first):
    body = first + "3500116MA5U12345"
    assert problem(body + check_character(body)) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "不能为空"),
        ("9111000060003734", "应为18位，现为16位"),
        ("91110000600037341LL", "现为19位"),
        ("9111OOOO600037341L", "O"),
        ("91110000600037341K", "校验位"),
        ("9111000060003734٣L", "不允许"),
    ],
)
def test_wrong_codes_are_explained(code, words):
    assert words in problem(code)
    with pytest.raises(ValidationError, match=words):
        validate_uscc(code)


def test_normalise_removes_what_the_eye_does_not_see():
    assert (
        normalise(" ９１11000\u200b060003\u00a07341ｌ\u3000\ufeff\u202e\u00ad")
        == "91110000600037341L"
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Mn"])))
def test_normalise_is_idempotent(text):
    assert normalise(normalise(text)) == normalise(text)
