"""Pages, styles and scripts are compressed; what holds secrets, and what is compared byte by byte, is not."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite import settings as site
from people.records.person import Person
from tests.streams.pages.rows import a_camera

GZIP = {"accept-encoding": "gzip, deflate, br"}


@pytest.fixture
def client(operator: User) -> Client:
    client = Client(headers=GZIP)
    client.force_login(operator)
    return client


def unpacked(answer: Any) -> bytes:
    assert answer.headers["Content-Encoding"] == "gzip"
    return gzip.decompress(answer.content)


@pytest.mark.parametrize("path", ["/", "/presence/", "/sightings/", "/admin/", "/admin/streams/camera/"])
def test_pages_are_compressed(client: Client, path: str) -> None:
    a_camera()
    answer = client.get(path)
    page = unpacked(answer)
    assert page.rstrip().endswith(b"</html>") and len(answer.content) < len(page) / 2
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_browser_that_reads_no_gzip_gets_the_page_as_it_is(client: Client) -> None:
    answer = client.get("/", headers={"accept-encoding": "identity"})
    assert "Content-Encoding" not in answer.headers and b"</html>" in answer.content


@pytest.mark.parametrize("path", ["/account/", "/account/second-factor/", "/api/v1/people/", "/api/v1/"])
def test_pages_of_accounts_and_the_api_are_left_as_they_are(client: Client, path: str) -> None:
    answer = client.get(path, follow=True, headers={**GZIP, "accept": "text/html"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers


def test_what_another_site_asks_for_in_the_background_is_a_strangers(settings: Any) -> None:
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


@pytest.mark.django_db
def test_the_login_is_left_as_it_is() -> None:
    assert "Content-Encoding" not in Client(headers=GZIP).get("/login/").headers


def test_etags_of_the_api_stay_strong(client: Client) -> None:
    person = Person.objects.create(name="Ada")
    assert client.get(f"/api/v1/people/{person.pk}/").headers["ETag"].startswith('"')


def test_no_two_answers_with_the_same_words_need_weigh_the_same(client: Client) -> None:
    """Neither the token of the page nor its weight tells anything: both differ from answer to answer."""
    answers = [client.get("/") for _ in range(12)]
    tokens = {re.search(rb'csrfmiddlewaretoken" value="(\w+)"', unpacked(each)) for each in answers}
    assert len({token[1] for token in tokens if token}) == 12
    assert len({len(each.content) for each in answers}) > 3


def test_a_static_file_is_compressed_whole_and_can_be_asked_for_again(settings: Any) -> None:
    settings.MIDDLEWARE = site.MIDDLEWARE
    path = "/static/streams/live.css"
    answer = Client(headers=GZIP).get(path)
    body, plain = (b"".join(each) for each in (answer, Client().get(path)))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain and len(body) < len(plain) / 2
    again = Client(headers={**GZIP, "if-none-match": answer.headers["ETag"]}).get(path)
    assert again.status_code == 304 and "Content-Encoding" not in again.headers


def test_a_script_is_slimmed_and_compressed(settings: Any) -> None:
    settings.MIDDLEWARE = site.MIDDLEWARE
    script = gzip.decompress(b"".join(Client(headers=GZIP).get("/static/streams/live.js")))
    assert script.startswith(b"import{") and b"@ts-check" not in script
    plain = b"".join(Client().get("/static/streams/live.js"))
    assert b"@ts-check" in plain  # whoever reads no gzip gets the file as it is
