"""Whom the admin and the media addresses know of, and how limits are given and taken there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.accounts.api_key import ApiKey
from people.accounts.making_keys import make_key
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.watchlist import Watchlist
from tests.people.limits.conftest import Record

# What a limited user is answered about somebody inside and outside of the limits; an unlimited one is answered about
# both as about somebody inside. The admin answers an unknown id of its own pages with 302, to its index.
TABLE = """
                                                  inside  outside
GET  /media/photos/{photo}/                       200     404
GET  /media/photos/{photo}/crop/                  200     404
GET  /media/people/{person}/                      200     404
GET  /admin/people/person/{person}/change/        200     302
GET  /admin/people/person/{person}/history/       200     302
GET  /admin/people/person/{person}/delete/        200     302
GET  /admin/people/person/{person}/cards/         200     404
POST /admin/people/person/{person}/change/        302     302
POST /admin/people/person/{person}/delete/        302     302
POST /admin/people/person/{person}/retire/        302     404
POST /admin/people/person/{person}/restore/       302     404
GET  /admin/people/photo/{held}/change/           200     302
GET  /admin/people/photo/{held}/history/          200     302
GET  /admin/people/photo/{held}/delete/           200     302
POST /admin/people/photo/{held}/delete/           302     302
GET  /admin/people/photo/{held}/choose/           200     404
GET  /admin/people/photo/{held}/review/           200     404
POST /admin/people/photo/{held}/review/           302     404
POST /admin/people/photo/{held}/retry/            302     404
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
WHOLE_GALLERY = [
    "/admin/people/decisionthresholds/",
    "/admin/people/decisionthresholds/calibrate/",
    "/admin/people/enginechoice/",
    "/admin/people/persongroup/",
    "/admin/people/persongroup/add/",
    "/admin/people/persongroup/{group}/change/",
    "/admin/people/persongroup/{group}/history/",
    "/admin/people/persongroup/{group}/delete/",
]
LISTS = [
    "/admin/people/person/",
    "/admin/people/person/?q=e",
    "/admin/people/person/?enrolment=enrolled",
    "/admin/people/person/?watchlists__id__exact={list}",
    "/admin/people/photo/",
    "/admin/people/photo/?state__exact=review",
    "/admin/autocomplete/?app_label=people&model_name=watchlist&field_name=people&term=e",
]


@pytest.fixture
def as_limited(limited: User, client: Client) -> Client:
    client.force_login(limited)
    return client


@pytest.fixture
def as_chief(chief: User) -> Client:
    client = Client()
    client.force_login(chief)
    return client


def answer_about(client: Client, row: list[str], record: Record) -> Any:
    """Asked of `record`; nothing of it stays."""
    method, path = row[:2]
    url = path.format(person=record.person.pk, photo=record.photo.pk, held=record.held.pk)
    body = {"name": "Another", "post": "yes", "decision": "refuse"}
    with transaction.atomic():
        answer = getattr(client, method.lower())(url, body if method == "POST" else None)
        transaction.set_rollback(True)
    return answer


def test_the_table_holds(as_limited: Client, operator: User, inside: Record, outside: Record) -> None:
    unlimited = Client()
    unlimited.force_login(operator)
    for row in ROWS:
        assert answer_about(as_limited, row, inside).status_code == int(row[2]), row
        assert answer_about(as_limited, row, outside).status_code == int(row[3]), row
        assert answer_about(unlimited, row, outside).status_code == int(row[2]), row


def test_somebody_outside_is_as_unknown_as_nobody(as_limited: Client, outside: Record) -> None:
    nobody = Record(Person(pk=uuid4()), type(outside.photo)(pk=uuid4()), type(outside.photo)(pk=uuid4()))
    for row in ROWS:
        hidden, unknown = (answer_about(as_limited, row, record) for record in (outside, nobody))
        assert hidden.status_code == unknown.status_code, row
        assert hidden.headers.get("Location") == unknown.headers.get("Location"), row
        assert not any(name in hidden.content.decode() for name in outside.traces[:1]), row
        if row[3] == "302":
            assert hidden.headers["Location"] == reverse("admin:index"), row


def test_a_change_of_somebody_outside_changes_nothing(as_limited: Client, outside: Record) -> None:
    as_limited.post(f"/admin/people/person/{outside.person.pk}/change/", {"name": "Another"})
    as_limited.post(f"/admin/people/person/{outside.person.pk}/delete/", {"post": "yes"})
    selected = {"action": "delete_selected", "_selected_action": [str(outside.person.pk)], "post": "yes"}
    as_limited.post("/admin/people/person/", selected)
    as_limited.post("/admin/people/person/", {**selected, "action": "retire"})
    as_limited.post("/admin/people/photo/", {"action": "retry", "_selected_action": [str(outside.held.pk)]})
    kept = Person.objects.get(pk=outside.person.pk)
    assert (kept.name, kept.retired_at) == ("Grace Hopper", None)
    assert kept.photos.get(pk=outside.held.pk).state == "review"


def test_lists_tell_of_those_who_exist_for_the_user(
    as_limited: Client, operator: User, inside: Record, outside: Record, guests: Watchlist
) -> None:
    unlimited = Client()
    unlimited.force_login(operator)
    for path in LISTS:
        url = path.format(list=guests.pk)
        answer = as_limited.get(url)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert any(trace in text for trace in inside.traces), path
        assert not any(trace in text for trace in outside.traces), path
        assert any(trace in unlimited.get(url).content.decode() for trace in outside.traces), path


def test_whoever_may_only_read_a_watchlist_is_led_to_the_people_inside(
    as_limited: Client, limited: User, guests: Watchlist, outside: Record
) -> None:
    limited.user_permissions.remove(*limited.user_permissions.filter(codename="change_watchlist"))
    text = as_limited.get(f"/admin/people/watchlist/{guests.pk}/change/").content.decode()
    assert ">1 person</a>" in text and "Take out" not in text
    assert not any(trace in text for trace in outside.traces)
    listed = as_limited.get(f"/admin/people/person/?watchlists__id__exact={guests.pk}").content.decode()
    assert "Ada Lovelace" in listed and "Grace Hopper" not in listed


def test_counts_are_of_those_who_exist_for_the_user(as_limited: Client, guests: Watchlist) -> None:
    (shown,) = as_limited.get("/admin/people/watchlist/").context["cl"].result_list
    assert shown.people_count == 1
    assert as_limited.get("/admin/people/person/").context["cl"].result_count == 1


def test_no_address_filters_by_somebody_out_of_sight(as_limited: Client, guests: Watchlist, outside: Record) -> None:
    for url in (
        f"/admin/people/watchlist/?people={outside.person.pk}",
        f"/admin/people/watchlist/?people__id__exact={outside.person.pk}",
        "/admin/people/watchlist/?people__name__startswith=G",
        f"/admin/people/photo/?reason_detail__person={outside.person.pk}",
    ):
        assert as_limited.get(url).status_code == 400, url


def test_pages_that_tell_of_everybody_are_refused_with_a_sentence(as_limited: Client, staff: PersonGroup) -> None:
    urls = [path.format(group=staff.pk) for path in WHOLE_GALLERY]
    for url in urls:
        refused = as_limited.get(url)
        assert refused.status_code == 403 and "only some groups of people" in refused.content.decode(), url
    index = as_limited.get("/admin/").content.decode()
    assert "/admin/people/person/" in index and "/admin/people/persongroup/" not in index
    PersonLimit.objects.all().delete()
    for url in urls:
        assert as_limited.get(url).status_code == 200, url
    assert "/admin/people/persongroup/" in as_limited.get("/admin/").content.decode()


def test_pages_that_tell_of_everybody_ask_passers_by_to_log_in(client: Client, staff: PersonGroup) -> None:
    for path in WHOLE_GALLERY:
        answer = client.get(path.format(group=staff.pk))
        assert answer.status_code == 302 and "login" in answer.headers["Location"]


def test_a_doubt_about_somebody_outside_shows_neither_name_nor_face(
    as_limited: Client, operator: User, inside: Record, outside: Record
) -> None:
    url = f"/admin/people/photo/{inside.held.pk}/review/"
    page = as_limited.get(url).content.decode()
    assert "Somebody you may not see" in page and not any(trace in page for trace in outside.traces)
    as_limited.force_login(operator)
    page = as_limited.get(url).content.decode()
    assert "Grace Hopper" in page and "Somebody you may not see" not in page


def test_whom_a_limited_user_adds_exists_for_them(as_limited: Client, staff: PersonGroup) -> None:
    as_limited.post("/admin/people/person/add/", {"name": "Katherine"})
    assert staff.people.filter(name="Katherine").exists()


class TestWatchlists:
    def save(self, client: Client, watchlist: Watchlist, *, put_in: Any = (), take_out: Any = ()) -> Any:
        pickers = {"put_in": put_in, "take_out": take_out}
        chosen = {name: [str(person.pk) for person in people] for name, people in pickers.items()}
        body = {"name": "Visitors", "description": "", **chosen}
        return client.post(f"/admin/people/watchlist/{watchlist.pk}/change/", body)

    def test_members_out_of_sight_stay(
        self, as_limited: Client, guests: Watchlist, inside: Record, outside: Record
    ) -> None:
        assert self.save(as_limited, guests, take_out=[inside.person]).status_code == 302
        assert list(guests.people.all()) == [outside.person]
        assert self.save(as_limited, guests, put_in=[inside.person]).status_code == 302
        assert guests.people.count() == 2 and Watchlist.objects.get().name == "Visitors"

    @pytest.mark.parametrize("picker", ["put_in", "take_out"])
    def test_somebody_outside_cannot_be_chosen(
        self, picker: str, as_limited: Client, guests: Watchlist, outside: Record
    ) -> None:
        if picker == "put_in":
            guests.people.remove(outside.person)
        before = set(guests.people.all())
        page = self.save(as_limited, guests, **{picker: [outside.person]})
        assert page.status_code == 200 and "Grace Hopper" not in page.content.decode()
        assert set(guests.people.all()) == before

    def test_whom_one_user_may_choose_is_not_offered_to_the_next(
        self, as_limited: Client, operator: User, guests: Watchlist, outside: Record
    ) -> None:
        other = Client()
        other.force_login(operator)
        assert self.save(other, guests, take_out=[outside.person]).status_code == 302
        assert self.save(as_limited, guests, put_in=[outside.person]).status_code == 200
        assert outside.person not in guests.people.all()
        assert self.save(other, guests, put_in=[outside.person]).status_code == 302

    def test_a_watchlist_of_thousands_can_be_changed(
        self, as_chief: Client, guests: Watchlist, inside: Record, outside: Record
    ) -> None:
        many = Person.objects.bulk_create(Person(name=f"Somebody {number}") for number in range(1500))
        guests.people.set(many)
        page = as_chief.get(f"/admin/people/watchlist/{guests.pk}/change/").content.decode()
        assert ">1500 people</a>" in page and "Somebody 1499" not in page
        assert self.save(as_chief, guests, put_in=[inside.person], take_out=many[:2]).status_code == 302
        assert guests.people.count() == 1499 and inside.person in guests.people.all()
        listed = as_chief.get(f"/admin/people/person/?watchlists__id__exact={guests.pk}")
        assert listed.context["cl"].result_count == 1499

    def test_a_new_watchlist_is_given_people(self, as_limited: Client, inside: Record, outside: Record) -> None:
        body = {"name": "Visitors", "description": "", "put_in": [str(inside.person.pk)]}
        assert as_limited.post("/admin/people/watchlist/add/", body).status_code == 302
        assert list(Watchlist.objects.get().people.all()) == [inside.person]

    def test_whom_to_choose_is_searched_for_among_those_in_sight(
        self, as_limited: Client, inside: Record, outside: Record
    ) -> None:
        asked = {"app_label": "people", "model_name": "watchlist", "field_name": "people", "term": ""}
        found = as_limited.get("/admin/autocomplete/", asked).json()["results"]
        assert [each["text"] for each in found] == ["Ada Lovelace"]

    def test_a_list_with_members_out_of_sight_is_not_deleted(
        self, as_limited: Client, guests: Watchlist, outside: Record
    ) -> None:
        url = f"/admin/people/watchlist/{guests.pk}/delete/"
        assert as_limited.post(url, {"post": "yes"}).status_code == 403
        selected = {"action": "delete_selected", "_selected_action": [guests.pk], "post": "yes"}
        as_limited.post("/admin/people/watchlist/", selected)
        assert Watchlist.objects.exists()
        guests.people.remove(outside.person)
        assert as_limited.post(url, {"post": "yes"}).status_code == 302
        assert not Watchlist.objects.exists()


class TestGroups:
    def save(self, client: Client, group: PersonGroup, *, put_in: Any = (), take_out: Any = (), **limits: Any) -> Any:
        body = {
            "name": group.name,
            "description": "",
            "put_in": [str(person.pk) for person in put_in],
            "take_out": [str(person.pk) for person in take_out],
            "limits-TOTAL_FORMS": "1",
            "limits-INITIAL_FORMS": "0",
            **{f"limits-0-{name}": value for name, value in limits.items()},
        }
        return client.post(f"/admin/people/persongroup/{group.pk}/change/", body, follow=True)

    def test_a_group_is_given_people_and_limits(
        self, as_chief: Client, staff: PersonGroup, inside: Record, outside: Record, viewer: User
    ) -> None:
        self.save(as_chief, staff, put_in=[outside.person], take_out=[inside.person], user=viewer.pk)
        assert list(staff.people.all()) == [outside.person]
        assert PersonLimit.objects.get().user == viewer

    def test_nobody_is_put_in_and_taken_out_at_once(self, as_chief: Client, staff: PersonGroup, inside: Record) -> None:
        page = self.save(as_chief, staff, put_in=[inside.person], take_out=[inside.person])
        assert "Either put in or take out Ada Lovelace." in page.content.decode()
        assert list(staff.people.all()) == [inside.person]

    def test_a_group_of_thousands_can_be_changed(self, as_chief: Client, staff: PersonGroup, viewer: User) -> None:
        many = Person.objects.bulk_create(Person(name=f"Somebody {number}") for number in range(1500))
        staff.people.add(*many)
        page = as_chief.get(f"/admin/people/persongroup/{staff.pk}/change/").content.decode()
        assert ">1501 people</a>" in page and "Somebody 1499" not in page
        self.save(as_chief, staff, take_out=many[:2], user=viewer.pk)
        assert staff.people.count() == 1499 and PersonLimit.objects.get().user == viewer

    def test_whoever_may_only_read_groups_is_offered_no_pickers(
        self, as_chief: Client, chief: User, staff: PersonGroup
    ) -> None:
        chief.user_permissions.remove(*chief.user_permissions.filter(codename="change_persongroup"))
        page = as_chief.get(f"/admin/people/persongroup/{staff.pk}/change/").content.decode()
        assert ">1 person</a>" in page and "Take out" not in page

    def test_a_limit_is_of_a_user_or_of_a_key(self, as_chief: Client, chief: User, staff: PersonGroup) -> None:
        key, _ = make_key(name="door", scopes=["read_people"], by=chief)
        page = self.save(as_chief, staff, user=chief.pk, key=key.pk)
        assert "Choose either a user or an API key." in page.content.decode()
        self.save(as_chief, staff, key=key.pk)
        assert PersonLimit.objects.get().key == key

    def test_lifting_the_last_limit_is_said(self, as_chief: Client, staff: PersonGroup, viewer: User) -> None:
        limit = PersonLimit.objects.create(group=staff, user=viewer)
        lifted = {"INITIAL_FORMS": "1", "0-id": limit.pk, "0-group": staff.pk, "0-DELETE": "on"}
        body = {f"limits-{name}": value for name, value in lifted.items()}
        body |= {"name": "Staff", "description": "", "limits-TOTAL_FORMS": "1"}
        page = as_chief.post(f"/admin/people/persongroup/{staff.pk}/change/", body, follow=True)
        assert "No group of people limits viewer any more" in page.content.decode()
        assert not PersonLimit.objects.exists()

    def test_a_limit_is_not_made_another_users(
        self, as_chief: Client, chief: User, staff: PersonGroup, viewer: User
    ) -> None:
        limit = PersonLimit.objects.create(group=staff, user=viewer)
        changed = {"INITIAL_FORMS": "1", "0-id": limit.pk, "0-group": staff.pk, "0-user": chief.pk}
        body = {f"limits-{name}": value for name, value in changed.items()}
        body |= {"name": "Staff", "description": "", "limits-TOTAL_FORMS": "1"}
        as_chief.post(f"/admin/people/persongroup/{staff.pk}/change/", body)
        assert PersonLimit.objects.get().user == viewer

    def test_a_group_that_limits_somebody_is_not_deleted(
        self, as_chief: Client, staff: PersonGroup, viewer: User
    ) -> None:
        limit = PersonLimit.objects.create(group=staff, user=viewer)
        url = f"/admin/people/persongroup/{staff.pk}/delete/"
        page = as_chief.get(url).content.decode()
        assert "Somebody is limited to this group." in page and "viewer sees Staff" in page
        as_chief.post(url, {"post": "yes"})
        selected = {"action": "delete_selected", "_selected_action": [staff.pk], "post": "yes"}
        as_chief.post("/admin/people/persongroup/", selected)
        assert PersonGroup.objects.exists()
        limit.delete()
        as_chief.post(url, {"post": "yes"})
        assert not PersonGroup.objects.exists()

    def test_the_list_takes_as_many_queries_for_many_groups(self, as_chief: Client, staff: PersonGroup) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                as_chief.get("/admin/people/persongroup/")
            return len(captured)

        before = queries()
        for number in range(5):
            PersonGroup.objects.create(name=str(number)).people.set(staff.people.all())
        assert queries() == before


class TestOnThePersonsPage:
    def save(self, client: Client, person: Person, *groups: PersonGroup) -> Any:
        body = {"name": person.name, "groups": [group.pk for group in groups]}
        return client.post(f"/admin/people/person/{person.pk}/change/", body)

    def test_somebody_is_put_into_groups(self, as_chief: Client, staff: PersonGroup, outside: Record) -> None:
        page = as_chief.get(f"/admin/people/person/{outside.person.pk}/change/").content.decode()
        assert 'name="groups"' in page
        assert self.save(as_chief, outside.person, staff).status_code == 302
        assert staff.people.filter(pk=outside.person.pk).exists()
        history = as_chief.get(f"/admin/people/person/{outside.person.pk}/history/").content.decode()
        assert "Changed groups." in history
        assert as_chief.get(f"/admin/people/person/?groups__id__exact={staff.pk}").context["cl"].result_count == 2
        self.save(as_chief, outside.person)
        assert not staff.people.filter(pk=outside.person.pk).exists()

    def test_a_limited_user_neither_sees_nor_changes_groups(
        self, as_limited: Client, staff: PersonGroup, inside: Record
    ) -> None:
        other = PersonGroup.objects.create(name="Guests of honour")
        url = f"/admin/people/person/{inside.person.pk}/change/"
        assert 'name="groups"' not in as_limited.get(url).content.decode()
        assert "Guests of honour" not in as_limited.get("/admin/people/person/").content.decode()
        assert self.save(as_limited, inside.person, other).status_code == 302
        assert list(inside.person.groups.all()) == [staff]

    def test_no_address_asks_for_groups_that_a_limited_user_does_not_know(
        self, as_limited: Client, inside: Record
    ) -> None:
        PersonGroup.objects.create(name="Guests of honour").people.add(inside.person)
        for asked in ("groups__id__exact=1", "groups__in=1,2", "groups__isnull=0", "sightings__isnull=0"):
            assert as_limited.get(f"/admin/people/person/?{asked}").status_code == 400

    def test_without_the_right_nobody_is_put_into_groups(
        self, as_chief: Client, chief: User, staff: PersonGroup, inside: Record
    ) -> None:
        chief.user_permissions.remove(*chief.user_permissions.filter(codename="change_persongroup"))
        assert self.save(as_chief, inside.person).status_code == 302
        assert list(inside.person.groups.all()) == [staff]


class TestKeys:
    def make(self, client: Client, **values: Any) -> Any:
        return client.post("/admin/people/apikey/add/", {"name": "door", "scopes": ["read_people"], **values})

    def test_a_key_is_made_with_its_groups(self, as_chief: Client, staff: PersonGroup) -> None:
        assert self.make(as_chief, personlimits=[staff.pk]).status_code == 200
        key = ApiKey.objects.get()
        assert PersonLimit.objects.get().key == key
        for url in ("/admin/people/apikey/", f"/admin/people/apikey/{key.pk}/change/"):
            assert "Staff" in as_chief.get(url).content.decode()

    def test_without_groups_a_key_has_no_limit_of_its_own(self, as_chief: Client, staff: PersonGroup) -> None:
        self.make(as_chief)
        assert ApiKey.objects.exists() and not PersonLimit.objects.exists()

    def test_a_limited_user_gives_their_own_groups_only(self, as_limited: Client, staff: PersonGroup) -> None:
        other = PersonGroup.objects.create(name="Guests of honour")
        form = as_limited.get("/admin/people/apikey/add/").content.decode()
        assert "Staff" in form and "Guests of honour" not in form
        self.make(as_limited, personlimits=[other.pk])
        assert not ApiKey.objects.exists()
        self.make(as_limited, personlimits=[staff.pk])
        assert list(PersonLimit.objects.exclude(key=None).values_list("group", flat=True)) == [staff.pk]

    def test_whoever_may_not_see_groups_is_offered_none(
        self, as_chief: Client, chief: User, staff: PersonGroup
    ) -> None:
        chief.user_permissions.remove(*chief.user_permissions.filter(codename="view_persongroup"))
        assert "Staff" not in as_chief.get("/admin/people/apikey/add/").content.decode()
