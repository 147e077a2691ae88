"""Every link that a page offers a person opens for that person: none leads to a refusal or an error."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from django.test import Client

from tests.effort import THOROUGH, drawn
from tests.test_access import people, signed_in, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment, pytest.mark.proof]
CODE = re.compile(r"\d+[0-9A-Za-z-]*|[a-z]+an\b")
ORDERS = {"sort", "page", "page_size"}
VALUES_THAT_MATTER = ("counted", "part", "state", "by", "view")
AT_LEAST = 60
MOST = 24
"""Links that lead to one view and differ in what they ask: of a list with six filters there are hundreds."""
WALKERS = ["安安", "小石", "老郑", "审计", "德感", "街道", "教委"]


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (link := dict(attributes).get("href")):
            self.found.append(link)


def shape(link: str) -> tuple:
    """What links have in common that differ in codes, days and numbers alone."""
    asked = parse_qsl(urlsplit(link).query)
    told = {name for name, _ in asked} - ORDERS | {
        pair for pair in asked if pair[0] in VALUES_THAT_MATTER
    }
    return CODE.sub("#", urlsplit(link).path), *sorted(map(str, told))


def links_of(page, here: str) -> list[str]:
    """Addresses of this portal that the page leads to, without the admin, which has tests of its own."""
    if not page.headers.get("Content-Type", "").startswith("text/html") or page.streaming:
        return []
    parser = Links()
    parser.feed(page.content.decode())
    followed = [urldefrag(urljoin(here, link)).url for link in parser.found]
    return [
        link
        for link in followed
        if link.startswith("/") and not link.startswith(("/admin/", "/static/"))
    ]


def walk(client: Client, start: str) -> tuple[int, list[str]]:
    """How many addresses were opened, and those that did not open, each with the page that leads there.

    Of links of one shape the first is followed, and of one view MOST.
    """
    followed, met, wrong = [(start, "")], {shape(start)}, []
    views: Counter[str] = Counter()
    # The list grows while it is walked: pages lead to further ones.
    for link, origin in followed:
        answer = client.get(link)
        if answer.status_code >= 400:
            wrong.append(f"{answer.status_code} {link} from {origin}")
        if answer.status_code in (301, 302):
            found = [urljoin(link, answer.headers["Location"])]
        else:
            found = links_of(answer, link)
        for further in found:
            view = shape(further)[0]
            if shape(further) not in met and (THOROUGH or views[view] < MOST):
                met.add(shape(further))
                views[view] += 1
                followed.append((further, link))
    return len(followed), wrong


@pytest.mark.parametrize("who", drawn(1, WALKERS))
def test_every_link_opens(people, world, teacher, who):  # noqa: F811
    opened, wrong = walk(signed_in(people, who), "/")
    assert wrong == []
    assert opened > AT_LEAST
