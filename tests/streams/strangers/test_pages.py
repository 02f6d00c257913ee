"""The inbox of strangers and the page of one: what they show, whom, and how a refusal looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StrangerState
from streams.records.stranger import Stranger
from streams.strangers import filters
from tests.streams.limited import World
from tests.streams.seen import NOON
from tests.streams.strangers.conftest import Seen
from tests.streams.strangers.passers_by import joined, passer_by

INBOX = "/strangers/"


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def url(stranger: Stranger, what: str = "") -> str:
    return f"/strangers/{stranger.number}/" + (f"{what}/" if what else "")


def shown(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return [card.stranger.number for card in answer.context["cards"]]


def test_a_card_says_how_often_when_and_where(page: Client, seen_twice: Seen, hall: Camera, camera: Camera) -> None:
    stranger = seen_twice(0, hall, camera)
    answer = page.get(INBOX)
    assert shown(answer) == [stranger.number]
    words = re.sub(r"<[^>]*>|\s+", " ", answer.content.decode())
    assert f"Stranger {stranger.number}" in words and "Door, Hall" in words
    (card,) = answer.context["cards"]
    assert (card.times, card.first_seen_at, card.last_seen_at.date()) == (2, NOON, NOON.date())
    assert len(card.days) == 1 and not card.is_more


@pytest.mark.parametrize("number", ["9" * 5_000, "-1", "²", "x"])
def test_a_page_of_no_number_is_one_of_them(page: Client, seen_twice: Seen, number: str) -> None:
    seen_twice()
    assert page.get("/strangers/", {"page": number}).status_code == 200


def test_whoever_was_seen_once_has_no_card(page: Client, hall: Camera) -> None:
    joined(passer_by(hall))
    assert shown(page.get(INBOX)) == []
    assert "Nobody here" in page.get(INBOX).content.decode()


def test_the_newest_or_the_most_seen_come_first(page: Client, seen_twice: Seen, hall: Camera) -> None:
    often = seen_twice(1)
    joined(passer_by(hall, 1))
    new = joined(*(passer_by(hall, 2, at=NOON + timedelta(days=1)) for _ in range(2)))[0]
    assert shown(page.get(INBOX)) == [new.number, often.number]
    assert shown(page.get(INBOX, {"order": "most_seen"})) == [often.number, new.number]


def test_filters_hold_for_one_sighting(page: Client, seen_twice: Seen, hall: Camera, camera: Camera) -> None:
    one = seen_twice(1, hall, camera)
    assert shown(page.get(INBOX, {"camera": "door"})) == [one.number]
    assert shown(page.get(INBOX, {"since": "2026-11-23", "until": "2026-11-23"})) == [one.number]
    assert shown(page.get(INBOX, {"since": "2026-11-24"})) == []
    joined(passer_by(hall, 1, at=NOON + timedelta(days=2)))
    assert shown(page.get(INBOX, {"camera": "hall", "since": "2026-11-24"})) == [one.number]
    assert shown(page.get(INBOX, {"camera": "door", "since": "2026-11-24"})) == []


def test_the_ignored_and_the_named_are_folded_away(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    Stranger.objects.update(state=StrangerState.IGNORED)
    assert shown(page.get(INBOX)) == []
    assert shown(page.get(INBOX, {"state": "ignored"})) == [stranger.number]


@pytest.mark.parametrize("few", [0, 10_000])
def test_those_of_one_camera_are_found_whether_it_saw_few_or_many(
    page: Client, seen_twice: Seen, hall: Camera, camera: Camera, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    one, two, _ = seen_twice(1, camera, camera), seen_twice(2, hall, camera), seen_twice(3, hall, hall)
    assert sorted(shown(page.get(INBOX, {"camera": "door"}))) == [one.number, two.number]  # they came at the same time
    assert shown(page.get(INBOX, {"camera": "door", "until": "2026-01-01"})) == []


@pytest.mark.parametrize("query", [{"camera": "nowhere"}, {"since": "yesterday"}, {"order": "best"}, {"state": "gone"}])
def test_a_filter_that_means_nothing_is_refused(page: Client, query: dict[str, str], db: None) -> None:
    assert page.get(INBOX, query).status_code == 400


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "²"])
def test_a_page_that_means_nothing_is_some_page(page: Client, number: str, db: None) -> None:
    assert page.get(INBOX, {"page": number}).status_code == 200


def test_pages_go_on(page: Client, hall: Camera) -> None:
    for face in range(27):
        passer_by(hall, face), passer_by(hall, face)
    joined()
    first, second = page.get(INBOX), page.get(INBOX, {"page": "2"})
    assert len(shown(first)) == 24 and len(set(shown(first) + shown(second))) == 27
    assert first.context["next"] == 2 and second.context["next"] is None


def test_ten_cards_cost_no_more_queries_than_one(page: Client, hall: Camera) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page.get(INBOX)
        return len(captured)

    passer_by(hall, 0), passer_by(hall, 0)
    joined()
    page.get(INBOX)
    with_one = queries()
    for face in range(1, 10):
        passer_by(hall, face), passer_by(hall, face)
    joined()
    assert queries() == with_one <= 8


def test_a_strangers_page_costs_the_same_however_often_they_came(page: Client, seen_twice: Seen, hall: Camera) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert page.get(url(stranger)).status_code == 200
        return len(captured)

    stranger = seen_twice()
    page.get(url(stranger))
    with_two = queries()
    for _ in range(8):
        passer_by(hall)
    joined()
    assert queries() == with_two <= 15


def test_a_page_of_nobody_is_not_found(page: Client, db: None) -> None:
    assert page.get("/strangers/12/").status_code == 404


def test_a_joined_stranger_leads_to_the_other(page: Client, seen_twice: Seen) -> None:
    one, other = seen_twice(1), seen_twice(2)
    answer = page.post(url(one, "join"), {"other": other.number}, follow=True)
    assert answer.redirect_chain[-1][0] == url(other)
    assert f"{one} is part of {other} now." in answer.content.decode()


def test_naming_says_so_and_everything_has_the_name(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    answer = page.post(url(stranger, "name"), {"name": "Ann"}, follow=True)
    said = answer.content.decode()
    assert f"{stranger} is Ann now" in said and "Cameras will not know them before you add a photo." in said
    assert set(Sighting.objects.values_list("person__name", flat=True)) == {"Ann"}
    assert IdentityEdit.objects.get().page == url(stranger, "name")


def test_a_name_that_somebody_has_is_asked_about(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    Person.objects.create(name="Ann")
    refused = page.post(url(stranger, "name"), {"name": "Ann"})
    said = refused.content.decode()
    assert refused.status_code == 400 and "Somebody of this name is enrolled already" in said
    assert re.search(r"<p [^>]*autofocus>Somebody of this name", said)  # a phone scrolls there
    Person.objects.update(retired_at=Now())
    assert "Somebody of this name is retired" in page.post(url(stranger, "name"), {"name": "Ann"}).content.decode()
    page.post(url(stranger, "name"), {"name": "Ann", "same_name": "true"})
    assert Person.objects.filter(name="Ann").count() == 2


def test_a_refused_name_leaves_the_pictures_that_were_ticked(
    page: Client, seen_twice: Seen, pictured: Callable[[Sighting], Detection]
) -> None:
    stranger = seen_twice()
    one, other = (pictured(row) for row in Sighting.objects.all())
    assert page.get(url(stranger)).content.decode().count(f'value="{one.pk}" checked') == 2  # each form proposes it
    refused = page.post(url(stranger, "name"), {"name": "", "pictures": [str(other.pk)]}).content.decode()
    own = refused[refused.index("A new person") : refused.index("Somebody enrolled")]
    assert f'value="{other.pk}" checked' in own and f'value="{one.pk}" checked' not in own


@pytest.mark.parametrize(
    ("what", "sent", "words"),
    [
        ("name", {"name": ""}, "Write a name."),
        ("name", {"name": "Ann", "pictures": ["x"]}, "does not have"),
        ("is", {"who": ""}, "Write the name of somebody enrolled."),
        ("is", {"who": "Nobody"}, "Nobody enrolled has this name."),
        ("join", {"other": "99"}, "There is no stranger of this number."),
        ("join", {"other": "x"}, "Enter a whole number."),
        ("split", {}, "Choose some sightings"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_written(
    page: Client, seen_twice: Seen, what: str, sent: dict[str, Any], words: str
) -> None:
    stranger = seen_twice()
    answer = page.post(url(stranger, what), sent)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not IdentityEdit.objects.exists()


def test_joining_with_itself_is_refused(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    answer = page.post(url(stranger, "join"), {"other": stranger.number})
    assert answer.status_code == 400 and "the very same stranger" in answer.content.decode()


def test_one_of_several_people_of_a_name_is_chosen(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    people = [Person.objects.create(name=name) for name in ("Ann Lee", "Ann May")]
    asked = page.post(url(stranger, "is"), {"who": "Ann"})
    assert asked.status_code == 400 and all(str(person.pk) in asked.content.decode() for person in people)
    page.post(url(stranger, "is"), {"person": str(people[1].pk)})
    assert Sighting.objects.filter(person=people[1]).count() == 2


def test_whoever_is_gone_meanwhile_leads_to_the_inbox_with_a_sentence(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    Sighting.objects.all().delete()
    answer = page.post(url(stranger, "name"), {"name": "Ann"}, follow=True)
    assert answer.redirect_chain[-1][0] == INBOX
    assert "not there any more" in answer.content.decode() and not Person.objects.exists()


def test_a_second_name_is_refused_on_the_page(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    page.post(url(stranger, "name"), {"name": "Ann"})
    answer = page.post(url(stranger, "name"), {"name": "Bea"})
    assert answer.status_code == 409 and "is Ann now" in answer.content.decode()


def test_forgetting_leads_to_the_inbox(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    answer = page.post(url(stranger, "forget"), follow=True)
    assert answer.redirect_chain[-1][0] == INBOX and "is forgotten" in answer.content.decode()
    assert not Stranger.objects.exists()


def test_an_offer_is_shown_and_can_be_turned_down(page: Client, seen_twice: Seen, hall: Camera) -> None:
    one = seen_twice()
    two = joined(passer_by(hall, off=0.35), passer_by(hall, off=0.35))[0]
    assert f"Probably the same as {one}." in page.get(url(two)).content.decode()
    page.post(url(two, "different"), {"other": one.number})
    assert "Probably the same" not in page.get(url(two)).content.decode()


def test_a_stranger_of_another_engine_says_what_that_means(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    assert "cannot be compared" in page.get(url(stranger)).content.decode()


def test_a_stranger_whose_encodings_are_forgotten_says_so(page: Client, seen_twice: Seen) -> None:
    stranger = seen_twice()
    SightingEncoding.objects.all().delete()
    stranger.encoding.delete()
    assert "What this face was recognised by is forgotten" in page.get(url(stranger)).content.decode()


class TestRights:
    def test_a_viewer_sees_and_cannot_edit(self, client: Client, viewer: User, seen_twice: Seen) -> None:
        stranger = seen_twice()
        client.force_login(viewer)
        assert shown(client.get(INBOX)) == [stranger.number]
        assert "Forget" not in client.get(url(stranger)).content.decode()
        for what in ("name", "is", "join", "different", "split", "ignore", "unignore", "forget"):
            assert client.post(url(stranger, what), {"name": "Ann"}).status_code == 403
        assert not IdentityEdit.objects.exists()

    def test_nobody_else_sees_anything(self, client: Client, stranger: User, seen_twice: Seen) -> None:
        unknown = seen_twice()
        client.force_login(stranger)
        assert client.get(INBOX).status_code == client.get(url(unknown)).status_code == 403

    @pytest.mark.parametrize("method", ["get", "put", "delete"])
    def test_actions_are_posts_alone(self, page: Client, seen_twice: Seen, method: str) -> None:
        assert getattr(page, method)(url(seen_twice(), "forget")).status_code == 405


class TestLimits:
    @pytest.fixture
    def world(self, viewer: User) -> World:
        world = World.made()
        Sighting.objects.all().delete()
        world.limit_cameras(viewer)
        return world

    def test_a_card_tells_of_the_cameras_that_one_sees(
        self, client: Client, viewer: User, world: World, seen_twice: Seen
    ) -> None:
        mixed, hidden = seen_twice(1, world.vault, world.hall), seen_twice(2, world.vault, world.vault)
        client.force_login(viewer)
        answer = client.get(INBOX)
        (card,) = answer.context["cards"]
        assert (card.stranger, card.times, card.cameras) == (mixed, 1, [world.hall])
        assert card.first_seen_at == NOON + timedelta(hours=1)
        assert "Vault" not in answer.content.decode() + client.get(url(mixed)).content.decode()
        assert client.get(url(hidden)).status_code == 404
        assert client.get(INBOX, {"camera": "vault"}).status_code == 400


def test_who_may_not_name_strangers_is_told_before_they_type(client: Client, viewer: User, seen_twice: Seen) -> None:
    stranger = seen_twice()
    viewer.user_permissions.add(Permission.objects.get(codename="edit_strangers"))
    client.force_login(viewer)
    page = client.get(url(stranger)).content.decode()
    assert "you need the right to name strangers" in page and "Somebody enrolled" in page
    assert url(stranger, "name") not in page
    assert client.post(url(stranger, "name"), {"name": "Ann"}).status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="name_stranger"))
    page = client.get(url(stranger)).content.decode()
    assert url(stranger, "name") in page and "Pictures to enrol as photos" in page
