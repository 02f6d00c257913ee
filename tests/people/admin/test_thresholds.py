"""The calibration page: measured, explained, and put into force by whoever may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.gallery.engine_choice import EngineChoice
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import engine_key
from people.records.person import Person
from tests.people.conftest import unit_vector
from tests.people.gallery.test_calibrating import crowd as crowd
from tests.people.gallery.test_calibrating import enrolled

pytestmark = pytest.mark.django_db
PAGE = "/admin/people/decisionthresholds/calibrate/"
HISTORY = "/admin/people/decisionthresholds/"
FORM = {"match": "0.315", "reason": "measured", "wanted_rate": "0.001", "sure": "on"}


def with_rights(client: Client, user: User, *codenames: str) -> Client:
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames, content_type__app_label="people"))
    client.force_login(user)
    return client


def test_the_page_measures_suggests_and_shows_who_is_too_close(operator_client: Client, crowd: list[Person]) -> None:
    html = operator_client.get(PAGE).content.decode()
    assert "12 people with 36 photos" in html
    assert "<svg" in html
    assert "Suggested" in html
    assert "Person 10" in html
    assert "style=" not in html.split('id="content-main"')[1].split("</svg>")[0]


def test_a_rarer_error_takes_a_tighter_threshold(operator_client: Client, crowd: list[Person]) -> None:
    strict, usual = (
        operator_client.get(PAGE, {"rate": rate}).context["found"]["suggestion"]["match"] for rate in ("1e-05", "0.01")
    )
    assert strict <= usual


@pytest.mark.parametrize("rate", ["", "nonsense", "5", "-1"])
def test_a_senseless_rate_is_the_usual_one(operator_client: Client, rate: str) -> None:
    assert operator_client.get(PAGE, {"rate": rate}).context["found"]["wanted"] == 0.001


def test_an_empty_gallery_has_a_page_too(operator_client: Client) -> None:
    assert "at least 10 people" in operator_client.get(PAGE).content.decode()


def test_one_confirmed_click_puts_it_into_force(operator_client: Client, operator: User, crowd: list[Person]) -> None:
    response = operator_client.post(PAGE, FORM, follow=True)
    assert "Faces now get a name up to 0.315" in response.content.decode()
    row = DecisionThresholds.objects.get()
    assert (row.match, row.created_by, row.wanted_rate, row.engine) == (0.315, operator, 0.001, engine_key())
    assert "measured" in operator_client.get(HISTORY).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"sure": ""}, {"match": "1.3"}, {"match": "nan"}, {"match": "x"}, {"reason": ""}, {"wanted_rate": "7"}]
)
def test_a_click_without_the_tick_or_with_nonsense_changes_nothing(
    operator_client: Client, crowd: list[Person], wrong: dict[str, str]
) -> None:
    response = operator_client.post(PAGE, {**FORM, **wrong})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode() or wrong.keys() == {"wanted_rate"}
    assert not DecisionThresholds.objects.exists()


def test_a_viewer_looks_and_cannot_apply(client: Client, viewer: User, crowd: list[Person]) -> None:
    with_rights(client, viewer, "view_decisionthresholds", "view_person")
    html = client.get(PAGE).content.decode()
    assert "Put into force" not in html
    assert "/crop/" not in html
    assert client.post(PAGE, FORM).status_code == 403
    assert not DecisionThresholds.objects.exists()


@pytest.mark.parametrize("rights", [(), ("view_person",), ("view_decisionthresholds",), ("add_decisionthresholds",)])
def test_without_the_rights_there_is_no_page(client: Client, stranger: User, rights: tuple[str, ...]) -> None:
    with_rights(client, stranger, *rights)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, FORM).status_code == 403


def test_the_history_cannot_be_changed_by_hand(operator_client: Client) -> None:
    row = DecisionThresholds.objects.create(engine="e", match=0.3, review=0.35, reason="r")
    assert operator_client.get(f"{HISTORY}add/").status_code == 403
    assert operator_client.post(f"{HISTORY}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert DecisionThresholds.objects.count() == 1


def test_the_page_asks_as_often_for_many_pairs_as_for_one(operator_client: Client, crowd: list[Person]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            operator_client.get(PAGE)
        return len(asked)

    before = queries()
    for number in range(4):
        enrolled(Person.objects.create(name=f"Double {number}"), unit_vector(3))
    assert queries() == before


def test_the_engines_and_how_much_each_has_encoded_stand_in_the_admin(
    operator_client: Client, crowd: list[Person]
) -> None:
    EngineChoice.objects.create(engine="the one before")
    html = operator_client.get("/admin/people/enginechoice/").content.decode()
    assert "the one before" in html
    assert engine_key() in html
    assert operator_client.get("/admin/people/enginechoice/add/").status_code == 403


def test_a_persons_page_says_how_well_the_photos_cover_the_person(
    operator_client: Client, crowd: list[Person], media: Any
) -> None:
    page = reverse("admin:people_person_change", args=[crowd[0].pk])
    html = operator_client.get(page).content.decode()
    assert 'class="coverage"' in html
    assert "3 good photos" in html
    cards = operator_client.get(reverse("admin:people_person_cards", args=[crowd[0].pk])).json()
    assert "Coverage" in cards["coverage"]
