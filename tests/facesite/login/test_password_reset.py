"""A lost password is recovered by mail, and nobody learns which addresses exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.test import Client

from facesite.login import password_reset
from people.accounts.guesses import PER_ADDRESS, PER_CODE
from tests.facesite.login.factors import App

pytestmark = pytest.mark.django_db(transaction=True)
RESET, SENT = "/account/password/reset/", "/account/password/reset/sent/"
NEW = {"password1": "a new long one", "password2": "a new long one"}


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", email="Ann@example.org", password="forgotten")


def ask(address: str, client: Client | None = None) -> Any:
    answer = (client or Client()).post(RESET, {"email": address})
    password_reset._mailer.submit(lambda: None).result(10)  # what was to be sent is sent
    return answer


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.body))
    assert found
    return found[1]


def test_the_link_of_the_mail_leads_to_a_new_password(ann: User, mailoutbox: list[EmailMessage]) -> None:
    assert ask("ann@example.org")["Location"] == SENT
    (mail,) = mailoutbox
    assert mail.to == ["ann@example.org"] and "“ann”" in mail.body
    client = Client()
    form = client.get(link_in(mail), follow=True)
    assert "Choose a new password" in form.content.decode()
    answer = client.post(form.redirect_chain[-1][0], NEW)
    assert answer["Location"] == "/login/"
    assert "_auth_user_id" not in client.session
    assert Client().post("/login/", {"username": "ann", "password": "a new long one"}).status_code == 302


def test_a_link_works_once(ann: User, mailoutbox: list[EmailMessage]) -> None:
    ask("ann@example.org")
    first = Client()
    place = first.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0]
    first.post(place, NEW)
    assert "This link has ended" in Client().get(link_in(mailoutbox[0])).content.decode()


@pytest.mark.parametrize("key", ["1-x", "zzzz-abc-def", "1-c0ffee-0000", "1-" + "9" * 500])
def test_a_made_up_link_opens_nothing(ann: User, key: str) -> None:
    assert "This link has ended" in Client().get(f"/account/password/reset/{key}/").content.decode()


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
    ann: User, mailoutbox: list[EmailMessage], django_assert_num_queries: Any
) -> None:
    """Alike in time as well: the request itself asks the database nothing, whoever has the address."""
    for address in ("ann@example.org", "nobody@example.org"):
        with django_assert_num_queries(0):
            answer = ask(address)
        assert (answer.status_code, answer["Location"]) == (302, SENT)
    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]


def test_a_mail_server_that_fails_is_logged_and_tells_nobody(
    ann: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr(EmailMessage, "send", broken)
    assert ask("ann@example.org")["Location"] == SENT
    assert "a mail for a new password could not be sent" in caplog.text


def test_who_has_no_password_here_or_is_switched_off_gets_no_mail(mailoutbox: list[EmailMessage], db: None) -> None:
    User.objects.create_user("from-provider", email="sso@example.org")
    User.objects.create_user("inactive", email="off@example.org", password="x", is_active=False)
    ask("sso@example.org")
    ask("off@example.org")
    assert mailoutbox == []


def test_mails_to_one_address_are_limited(ann: User, mailoutbox: list[EmailMessage]) -> None:
    for number in range(PER_CODE.most):
        assert ask("ann@example.org", Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code == 302
    assert ask("ANN@example.org", Client(REMOTE_ADDR="203.0.113.1")).status_code == 429
    assert len(mailoutbox) == PER_CODE.most


def test_mails_from_one_place_are_limited(db: None) -> None:
    for number in range(PER_ADDRESS.most):
        assert ask(f"user{number}@example.org").status_code == 302
    assert ask("another@example.org").status_code == 429


def test_a_new_password_ends_every_session_and_still_asks_for_the_second_factor(
    ann: User, mailoutbox: list[EmailMessage]
) -> None:
    thief = Client()
    thief.post("/login/", {"username": "ann", "password": "forgotten"})
    key = thief.session.session_key
    App.of(ann)
    ask("ann@example.org")
    client = Client()
    client.post(client.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0], NEW)
    assert not Session.objects.filter(session_key=key).exists()
    answer = client.post("/login/", {"username": "ann", "password": "a new long one"})
    assert answer["Location"] == "/account/second-factor/authenticate/"


def test_it_is_the_way_out_for_who_is_shut_out_at_a_new_place(ann: User, mailoutbox: list[EmailMessage]) -> None:
    for number in range(30):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post("/login/", {"username": "ann", "password": "guess"})
    travelling = Client(REMOTE_ADDR="203.0.113.1")
    right = {"username": "ann", "password": "a new long one"}
    assert travelling.post("/login/", right).status_code == 429
    ask("ann@example.org", travelling)
    travelling.post(travelling.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0], NEW)
    assert travelling.post("/login/", right).status_code == 302


def test_a_site_without_mail_says_whom_to_ask(ann: User, settings: Any, mailoutbox: list[EmailMessage]) -> None:
    settings.EMAIL_URL, settings.LOGIN_HELP = "", "Maria, telephone 12"
    page = Client().get(RESET).content.decode()
    assert "This site sends no mail. Ask Maria, telephone 12 for a new password." in page and "<form method" not in page
    assert Client().post(RESET, {"email": "ann@example.org"}).status_code == 404
    assert mailoutbox == []
