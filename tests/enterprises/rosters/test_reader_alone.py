"""What the reader knows by itself of spreadsheets, held against the library it is spared: openpyxl."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.styles import numbers
from openpyxl.utils import cell, datetime

from enterprises.rosters.definition.letters import column_of, letter_of, number_of
from enterprises.rosters.reading.formats import days
from enterprises.rosters.reading.formats.number_format import BUILT_IN, GENERAL, Formats
from tests.effort import examples
from tests.services import BASE_DIR

LAST_COLUMN = 18_278
often = settings(deadline=None, max_examples=examples(400))


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except (ValueError, OverflowError) as refused:
        return OverflowError if isinstance(refused, OverflowError) else ValueError


def test_columns_have_their_letters():
    for number in range(1, LAST_COLUMN + 1):
        letters = letter_of(number)
        assert letters == cell.get_column_letter(number)
        assert number_of(letters) == number_of(letters.lower()) == number
        assert column_of(f"{letters}12") == number


@pytest.mark.parametrize("text", ["", "ABCD", "A1", "A-", "列"])
def test_what_is_no_column_is_refused(text):
    with pytest.raises(ValueError, match="no column"):
        number_of(text)


@pytest.mark.parametrize("text", ["", "A", "12", "ABCD1", "A1B", "列1", "A-1"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="no "):
        column_of(text)


@often
@given(st.floats(-1e7, 1e7), st.sampled_from([1900, 1904]))
@example(0.0, 1900)
@example(0.9999999999, 1900)
@example(1.0, 1900)
@example(59.5, 1900)
@example(60.0, 1900)
@example(-1e7, 1904)
@example(float("nan"), 1900)
@example(float("inf"), 1904)
def test_a_number_is_the_same_day(number, epoch):
    since = datetime.WINDOWS_EPOCH if epoch == 1900 else datetime.MAC_EPOCH
    assert outcome(days.day_of_number, number, epoch) == outcome(datetime.from_excel, number, since)
    assert outcome(days.duration_of_number, number) == outcome(
        datetime.from_excel, number, since, True
    )


MOMENTS = st.one_of(
    st.datetimes().map(dt.datetime.isoformat),
    st.dates().map(str),
    st.times().map(lambda time: time.isoformat("milliseconds")),
    st.from_regex(r"PT(\d{1,3}H)?(\d{1,3}M)?(\d{1,5}(\.\d{1,3})?S)?", fullmatch=True),
    st.text("0123456789-:TZ.PHMS", max_size=24),
)


@often
@given(MOMENTS)
@example("")
@example("2026-09-30T23:59:59.999Z")
@example("2026-02-30")
@example("24:00")
@example("PT36H")
def test_a_written_day_is_the_same_day(written):
    assert outcome(days.day_of_text, written) == outcome(datetime.from_ISO8601, written)


CODES = st.one_of(
    st.sampled_from([*numbers.BUILTIN_FORMATS.values(), *vars(numbers).values()]).filter(
        lambda code: isinstance(code, str)
    ),
    st.text('dmyhsDMYHSaAeEgG0#?,.%;@[]"\\_* -/:年月日红', max_size=12),
)


@often
@given(CODES)
@example("[hh]:mm")
@example("[s].0")
@example("[红色]0")
@example('"d"0;yyyy')
def test_a_format_shows_days_where_the_library_says_so(code):
    assert days.is_of_days(code) == numbers.is_date_format(code)
    assert days.is_of_durations(code) == numbers.is_timedelta_format(code)


def test_the_built_in_formats_that_are_left_out_show_numbers_as_they_are():
    ours, theirs = Formats(), Formats()
    for number in range(numbers.BUILTIN_FORMATS_MAX_SIZE):
        ours.add(number, number, BUILT_IN.get(number, GENERAL))
        theirs.add(number, number, numbers.BUILTIN_FORMATS.get(number, GENERAL))
    assert ours == theirs


def test_the_process_that_reads_starts_without_django_settings_and_without_openpyxl():
    """Either takes longer to start than a roster to read, and a person waits for each file."""
    code = "import sys; import enterprises.rosters.reading.reader_process; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "enterprises.rosters.reading.xlsx" in loaded
    assert not loaded & {"django.conf", "openpyxl", "asyncio"}
