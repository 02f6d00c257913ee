"""Nobody who is limited to groups reads a name from another group, on any page that lists, tells or suggests names.

Everything hidden in this site has "Hidden" in its name: a person, a camera, groups, a watchlist's member, a search, an
import, a key's limit, and what the history says of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.editing.merging import merge_people
from people.editing.person_services import put_on_watchlists, save_person
from people.editing.services import add_photo
from people.imports.jobs import ImportJob
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.cameras.services import save_camera
from streams.records.groups import CameraGroup
from streams.records.search_log import SearchLog
from tests.streams.limited import World

pytestmark = pytest.mark.django_db
HIDDEN, SHOWN = "Hidden", "Ada Lovelace"
LISTS = [
    "/presence/", "/presence/roll-call/", "/api/v1/presence/",
    "/", "/sightings/", "/sightings/attendance/", "/sightings/search/", "/admin/", "/admin/people/", "/admin/streams/",
    "/admin/auth/", "/admin/go/?q=hidden", "/admin/go/?q=o",
    "/api/v1/people/", "/api/v1/photos/", "/api/v1/watchlists/", "/api/v1/imports/", "/api/v1/cameras/",
    "/api/v1/sightings/", "/api/v1/detections/", "/api/v1/live/", "/api/v1/sightings/csv/", "/api/v1/detections/csv/",
    "/api/v1/reports/attendance/", "/api/v1/reports/attendance/csv/", "/api/v1/gallery/", "/api/v1/gallery/shares/",
]  # fmt: skip


@pytest.fixture
def world(media: Path, portraits: Path, operator: User) -> World:
    """As many tables as possible name somebody, a camera or a group that is hidden from the limited."""
    made = World.made()
    save_camera(camera=made.vault, by=operator)
    made.vault.name = "Vault Hidden"
    save_camera(camera=made.vault, by=operator)
    for kind, member in ((PersonGroup, made.bob), (CameraGroup, made.vault)):
        group = kind.objects.create(name=f"{HIDDEN} {kind.__name__}")
        getattr(group, "people" if kind is PersonGroup else "cameras").add(member)
    watchlist = Watchlist.objects.create(name="Doors")
    for person in (made.ada, made.bob):
        person.notes = "seen"
        save_person(person=person, by=operator)
        put_on_watchlists(person=person, watchlists=[watchlist], by=operator)
        picture = (portraits / ("obama.jpg" if person == made.ada else "biden.jpg")).read_bytes()
        add_photo(person=person, file=picture, original_name=f"{person}.jpg", by=operator)
    third = save_person(person=Person(name="Third Hidden"), by=operator)
    third.groups.set(PersonGroup.objects.filter(name__startswith=HIDDEN))
    merge_people(keep=made.ada, merge=third, by=operator)
    made.ada.groups.clear()
    key, _ = make_key(
        name="door", scopes=list(Scope), by=operator, groups=[PersonGroup.objects.get(), CameraGroup.objects.get()]
    )
    ImportJob.objects.create(
        original_name="Hidden.zip", size_bytes=1, entries_total=1, file="imports/x.zip", created_by=operator, key=key
    )
    filters = {"camera": "Vault Hidden", "name": "Bob Hidden"}
    SearchLog.objects.create(who="x", sighting=made.bob.pk, within=0.5, searched=1, found=1, filters=filters)
    return made


def limited_user(world: World, *, role: str) -> User:
    """An auditor, or somebody with every right; limited to Ada and the hall, and active before that."""
    user = User.objects.create_user(role, password=role, is_staff=True)
    if role == "auditor":
        user.groups.add(Group.objects.get(name="auditor"))
    else:
        user.user_permissions.set(Permission.objects.all())
    for row in (world.bob, world.vault):
        LogEntry.objects.create(
            user=user, content_type=get_content_type_for_model(row), object_id=str(row.pk), object_repr=str(row)[:200],
            action_flag=CHANGE, change_message="Changed name.",
        )  # fmt: skip
    world.limit_people(user)
    world.limit_cameras(user)
    return user


def admin_pages() -> Iterator[str]:
    """Every page of the admin about every row of every table in it, and every list."""
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_changelist") + "?q=i"
        yield reverse(f"{name}_add")
        for row in model._base_manager.all():
            for page in ("change", "history", "delete"):
                yield reverse(f"{name}_{page}", args=[row.pk])


def suggestions() -> Iterator[str]:
    """Every field of every table that the admin could suggest values for."""
    for model in apps.get_models():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if isinstance(related := field.related_model, type) and issubclass(related, Model):
                where = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
                yield f"/admin/autocomplete/?{where}&field_name={field.name}&term="


@pytest.mark.parametrize("role", ["auditor", "chief"])
def test_no_page_tells_a_name_from_another_group(role: str, world: World) -> None:
    client = Client()
    client.force_login(limited_user(world, role=role))
    told, answered = [], 0
    for address in [*LISTS, *admin_pages(), *suggestions()]:
        answer = client.get(address, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        answered += answer.status_code == 200
        if HIDDEN in body.decode(errors="replace"):
            told.append(address)
    assert told == []
    assert answered > 60


def test_a_deletion_of_a_user_counts_what_they_did_and_names_none_of_it(world: World) -> None:
    client, gone = Client(), limited_user(world, role="auditor")
    client.force_login(limited_user(world, role="chief"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    page = client.get(f"/admin/auth/user/{gone.pk}/delete/").content.decode()
    assert "auditor" in page and "Log entries" in page and HIDDEN not in page


def test_an_unlimited_auditor_reads_all_of_them(world: World) -> None:
    """Otherwise the test above would find nothing because nothing is told at all."""
    user = User.objects.create_user("free", password="free", is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    client = Client()
    client.force_login(user)
    suggest = "/admin/autocomplete/?app_label={}&model_name={}&field_name=group&term="
    tables = ("people/apikey", "people/persongroup", "people/person", "streams/cameragroup", "streams/searchlog")
    for address in (
        *(f"/admin/{table}/" for table in tables),
        reverse("admin:people_person_history", args=[world.ada.pk]),
        suggest.format("people", "personlimit"),
        suggest.format("streams", "cameralimit"),
    ):
        assert HIDDEN in client.get(address).content.decode(), address
