"""The pages behind links and kiosks: they say in words what comes next, and give nothing away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.editing.policy_services import write_consent_text
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink, link_of
from people.records.person import Person
from people.self_enrolling import making, pages
from people.self_enrolling.approving import approve
from people.self_enrolling.making import make_kiosk, revoke_kiosk, revoke_link
from people.self_enrolling.sending import agree, send_pictures, withdraw
from tests.people.self_enrolling.conftest import Link, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_guessed() -> None:
    cache.clear()


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_way_of_one_person(client: Client, link: Link, text: ConsentText, media: Path, operator: Any) -> None:
    row, secret = link
    here = f"/enrol/{secret}/"
    shown = page(client, here)
    assert "We take pictures." in shown and 'value="Ada Lovelace"' in shown and "Withdraw" not in shown
    answer = client.post(f"{here}agree/", {"version": text.pk, "name": "Ada King"})
    assert answer.status_code == 302 and answer["Location"] == here
    assert "Take pictures of yourself, Ada King" in page(client, here)
    client.post(f"{here}pictures/", {"pictures": [upload(1), upload(2)]})
    assert "until they are approved nobody recognises you" in page(client, here)
    person = approve(link=row, by=operator)
    assert "You are enrolled, Ada King" in page(client, here)
    assert "two seconds" in page(client, f"{here}withdraw/")
    assert person in Person.objects.matchable()
    assert "You have withdrawn your agreement" in client.post(f"{here}withdraw/", follow=True).content.decode()
    assert person not in Person.objects.matchable()
    assert client.get(f"{here}withdraw/").status_code == 302


@pytest.mark.parametrize("address", ["", "withdraw/"])
@pytest.mark.parametrize("secret", ["x", "0" * 64, "é", "a" * 5000])
def test_an_unknown_link_says_so_in_words(client: Client, link: Link, secret: str, address: str) -> None:
    assert "This link is not known" in page(client, f"/enrol/{secret}/{address}", 404)


@pytest.mark.parametrize("address", ["agree/", "frame/", "pictures/", "withdraw/"])
def test_nothing_can_be_done_by_an_unknown_link(client: Client, link: Link, address: str) -> None:
    assert client.post(f"/enrol/x/{address}").status_code == 404
    assert EnrolmentLink.objects.get().state == "open"


def test_links_that_are_over_say_so_in_words(client: Client, link: Link) -> None:
    row, secret = link
    EnrolmentLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "This link has expired" in page(client, f"/enrol/{secret}/", 410)
    answer = client.post(f"/enrol/{secret}/agree/", {"version": row.pk, "name": "Ada"})
    assert answer.status_code == 400 and "Ask whoever sent it" in answer.content.decode()
    revoke_link(link=row, by=None)
    assert "does not work any more" in page(client, f"/enrol/{secret}/", 410)


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "²"])
def test_a_form_without_the_text_that_was_read_is_refused(client: Client, link: Link, version: str) -> None:
    answer = client.post(f"/enrol/{link[1]}/agree/", {"version": version, "name": "Ada"})
    assert answer.status_code == 400 and "Read the new one" in answer.content.decode()
    assert EnrolmentLink.objects.get().state == "open"


def test_bad_pictures_are_named_on_the_page(client: Client, link: Link, text: ConsentText, media: Path) -> None:
    client.post(f"/enrol/{link[1]}/agree/", {"version": text.pk, "name": "Ada"})
    notes = SimpleUploadedFile("notes.txt", b"words")
    answer = client.post(f"/enrol/{link[1]}/pictures/", {"pictures": [upload(1), notes, upload(2)]})
    assert answer.status_code == 400 and "“notes.txt”: This is not a picture" in answer.content.decode()
    answer = client.post(f"/enrol/{link[1]}/pictures/")
    assert answer.status_code == 400 and "at least one picture" in answer.content.decode()


def test_nothing_keeps_or_passes_on_the_address(client: Client, link: Link) -> None:
    answer = client.get(f"/enrol/{link[1]}/")
    assert "no-store" in answer["Cache-Control"] and answer["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "noindex" in answer.content.decode()


def test_a_name_is_shown_as_it_was_typed(client: Client, link: Link, text: ConsentText) -> None:
    client.post(f"/enrol/{link[1]}/agree/", {"version": text.pk, "name": "<script>alert(1)</script>"})
    assert "<script>alert" not in page(client, f"/enrol/{link[1]}/")


def test_a_text_is_no_markup(client: Client, link: Link) -> None:
    write_consent_text(text="<b>bold</b>", by=None)
    assert "&lt;b&gt;bold" in page(client, f"/enrol/{link[1]}/")


def test_forms_want_the_token_of_the_page(link: Link, text: ConsentText) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/enrol/{link[1]}/agree/", {"version": text.pk, "name": "Ada"})
    assert answer.status_code == 403 and EnrolmentLink.objects.get().state == "open"


def test_whoever_tries_many_links_waits_and_their_neighbours_do_not(client: Client, link: Link) -> None:
    for number in range(20):
        assert client.get(f"/enrol/{number}/").status_code == 404
    answer = client.get("/enrol/20/")
    assert answer.status_code == 429 and answer["Retry-After"]
    assert client.get(f"/enrol/{link[1]}/", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_link_that_works_is_not_counted(client: Client, link: Link) -> None:
    for _ in range(40):
        assert client.get(f"/enrol/{link[1]}/").status_code == 200


def test_frames_are_judged_after_the_agreement_alone(client: Client, link: Link, text: ConsentText) -> None:
    assert client.post(f"/enrol/{link[1]}/frame/", {"image": upload(1)}).status_code == 403
    client.post(f"/enrol/{link[1]}/agree/", {"version": text.pk, "name": "Ada"})
    assert client.post(f"/enrol/{link[1]}/frame/").status_code == 400
    EnrolmentLink.objects.update(expires_at=timezone.now())
    assert client.post(f"/enrol/{link[1]}/frame/", {"image": upload(1)}).status_code == 403


def test_a_kiosk_makes_a_link_for_each_person(client: Client, text: ConsentText, media: Path) -> None:
    _kiosk, secret = make_kiosk(place="reception", by=None)
    assert "Ask Grace." in page(client, f"/kiosk/{secret}/")
    there = [
        client.post(f"/kiosk/{secret}/", {"version": text.pk, "name": name})["Location"] for name in ("Ada", "Grace")
    ]
    assert len(set(there)) == 2 and EnrolmentLink.objects.filter(state="agreed").count() == 2
    client.post(f"{there[0]}pictures/", {"pictures": [upload(1)]})
    shown = page(client, there[0])
    assert "Take this link along" in shown and f"http://testserver{there[0]}" in shown and "data:image/svg+xml" in shown


def test_the_link_of_a_kiosk_is_shown_for_minutes_and_not_to_the_next_person(
    client: Client, text: ConsentText, media: Path
) -> None:
    _kiosk, secret = make_kiosk(place="reception", by=None)
    address = client.post(f"/kiosk/{secret}/", {"version": text.pk, "name": "Ada"})["Location"]
    client.post(f"{address}pictures/", {"pictures": upload(1)})
    assert "data:image/svg+xml" in page(client, address)
    EnrolmentLink.objects.update(sent_at=timezone.now() - timedelta(minutes=6))
    later = page(client, address)
    assert "data:image/svg+xml" not in later and "Withdraw my agreement" in later


def test_a_kiosk_whose_address_was_copied_fills_no_disk(
    client: Client, text: ConsentText, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_WAITING_AT_A_KIOSK", 1)
    _kiosk, secret = make_kiosk(place="reception", by=None)
    asked = {"version": text.pk, "name": "Ada"}
    one, two = (client.post(f"/kiosk/{secret}/", asked)["Location"] for _ in range(2))
    sent = [client.post(f"{address}pictures/", {"pictures": upload(1)}) for address in (one, two)]
    assert [answer.status_code for answer in sent] == [302, 400]
    assert "Tell whoever runs this place" in sent[1].content.decode()
    assert client.post(f"/kiosk/{secret}/", asked).status_code == 400
    EnrolmentLink.objects.filter(state="sent").update(state="refused")
    assert client.post(f"{two}pictures/", {"pictures": upload(1)}).status_code == 302


@pytest.mark.parametrize("way", ["withdraw", "agree", "pictures"])
def test_whoever_is_deleted_while_they_answer_is_told_so(sent: Link, way: str) -> None:
    row = link_of(sent[1])
    EnrolmentLink.objects.all().delete()  # a moment after the page has found it
    request = RequestFactory().post(f"/enrol/{sent[1]}/{way}/", {"version": "1", "name": "Ada"})
    do: Any = {"withdraw": withdraw, "agree": agree, "pictures": send_pictures}[way]
    more = {"withdraw": {}, "agree": {"version": 1, "name": "Ada"}, "pictures": {"files": []}}[way]
    answer = pages._done(request, row, sent[1], lambda: do(link=row, **more))
    assert answer.status_code == 404 and "This link is not known" in answer.content.decode()


def test_a_link_is_locked_after_its_person(sent: Link, operator: Any) -> None:
    """As a merge and a deletion lock the two: in the opposite order each waits for the other."""
    approve(link=sent[0], by=operator)
    with CaptureQueriesContext(connection) as asked:
        withdraw(link=sent[0])
    locked = [each["sql"] for each in asked if "FOR UPDATE" in each["sql"] or "FOR NO KEY UPDATE" in each["sql"]]
    assert '"people_person"' in locked[0] and '"people_enrolmentlink"' in locked[1]


def test_a_kiosk_refuses_in_words_and_makes_nothing(client: Client, text: ConsentText) -> None:
    _kiosk, secret = make_kiosk(place="reception", by=None)
    answer = client.post(f"/kiosk/{secret}/", {"version": text.pk, "name": ""})
    assert answer.status_code == 400 and "Write your name" in answer.content.decode()
    assert not EnrolmentLink.objects.exists()


def test_a_revoked_kiosk_is_not_known_any_more(client: Client, text: ConsentText) -> None:
    kiosk, secret = make_kiosk(place="reception", by=None)
    revoke_kiosk(kiosk=kiosk, by=None)
    page(client, f"/kiosk/{secret}/", 404)
    assert client.post(f"/kiosk/{secret}/", {"version": text.pk, "name": "Ada"}).status_code == 404
    assert not EnrolmentLink.objects.exists()


def test_a_kiosk_makes_no_more_links_than_people_can_come(client: Client, text: ConsentText) -> None:
    _kiosk, secret = make_kiosk(place="reception", by=None)
    answers = [client.post(f"/kiosk/{secret}/", {"version": text.pk, "name": "Ada"}) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {302} and answers[60].status_code == 429
    assert EnrolmentLink.objects.count() == 60


def test_a_kiosks_secret_opens_no_link_and_a_links_no_kiosk(client: Client, link: Link) -> None:
    _kiosk, secret = make_kiosk(place="reception", by=None)
    page(client, f"/enrol/{secret}/", 404)
    page(client, f"/kiosk/{link[1]}/", 404)
