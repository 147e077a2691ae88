import pytest

pytestmark = pytest.mark.django_db


def test_whoever_is_not_signed_in_is_sent_to_the_login_page(client, plan):
    for address in ("/", "/targets/", "/units/degan/", "/charts/lapsing.svg", "/password/"):
        assert client.get(address).url == f"/login/?next={address}"


def test_signing_in_leads_back_and_signing_out_takes_a_button(client, people):
    answer = client.post(
        "/login/?next=/targets/",
        {"username": "老郑", "password": "test-password", "next": "/targets/"},
    )
    assert answer.url == "/targets/"
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_refused_in_words_and_the_fifth_locks_the_account(client, people):
    wrong = {"username": "老郑", "password": "wrong"}
    assert "请输入一个正确的用户名和密码" in client.post("/login/", wrong).content.decode()
    answers = [client.post("/login/", wrong) for _ in range(4)]
    assert answers[-1].status_code == 429
    assert "账号暂时锁定" in answers[-1].content.decode()
    assert client.post("/login/", {**wrong, "password": "test-password"}).status_code == 429


def test_a_foreign_address_to_return_to_is_ignored(client, people):
    form = {"username": "老郑", "password": "test-password", "next": "https://example.org/"}
    assert client.post("/login/", form).url == "/"


def test_changing_the_password_says_what_is_wrong_and_what_was_done(client, people):
    client.force_login(people["老郑"])
    fresh = {"old_password": "test-password", "new_password1": "12345", "new_password2": "12345"}
    assert "密码没有修改" in client.post("/password/", fresh).content.decode()
    fresh |= {"new_password1": "jiangjin-2027-park", "new_password2": "jiangjin-2027-park"}
    assert "密码已修改" in client.post("/password/", fresh, follow=True).content.decode()


def test_pages_that_do_not_exist_or_are_not_allowed_say_so_in_chinese(client, people):
    client.force_login(people["德感"])
    assert "没有找到这个页面" in client.get("/nowhere/").content.decode()
    assert "只有科技局可以重算指标" in client.post("/recompute/").content.decode()


def test_behind_the_gateway_a_lock_holds_for_one_client_and_not_for_all(client, people, settings):
    settings.SECURE = True
    wrong = {"username": "老郑", "password": "wrong"}
    for _ in range(5):
        locked = client.post("/login/", wrong, headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.1"})
    assert locked.status_code == 429
    right = {**wrong, "password": "test-password"}
    assert (
        client.post("/login/", right, headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"}).status_code
        == 302
    )
