"""A template that works without end, sent to a running portal: its other pages answer meanwhile."""

import http.cookiejar
import os
import re
import signal
import threading
import urllib.request
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from targets.word_templates.running import CHILD, MOST_CPU_SECONDS
from tests.portal_process import PATIENCE, command_line
from tests.targets.bulletin.bombs import BOMBS, MEGABYTE, MEMORY, TIME, TURNS

pytestmark = [pytest.mark.fault, pytest.mark.once]
GROWTH = 96 * MEGABYTE
READER_MEMORY_MB = 700
SCENE = """
from parks.models import User
from targets.releases import publishing
from tests import clerk
by = User.objects.create_user("小石", password="test-password", role=User.Role.BUREAU_STAFF)
print(publishing.publish(clerk.third_quarter(by), by=by).code)
"""
KEPT = """
from targets.models import BulletinTemplate
print(BulletinTemplate.objects.count())
"""


class Browser:
    """As one person uses the portal: pages, forms and the cookies between them."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def post(self, page: str, path: str, **fields: object) -> str:
        """The form that the page has for this path, filled in and sent."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
        assert token
        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token[1], **fields})
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": MULTIPART_CONTENT, "Referer": self.url + page}
        )
        with self.opener.open(request, timeout=PATIENCE) as answer:
            return answer.read().decode()


def memory(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


def children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def filling_under(web: int) -> list[int]:
    """What is at work on a template: forks of a process that the web process has started for them."""
    servers = [pid for pid in children_of(web) if CHILD in command_line(pid)]
    return [pid for server in servers for pid in children_of(server) if command_line(pid)]


def limits_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return {kind: soft for kind, soft, *_ in (re.split(r"\s{2,}", line) for line in lines)}


def test_pages_answer_while_a_template_works_without_end(portal):
    portal.start(READER_MEMORY_MB=str(READER_MEMORY_MB))
    code = portal.shell(SCENE)
    web = portal.children()["web"]
    browser = Browser(portal.url)
    browser.post("/login/", "/login/", username="小石", password="test-password")

    def upload(name: str) -> str:
        template = SimpleUploadedFile("模板.docx", BOMBS[name].make())
        path = f"/releases/{code}/"
        return browser.post(path, f"{path}template/", template=template)

    upload("nested loops")  # what the first page of its kind loads is no growth
    Path(f"/proc/{web}/clear_refs").write_text("5")  # the peak begins anew
    before = memory(web, "VmRSS")
    for name, said in (("nested loops", TURNS), ("a text that doubles", MEMORY)):
        assert said in upload(name)
    said = []
    sending = threading.Thread(target=lambda: said.append(upload("time")))
    sending.start()
    portal.wait_for(lambda: filling_under(web))
    (filling,) = filling_under(web)
    told = str(READER_MEMORY_MB * MEGABYTE)
    portal.wait_for(lambda: limits_of(filling)["Max address space"] == told)
    assert limits_of(filling)["Max cpu time"] == str(MOST_CPU_SECONDS)
    # However busy the machine is, it is at work until told otherwise.
    os.kill(filling, signal.SIGSTOP)
    try:
        assert Browser(portal.url).get("/livez") == "ok"
        assert not said
    finally:
        os.kill(filling, signal.SIGCONT)
    sending.join()
    assert TIME in said[0]
    assert memory(web, "VmHWM") - before < GROWTH
    assert portal.children()["web"] == web
    assert portal.shell(KEPT) == "0"
