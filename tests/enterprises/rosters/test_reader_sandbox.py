"""The sandbox: the same reading as without it; whatever becomes of the child, a sentence, and never harm to the parent."""

import contextlib
import os
import pickle
import re
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import xlwt
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.table import MAX_DATA_ROWS
from enterprises.rosters.reading import reader_message, sandbox
from enterprises.rosters.reading.reader_process import ReadingOrder
from enterprises.rosters.reading.sheet import Reading
from enterprises.sandbox import parent, starting
from tests.effort import examples
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import TODAY, firm, lines, read, repacked, xlsx


@pytest.fixture
def good(tmp_path):
    return xlsx(
        tmp_path / "名册.xlsx",
        lines(firm(1), firm(2, revenue="很多"), firm(3, town="德感街道办事处")),
    )


def sandboxed(path, **options):
    return sandbox.read_safely(path, path.name, VOCABULARY, TODAY, **options)


def order(path, max_rows=MAX_DATA_ROWS, **changed):
    limits = {
        "max_rows": max_rows,
        "max_bytes": 20_000_000,
        "max_outcome_bytes": sandbox.MAX_OUTCOME_BYTES,
    } | changed
    return ReadingOrder(path, path.name, VOCABULARY, TODAY, mapping={}, **limits)


def test_the_jail_gives_the_very_reading(good, samples):
    for path in (good, samples / "2026Q3" / "degan.xlsx", samples / "2026Q2" / "baisha.xls"):
        assert sandboxed(path) == read(path)


def test_raw_values_stay_with_their_fields_when_columns_stand_in_another_order(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        [[*reversed(line)] for line in lines(firm(1), firm(2, remark=None))[1:]],
    )
    reading = sandboxed(path)
    assert reading == read(path)
    assert reading.rows[0].seen["name"] == firm(1)["name"]


def test_a_refusal_comes_out_as_it_is_with_the_titles_to_ask_about(tmp_path):
    rows = lines(firm())
    rows[1] = ["单位全名称" if title == "企业名称" else title for title in rows[1]]
    path = xlsx(tmp_path / "a.xlsx", rows)
    with pytest.raises(FileRefused) as inside:
        read(path)
    with pytest.raises(FileRefused) as outside:
        sandboxed(path)
    assert outside.value.problem == inside.value.problem
    assert outside.value.layout == inside.value.layout == "roster"
    assert outside.value.unknown_titles == inside.value.unknown_titles
    assert outside.value.unknown_titles[0].suggestion == "name"


def test_progress_comes_through_while_it_works(tmp_path, monkeypatch):
    monkeypatch.setattr(parent, "BEAT_SECONDS", 0.0)
    seen = []
    sandboxed(
        xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(3000)))),
        beat=lambda phase, *, done, total: seen.append((phase, done, total)),
    )
    assert {phase for phase, _, _ in seen} >= {"读取工作表", "核对单元格"}
    assert max(total or 0 for _, _, total in seen) >= 3000


def under(number) -> list[tuple[int, str]]:
    """Processes that this one has started: number and command line."""
    found = subprocess.run(
        ["ps", "-ww", "--ppid", str(number), "-o", "pid=", "-o", "args="],
        capture_output=True,
        text=True,
    ).stdout
    lines = (line.strip().partition(" ") for line in found.splitlines())
    return [(int(pid), command) for pid, _, command in lines]


def children(parent=None) -> list[int]:
    """What works or still waits for an order; the process that forks them lives on."""
    return [
        child
        for server, command in under(parent or os.getpid())
        if sandbox.CHILD in command
        for child, its_command in under(server)
        if "defunct" not in its_command
    ]


def test_what_the_beat_raises_kills_the_child_and_passes_through(tmp_path, monkeypatch):
    monkeypatch.setattr(parent, "BEAT_SECONDS", 0.0)

    def lost(phase, *, done, total):
        raise LookupError("lease lost")

    with pytest.raises(LookupError, match="lease lost"):
        sandboxed(xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(3000)))), beat=lost)
    assert children() == []


# --- what may become of the child -----------------------------------------------------------------------------------
def refusal_code(path, **options):
    with pytest.raises(FileRefused) as refusal:
        sandboxed(path, **options)
    problem = refusal.value.problem
    assert problem.address == path.name
    assert re.search(r"[\u4e00-\u9fff]", problem.reason)
    assert problem.fix
    return problem.code


def fated(path, monkeypatch, script):
    """Let the next child run this instead; `out` is the pipe to the parent."""
    lines = textwrap.indent(script or "pass", "    ")
    start = "import os, sys\ndef carry_out(order, beat):\n    out = open(3, 'wb', buffering=0)\n"
    Path(path.parent / "fate.py").write_text(f"{start}{lines}\n    os._exit(0)\n")
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setattr(sandbox, "CHILD", "fate")
    # Else that of the last test, which has loaded the fate of that.
    monkeypatch.setattr(starting, "_servers", {})


def test_out_of_memory_is_a_refusal(tmp_path, settings):
    """However early: a small file may just fit into what a child has left."""
    settings.READER_MEMORY_BYTES = 25 * 1024 * 1024
    assert refusal_code(xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(15_000))))) in (
        "F019", "F020",
    )  # fmt: skip


def test_out_of_memory_while_reading_is_named(tmp_path, settings):
    settings.READER_MEMORY_BYTES = 80 * 1024 * 1024
    assert refusal_code(xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(15_000))))) == "F019"


def test_too_much_processor_time_is_a_refusal(good, settings, monkeypatch):
    settings.READER_CPU_SECONDS = 1
    fated(good, monkeypatch, "while True: pass")
    assert refusal_code(good) == "F018"


def test_too_long_by_the_clock_is_a_refusal(good, settings, monkeypatch):
    fated(
        good, monkeypatch, "import time; time.sleep(60)"
    )  # a real reading may be done before the clock is looked at
    settings.READER_WALL_SECONDS = 0.05
    assert refusal_code(good) == "F018"
    assert children() == []


FATES = {
    "exits": "os._exit(3)",
    "aborts": "os.abort()",
    "is killed": "import signal; os.kill(os.getpid(), signal.SIGKILL)",
    "babbles": "out.write(b'\\xff\\n' * 9); import time; time.sleep(600)",
    "promises more": 'out.write(b\'{"size": 99, "peak": 1, "cpu": 1}\\nabc\')',
    "sends nonsense": 'out.write(b\'{"size": 3, "peak": 1, "cpu": 1}\\nabc\')',
    "says nothing": "",
}


@pytest.mark.parametrize("fate", FATES)
def test_a_child_that_fails_in_any_way_is_a_refusal(good, monkeypatch, fate):
    fated(good, monkeypatch, FATES[fate])
    assert refusal_code(good) == "F020"  # F018, had it been waited for


def far_cell(folder):
    """An old workbook whose one far cell made a parser ask for half a gigabyte."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, line in enumerate(lines(firm(1, registered_on=None, tech_entered_on=None))):
        for at, value in enumerate(line):
            sheet.write(number, at, value)
    sheet.write(65_535, 255, "x")
    book.save(str(folder / "a.xls"))
    return folder / "a.xls"


def test_a_far_cell_takes_no_memory_for_the_blanks_before_it(tmp_path):
    run = sandbox.run_reader(order(far_cell(tmp_path)))
    assert [row.number for row in run.outcome.rows] == [3]
    assert run.peak_bytes < 256 * 1024 * 1024


def test_a_parser_that_aborts_for_want_of_memory_is_a_refusal_that_says_so(good, monkeypatch):
    fated(
        good,
        monkeypatch,
        "os.write(2, b'memory allocation of 99 bytes failed'); os.abort()",
    )
    assert refusal_code(good) == "F019"


@given(st.data())
@hypothesis_settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_bytes_are_changed_there_is_a_reading_or_a_sentence(good, data):
    """Parts are changed before they are packed, else the checksum would tell at once."""
    parts = [
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/_rels/workbook.xml.rels",
    ]
    part = data.draw(st.sampled_from(parts))
    junk = st.sampled_from(
        [
            b"",
            b"<",
            b">",
            b'"',
            b"<row>",
            b"</c>",
            b"</row>",
            b'<c r="ZZ9">',
            b"\0",
            b"\xff",
            b"&x;",
            b"9" * 20,
        ]
    )

    def spoil(content):
        at = data.draw(st.integers(0, len(content)))
        return content[:at] + data.draw(junk) + content[at + data.draw(st.integers(0, 40)) :]

    path = repacked(xlsx(good.parent / "b.xlsx", lines(firm(1), firm(2))), {part: spoil})
    run = sandbox.run_reader(order(path))
    assert isinstance(run.outcome, Reading | FileRefused)
    assert run.exit_code in (0, -signal.SIGKILL)


def test_a_reading_too_large_for_the_parent_stays_outside(good):
    assert sandbox.run_reader(order(good, max_outcome_bytes=1_000)).outcome.problem.code == "F019"


def test_raw_values_come_out_no_longer_than_they_are_shown(tmp_path):
    reading = sandboxed(xlsx(tmp_path / "a.xlsx", lines(firm(1, name="甲" * 5_000))))
    assert reading.problems[0].code == "R006"
    assert len(reading.rows[0].seen["name"]) == 200


def test_nothing_but_data_is_taken_from_a_child(tmp_path):
    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    with pytest.raises(pickle.UnpicklingError, match="does not belong"):
        reader_message.unpack_outcome(pickle.dumps(("reading", Hostile())))
    assert not (tmp_path / "made").exists()


def test_the_child_can_write_no_file_and_knows_no_secret(good, monkeypatch, tmp_path):
    probe = (
        f"size = open({str(tmp_path / 'ready')!r}, 'wb', buffering=0)\n"
        "try:\n    size.write(b'x')\nexcept OSError as error:\n    print(error.errno, file=sys.stderr)\n"
        "print(sorted(os.environ), file=sys.stderr)\n"
        "print(sorted(os.listdir('/proc/self/fd')), file=sys.stderr)\n"
    )
    fated(good, monkeypatch, probe)
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    complaint = sandbox.run_reader(order(good)).complaint.decode()
    assert "27" in complaint.splitlines()[0]  # EFBIG
    assert "SECRET" not in complaint
    assert "DATABASE" not in complaint
    # Its streams, its way back, and what is opened here: nothing of who started it.
    assert complaint.splitlines()[-1] == str([*"012345"])
    assert (tmp_path / "ready").read_bytes() == b""


def is_dead(pid):
    """Gone, or a zombie that nobody has fetched yet."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_why_a_parser_gave_up_is_logged(tmp_path, caplog):
    path = repacked(
        xlsx(tmp_path / "a.xlsx", lines(firm(1))), {"xl/_rels/workbook.xml.rels": b"<a/>"}
    )
    with caplog.at_level("INFO"):
        assert refusal_code(path) == "F008"
    assert "unreadable xlsx file: KeyError" in caplog.text


def test_after_its_fork_server_has_died_the_next_file_is_read(good):
    sandboxed(good)
    (server,) = (pid for pid, command in under(os.getpid()) if sandbox.CHILD in command)
    os.kill(server, signal.SIGKILL)
    assert sandboxed(good) == read(good)


def test_the_child_dies_with_its_parent(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(8000))))
    script = (
        "import django; django.setup()\n"
        "from tests.enterprises.rosters.test_reader_sandbox import sandboxed\nfrom pathlib import Path\n"
        f"sandboxed(Path({str(path)!r}), beat=lambda *a, **k: print('on', flush=True))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    parent.stdout.readline()
    (child,) = children(parent.pid)
    os.kill(child, signal.SIGSTOP)  # so that it cannot come to its end by itself
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    try:
        assert any(time.sleep(0.1) or is_dead(child) for _ in range(50))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_the_largest_list_allowed_stays_well_below_the_limit(tmp_path, settings):
    path = xlsx(tmp_path / "a.xlsx", lines(*map(firm, range(MAX_DATA_ROWS))))
    run = sandbox.run_reader(order(path))
    assert len(run.outcome.rows) == MAX_DATA_ROWS
    assert 50_000_000 < run.peak_bytes < 300_000_000 < settings.READER_MEMORY_BYTES
    assert (
        resource.getrlimit(resource.RLIMIT_AS)[0] != settings.READER_MEMORY_BYTES
    )  # the parent itself stays free
