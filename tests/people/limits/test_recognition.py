"""Recognition under limits: somebody outside of them is a stranger, and no number tells of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.enrolling.enrol_now import enrol_now
from people.gallery.in_use import GalleryInUse
from people.imports.by_path import candidates_in_folder, files_in_folder, import_people
from people.imports.layouts import readings_of
from people.recognition.engine.kinds import engine_key
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from tests.api import client_of
from tests.people.conftest import picture
from tests.people.limits.conftest import Record, client_with_key


def ids(gallery: Any) -> set[str]:
    return set(gallery.people)


class TestTheGalleryOfSomeLimits:
    def test_has_the_people_within_them(self, inside: Record, outside: Record, staff: PersonGroup) -> None:
        galleries = GalleryInUse()
        within = (frozenset({staff.pk}),)
        assert ids(galleries.get(engine_key(), within=within)) == {str(inside.person.pk)}
        assert ids(galleries.get(engine_key())) == {str(inside.person.pk), str(outside.person.pk)}
        assert ids(galleries.get(engine_key(), within=(*within, frozenset({0})))) == set()

    def test_follows_its_groups_at_once(self, inside: Record, outside: Record, staff: PersonGroup) -> None:
        galleries, within = GalleryInUse(), (frozenset({staff.pk}),)
        galleries.get(engine_key(), within=within)
        staff.people.set([outside.person])
        assert ids(galleries.get(engine_key(), within=within)) == {str(outside.person.pk)}

    def test_is_made_once_for_its_version(self, inside: Record, staff: PersonGroup) -> None:
        galleries, within = GalleryInUse(), (frozenset({staff.pk}),)
        first = galleries.get(engine_key(), within=within)
        with CaptureQueriesContext(connection) as captured:
            assert galleries.get(engine_key(), within=within) is first
        assert len(captured) == 1  # the version

    def test_goes_when_others_need_the_room(self, inside: Record, staff: PersonGroup) -> None:
        galleries = GalleryInUse(most_templates=5)
        limits = [(frozenset({staff.pk, -number}),) for number in range(4)]
        made = [galleries.get(engine_key(), within=within) for within in limits]
        assert galleries.get(engine_key(), within=limits[-1]) is made[-1]
        assert galleries.get(engine_key(), within=limits[0]) is not made[0]


@pytest.fixture
def of_each_their_own(portraits: Path, media: Path, chief: User) -> dict[str, Any]:
    """Barack is staff and Joe is a guest; a caller for each group, and one for both."""
    callers: dict[str, Any] = {"everybody": client_of(chief)}
    for name, file in (("Barack", "obama.jpg"), ("Joe", "biden.jpg")):
        person = Person.objects.create(name=name)
        enrol_now(who=lambda person=person: person, data=(portraits / file).read_bytes(), name=file, by=None)
        group = PersonGroup.objects.create(name=name)
        group.people.add(person)
        callers[f"key of {name}"] = client_with_key(chief, group)
        user = User.objects.create_user(f"user of {name}", is_staff=True)
        user.user_permissions.set(chief.user_permissions.all())
        PersonLimit.objects.create(group=group, user=user)
        callers[f"user of {name}"] = client_of(user)
    return callers


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lookers")
def test_a_face_has_a_name_only_for_those_for_whom_the_person_exists(
    of_each_their_own: dict[str, Any], portraits: Path
) -> None:
    found = {}
    for who, caller in of_each_their_own.items():
        sent = {"image": SimpleUploadedFile("a.jpg", (portraits / "obama2.jpg").read_bytes()), "candidates": 5}
        (face,) = caller.post("/api/v1/recognise/", sent).json()["faces"]
        names = [each["person"]["name"] for each in face["candidates"]]
        found[who] = (face["verdict"], face["person"] and face["person"]["name"], names, face["margin"] is None)
    assert found == {
        "everybody": ("match", "Barack", ["Barack", "Joe"], False),
        "key of Barack": ("match", "Barack", ["Barack"], True),
        "user of Barack": ("match", "Barack", ["Barack"], True),
        "key of Joe": ("unknown", None, ["Joe"], True),
        "user of Joe": ("unknown", None, ["Joe"], True),
    }
    barack = Person.objects.get(name="Barack")
    for who, status in (("everybody", 200), ("key of Barack", 200), ("key of Joe", 400)):
        sent = {
            "image": SimpleUploadedFile("a.jpg", (portraits / "obama2.jpg").read_bytes()),
            "person": str(barack.pk),
        }
        assert of_each_their_own[who].post("/api/v1/verify/", sent).status_code == status


def test_an_import_adds_to_those_who_exist_for_its_maker(
    tmp_path: Path, limited: User, staff: PersonGroup, inside: Record, outside: Record
) -> None:
    """A file with the name of somebody outside makes a person of that name inside: the names are two people's."""
    folder = tmp_path / "import"
    folder.mkdir()
    for number, name in enumerate(("Ada Lovelace", "Grace Hopper")):
        (folder / f"{name}.jpg").write_bytes(picture(300 + number))
    files = files_in_folder(folder)
    list(import_people(candidates_in_folder(files, readings_of(files).likeliest), by=limited))
    assert set(staff.people.values_list("name", flat=True)) == {"Ada Lovelace", "Grace Hopper"}
    assert outside.person.photos.count() == 2 and inside.person.photos.count() == 3
