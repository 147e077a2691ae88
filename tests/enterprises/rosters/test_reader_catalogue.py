"""Every case of the catalogue of bad input through the sandbox: its sentence, within the limits of the child, and never much memory."""

import re

import pytest

from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading import sandbox
from tests.enterprises.bad_input import ELSEWHERE, READINGS, REFUSALS
from tests.enterprises.rosters.test_reader_sandbox import order

MEGABYTE = 1024 * 1024
PEAK_OF_A_BOMB, PEAK_OF_A_FILE = 100 * MEGABYTE, 220 * MEGABYTE


def names(cases):
    counted = {}
    for case in cases:
        counted[case.number] = counted.get(case.number, 0) + 1
        yield f"{case.number}.{counted[case.number]}"


@pytest.fixture
def reader_run(settings):
    """What comes of a file in a child with the portal's own limits."""
    # Of real time it may need more: how much else the machine does is nothing that a test knows.
    settings.READER_WALL_SECONDS = 600

    def watched(path):
        run = sandbox.run_reader(order(path))
        assert run.outcome, run
        return run

    return watched


@pytest.mark.parametrize("case", REFUSALS, ids=list(names(REFUSALS)))
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, reader_run, case):
    path = case.build(tmp_path)
    run = reader_run(path)
    assert isinstance(run.outcome, FileRefused)
    problem = run.outcome.problem
    assert case.words in problem.reason
    assert problem.address == path.name or "!" in problem.address
    assert problem.fix
    assert re.match(r"F0\d\d$", problem.code)
    assert 0 < run.peak_bytes < (PEAK_OF_A_BOMB if case.bomb else PEAK_OF_A_FILE)


@pytest.mark.parametrize("case", READINGS, ids=list(names(READINGS)))
def test_a_file_that_can_be_read_loses_nothing(tmp_path, reader_run, case):
    run = reader_run(case.build(tmp_path))
    reading = run.outcome
    if isinstance(reading, FileRefused):
        raise reading
    assert len(reading.rows) == case.firms
    found = [(problem.code, problem.address.partition("!")[2]) for problem in reading.problems]
    assert found == list(case.problems)
    assert case.said in "\n".join([*reading.notes, *(note.value for note in reading.ignored)])
    assert 0 < run.peak_bytes < PEAK_OF_A_FILE


def test_every_case_about_reading_is_here():
    here = {case.number for case in (*REFUSALS, *READINGS)}
    assert here | ELSEWHERE == set(range(1, 72))
    assert not here & ELSEWHERE
