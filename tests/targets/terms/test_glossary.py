"""The glossary page, and how pages explain a term where it first stands."""

import pytest
from django.urls import reverse

from targets.terms.catalogue import term, terms
from tests.firms import TODAY
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["安安", "小石", "老郑", "审计", "德感", "街道"])
def test_everybody_who_is_signed_in_reads_the_glossary_and_finds_it_from_every_page(
    client, people, who
):
    assert client.get("/glossary/").status_code == 302
    client.force_login(people[who])
    page = text_of(client.get("/glossary/"))
    for word in terms().values():
        assert word.name in page
        assert word.meaning in page
        assert word.formula in page
    assert 'href="/glossary/"' in client.get("/targets/").content.decode()


def test_a_page_explains_a_term_once(leader):
    page = leader.get(f"/?on={TODAY}").content.decode()
    word = term("target_gap")
    assert page.count(f'<abbr title="{word.definition}">{word.name}</abbr>') == 1
    # Two headlines lack firms: the second has the name alone.
    assert page.count(word.name) >= 2


def test_the_interface_describes_its_numbers_in_the_same_words(leader):
    schema = leader.get("/api/v1/schema/", HTTP_ACCEPT="application/json").content.decode()
    for code in ("target_gap", "year_gap", "behind", "in_flight", "still_missing"):
        assert f"{term(code).name}：{term(code).meaning}" in schema
    assert 'href="/glossary/"' in leader.get(reverse("api-docs")).content.decode()
