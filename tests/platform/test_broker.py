import os
import subprocess
import sys

import pytest
from kombu import Connection

import jiangjin_portal.celery  # noqa: F401  registers the transport

TAKE_ALL = """
import jiangjin_portal.celery, sys
from kombu import Connection
with Connection("portalfs://localhost", transport_options={"folder": sys.argv[1]}) as connection:
    queue = connection.SimpleQueue("bell")
    try:
        while True:
            message = queue.get(timeout=1)
            print(message.payload)
            message.ack()
    except queue.Empty:
        pass
"""

RING_ON_A_FULL_DISK = """
import resource, signal
from jiangjin_portal.celery import app
from kombu.exceptions import OperationalError
app.conf.broker_url
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    app.send_task("enterprises.tasks.run_job", ["x" * 5000])
except OperationalError:
    print("refused")
"""


@pytest.fixture
def bell(tmp_path):
    with Connection(
        "portalfs://localhost", transport_options={"folder": str(tmp_path)}
    ) as connection:
        yield connection.SimpleQueue("bell")


def test_messages_come_in_order_and_leave_nothing_behind(bell, tmp_path):
    for number in range(5):
        bell.put({"job": number})
    messages = [bell.get(timeout=2) for _ in range(5)]
    assert [message.payload["job"] for message in messages] == list(range(5))
    assert list((tmp_path / "bell").iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"body": 1}', "\x00\xff"])
def test_broken_file_is_set_aside_and_the_next_message_comes(bell, tmp_path, content):
    (tmp_path / "bell").mkdir(exist_ok=True)
    (tmp_path / "bell" / "0.msg").write_text(content)
    bell.put("next")
    assert bell.get(timeout=2).payload == "next"
    assert [path.name for path in (tmp_path / "bell").iterdir()] == ["0.bad"]


def test_two_processes_never_take_the_same_message(bell, tmp_path):
    for number in range(200):
        bell.put(number)
    command = [sys.executable, "-c", TAKE_ALL, str(tmp_path)]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    taken = [int(line) for taker in takers for line in taker.communicate(timeout=60)[0].split()]
    assert sorted(taken) == list(range(200))


def test_full_disk_is_an_operational_error_and_leaves_no_half_message(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", RING_ON_A_FULL_DISK],
        env=home(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "refused", done.stderr
    assert list((tmp_path / "broker" / "celery").iterdir()) == []


def test_folder_that_cannot_be_written_is_an_operational_error(tmp_path):
    (tmp_path / "broker").write_text("in the way")
    done = subprocess.run(
        [sys.executable, "-c", RING_ON_A_FULL_DISK],
        env=home(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "refused", done.stderr


def home(folder):
    return os.environ | {"PORTAL_HOME": str(folder), "REDIS_URL": ""}
