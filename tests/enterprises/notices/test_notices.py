"""Notices: the bell on every page, the list, reading one or all; each person's are his own."""

import pytest
from django.urls import reverse

from enterprises.models import Notice
from enterprises.notices import sending as notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(people):
    notices.send_notices([people["小石"], people["德感"]], "德感报送了名册。", "/rosters/queue/")
    notices.send_notices([people["小石"]], "第二条。")


def test_the_bell_shows_the_number_and_says_it_in_words(client, people, told):
    client.force_login(people["小石"])
    shown = client.get("/targets/").content.decode()
    assert '<span class="bell-count" aria-hidden="true">2</span>' in shown
    assert "，2条未读" in shown


def test_nothing_unread_shows_no_number(client, people):
    client.force_login(people["老郑"])
    shown = client.get("/targets/").content.decode()
    assert "bell-count" not in shown
    assert reverse("notices") in shown
    client.logout()
    assert 'class="bell"' not in client.get(reverse("login")).content.decode()


def test_the_list_shows_ones_own_newest_first(client, people, told, django_assert_max_num_queries):
    client.force_login(people["小石"])
    with django_assert_max_num_queries(9):
        answer = client.get(reverse("notices"))
    assert [notice.text for notice in answer.context["page"]] == ["第二条。", "德感报送了名册。"]
    client.force_login(people["老郑"])
    assert "还没有消息" in client.get(reverse("notices")).content.decode()


def test_opening_one_marks_it_and_leads_where_it_points(client, people, told):
    client.force_login(people["小石"])
    own = Notice.objects.get(person=people["小石"], link="/rosters/queue/")
    assert (
        client.post(reverse("notice_read", args=[own.pk])).headers["Location"] == "/rosters/queue/"
    )
    assert list(Notice.objects.unread_by(people["小石"]).values_list("text", flat=True)) == [
        "第二条。"
    ]
    other = Notice.objects.get(person=people["德感"])
    assert client.post(reverse("notice_read", args=[other.pk])).status_code == 404
    assert Notice.objects.unread_by(people["德感"]).count() == 1


def test_all_are_marked_at_once(client, people, told):
    client.force_login(people["小石"])
    answer = client.post(reverse("notices_read"), follow=True)
    assert "2条消息已标为已读" in answer.content.decode()
    assert not Notice.objects.unread_by(people["小石"]).exists()
    assert Notice.objects.unread_by(people["德感"]).count() == 1
