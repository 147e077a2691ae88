"""Templates that would take the web process: refused with a reason, and nothing of them is in it."""

import datetime as dt
import re
from pathlib import Path

import pytest

from enterprises.sandbox import parent
from targets.models import BulletinTemplate
from targets.word_templates import running
from tests.firms import firm
from tests.targets.bulletin.bombs import BOMBS, MEGABYTE, MEMORY, REQUIRED, TIME, TURNS, of_text
from tests.targets.bulletin.test_bulletin import published_on, sent, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
GROWTH = 96 * MEGABYTE
"""More than a page, a template and an outcome of the largest size take together; far less than a bomb."""


@pytest.fixture
def release(people):
    firm(name="江津甲制造有限公司", hnte=True)
    return published_on(dt.datetime(2026, 11, 29, 10), people["小石"])


def memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


@pytest.fixture
def growth():
    """How many bytes more than at first this process, which serves the page, ever held."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = memory("VmRSS")
    return lambda: memory("VmHWM") - before


@pytest.mark.proof
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_not_kept(client, people, release, growth, settings, name):
    settings.READER_CPU_SECONDS = 2 if name == "time" else 30
    client.force_login(people["小石"])
    template = BOMBS[name].make()
    assert len(template) < 300_000
    page = client.post("/releases/2026Q3-1/template/", sent(template), follow=True).content.decode()
    assert "没有采用：" in page
    assert BOMBS[name].said in page
    assert not BulletinTemplate.objects.exists()
    assert growth() < GROWTH


@pytest.mark.parametrize(
    ("name", "said"), [("nested loops", TURNS), ("a text that doubles", MEMORY), ("time", TIME)]
)
def test_a_bomb_that_was_kept_before_does_not_go_off(
    client, people, release, growth, settings, name, said
):
    settings.READER_CPU_SECONDS = 2 if name == "time" else 30
    BulletinTemplate.objects.create(
        name="旧.docx", content=BOMBS[name].make(), uploaded_by=people["小石"]
    )
    client.force_login(people["老郑"])
    page = client.get("/releases/2026Q3-1/bulletin.docx", follow=True).content.decode()
    assert said in page
    assert "请重新上传模板，或恢复系统模板。" in page
    assert growth() < GROWTH


def test_the_limits_of_the_child_are_set_before_it_sees_the_template(
    client, people, release, settings, monkeypatch
):
    """Read from the kernel: whatever the template is, the child cannot go beyond them."""
    seen = {}
    limit = parent.limit_child

    def limited(pid, *rest):
        limit(pid, *rest)
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines():
            kind, soft, *_ = re.split(r"\s{2,}", line)
            seen[kind] = soft

    monkeypatch.setattr(parent, "limit_child", limited)
    client.force_login(people["小石"])
    client.post("/releases/2026Q3-1/template/", sent(of_text(REQUIRED)))
    assert BulletinTemplate.objects.count() == 1
    assert seen["Max address space"] == str(settings.READER_MEMORY_BYTES)
    assert seen["Max cpu time"] == str(running.MOST_CPU_SECONDS)
    assert seen["Max file size"] == "0"


def test_what_comes_back_is_bounded_too(client, people, release, monkeypatch):
    monkeypatch.setattr(running, "MOST_FILLED_BYTES", 5_000)
    client.force_login(people["小石"])
    page = client.post(
        "/releases/2026Q3-1/template/", sent(of_text("通报")), follow=True
    ).content.decode()
    assert "生成的文件过大" in page
    assert not BulletinTemplate.objects.exists()


def test_no_more_than_two_are_filled_at_once(client, people, release, monkeypatch):
    client.force_login(people["小石"])
    busy = [running.turns.acquire() for _ in range(running.MOST_AT_ONCE)]
    try:
        for page in (
            client.post("/releases/2026Q3-1/template/", sent(of_text("通报")), follow=True),
            client.get("/releases/2026Q3-1/bulletin.docx", follow=True),
        ):
            assert "正在按模板生成其他文件，请稍后再试。" in page.content.decode()
    finally:
        for _ in busy:
            running.turns.release()
    assert not BulletinTemplate.objects.exists()
    assert client.get("/releases/2026Q3-1/bulletin.docx").streaming


def test_ordinary_sums_loops_and_macros_are_filled(client, people, release):
    """What offices do in templates stays possible."""
    template = of_text(
        "{{ '—' * 20 }}",
        "{{ 2 ** 10 }}，{{ 12 * 12345 }}，{{ '%05.1f' % 3.14159 }}",
        "{% macro of(line) %}{{ line.name }}{{ line.hnte }}家{% endmacro %}"
        "{% for line in parks if line.hnte %}{{ loop.index }}{{ of(line) }}{% endfor %}",
        "{% for number in range(3) %}{{ number }}{% endfor %}",
        "{{ headlines[0].net_in_words }}，{{ headlines[0].name|length }}",
        REQUIRED,
    )
    client.force_login(people["小石"])
    client.post("/releases/2026Q3-1/template/", sent(template))
    answer = client.get("/releases/2026Q3-1/bulletin.docx")
    lines = text_of(b"".join(answer.streaming_content)).splitlines()
    assert lines[:5] == ["—" * 20, "1024，148,140，003.1", "1德感1家", "012", "持平，10"]
