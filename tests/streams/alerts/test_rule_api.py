"""The API of rules: what it refuses, in words at the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.rule import Rule
from tests.api import client_of
from tests.streams.alerting_rows import a_channel, a_rule
from tests.streams.pages.rows import a_camera

pytestmark = pytest.mark.django_db
RULES = "/api/v1/rules/"


def test_a_key_limited_to_one_of_its_owners_groups_sees_rules_of_that_one(viewer: User) -> None:
    hall, vault = (CameraGroup.objects.create(name=name) for name in ("Hall", "Vault"))
    for group in (hall, vault):
        CameraLimit.objects.create(group=group, user=viewer)
        a_rule(group.name, everywhere=False).camera_groups.set([group])
    _, text = make_key(name="Desk", scopes=[Scope.READ_ALERTS], by=viewer, groups=[hall])
    by_key = APIClient()
    by_key.credentials(HTTP_X_API_KEY=text)
    assert [row["name"] for row in by_key.get(RULES).json()["results"]] == ["Hall"]
    assert {row["name"] for row in client_of(viewer).get(RULES).json()["results"]} == {"Hall", "Vault"}


@pytest.mark.parametrize("by_page", [True, False])
def test_channels_that_somebody_limited_does_not_see_stay_when_they_edit_a_rule(
    client: Client, viewer: User, by_page: bool
) -> None:
    viewer.user_permissions.add(*Permission.objects.filter(codename__in=["view_rule", "change_rule", "view_alert"]))
    hall = CameraGroup.objects.create(name="Hall")
    rule = a_rule("Hall", everywhere=False)
    rule.camera_groups.set([hall])
    police, desk = a_channel("Police"), a_channel("Desk", everywhere=False)
    desk.camera_groups.set([hall])
    rule.channels.set([police, desk])
    CameraLimit.objects.create(group=hall, user=viewer)
    client.force_login(viewer)
    if by_page:
        said = {"name": "Hall 2", "kind": "unknown", "camera_groups": hall.pk, "times": 3, "minutes": 5, "looks": 1,
                "certainty": "certain", "severity": "alarm", "quiet_minutes": 5, "is_on": "on"}  # fmt: skip
        assert client.post(f"/rules/{rule.pk}/", said).status_code == 302
    else:
        answer = client_of(viewer).patch(f"{RULES}{rule.pk}/", {"name": "Hall 2", "channels": []}, format="json")
        assert answer.status_code == 200
    rule.refresh_from_db()
    assert (rule.name, list(rule.channels.all())) == ("Hall 2", [police])


def test_groups_of_cameras_go_by_their_names_as_in_channels(admin_user: User) -> None:
    hall = CameraGroup.objects.create(name="Hall")
    body: dict[str, Any] = {"name": "Hall", "kind": "unknown", "everywhere": False, "camera_groups": ["Hall"]}
    answer = client_of(admin_user).post(RULES, body, format="json")
    assert (answer.status_code, answer.json()["camera_groups"]) == (201, ["Hall"])
    assert list(Rule.objects.get().camera_groups.all()) == [hall]
    answer = client_of(admin_user).post(RULES, {**body, "name": "Vault", "camera_groups": ["Vault"]}, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "camera_groups")


@pytest.mark.parametrize("url", [RULES, f"{RULES}preview/"])
@pytest.mark.parametrize("field", ["person", "watchlist"])
def test_nobody_is_null_and_not_an_empty_text(admin_user: User, url: str, field: str) -> None:
    body: dict[str, Any] = {"name": "Any", "kind": "unknown", field: ""}
    answer = client_of(admin_user).post(url, body, format="json")
    assert answer.status_code == 400
    assert [(each["field"], each["message"]) for each in answer.json()["error"]["details"]] == [
        (field, "Expected an id, or null.")
    ]
    assert client_of(admin_user).post(url, {**body, field: None}, format="json").status_code in (200, 201)
    assert Rule.objects.count() == (url == RULES)


def rows_to_name() -> dict[str, Any]:
    """What a rule may name, as the API names it, with what else such a rule needs."""
    person, watchlist = Person.objects.create(name="Ada"), Watchlist.objects.create(name="Banned")
    return {
        "person": {"kind": "person", "person": str(person.pk)},
        "watchlist": {"kind": "watchlist", "watchlist": watchlist.pk},
        "cameras": {"kind": "unknown", "everywhere": False, "cameras": [a_camera("Vault").slug]},
    }


@pytest.mark.parametrize(
    ("field", "right"), [("person", "view_person"), ("watchlist", "view_watchlist"), ("cameras", "view_camera")]
)
def test_a_rule_names_nothing_that_its_maker_has_no_right_to_see(field: str, right: str) -> None:
    """By a rule they would learn its name, and when whoever is meant comes."""
    maker = User.objects.create_user("maker")
    rights = ["view_rule", "view_alert", "add_rule", "change_rule"]
    maker.user_permissions.set(Permission.objects.filter(codename__in=rights))
    body = {"name": "Any", **rows_to_name()[field]}
    refused = client_of(maker).post(RULES, body, format="json")
    assert (refused.status_code, refused.json()["error"]["details"][0]["field"]) == (400, field)
    maker.user_permissions.add(Permission.objects.get(codename=right))
    made = client_of(User.objects.get(pk=maker.pk)).post(RULES, body, format="json")
    assert made.status_code == 201, made.json()
    maker.user_permissions.remove(Permission.objects.get(codename=right))
    kept = client_of(User.objects.get(pk=maker.pk)).put(f"{RULES}{made.json()['id']}/", body, format="json")
    assert (kept.status_code, kept.json()[field]) == (200, body[field])  # what it had already stays


@pytest.mark.parametrize(("kind", "words"), [
    ("watchlist", "when somebody on a watchlist is seen"), ("nobody_came", "when somebody on a watchlist was not seen"),
])  # fmt: skip
def test_a_sentence_names_a_list_only_to_who_may_see_lists(
    client: Client, viewer: User, admin_user: User, kind: str, words: str
) -> None:
    viewer.groups.clear()
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_rule", "view_alert", "view_person"]))
    hours = {"hours": "Mon-Fri 08:00-09:00"} if kind == "nobody_came" else {}
    a_rule("Door", kind=kind, watchlist=Watchlist.objects.create(name="Secret {list}"), **hours)
    client.force_login(viewer)
    for said in (client_of(viewer).get(RULES).json()["results"][0]["sentence"], client.get("/rules/").content.decode()):
        assert words in said and "Secret" not in said
    assert "Secret {list}" in client_of(admin_user).get(RULES).json()["results"][0]["sentence"]
