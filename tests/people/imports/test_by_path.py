"""Importing a folder of photos from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from people.editing import services
from people.editing.person_services import save_person
from people.errors import BadArchive
from people.imports.by_path import Imported, candidates_in_folder, files_in_folder, import_people
from people.imports.layouts import readings_of
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db


def write(folder: Path, *paths: str, data: bytes | None = None) -> None:
    for seed, path in enumerate(paths):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(seed) if data is None else data)


def run(folder: Path) -> list[Imported]:
    files = files_in_folder(folder)
    return list(import_people(candidates_in_folder(files, readings_of(files).likeliest), by=None))


def test_folders_are_people_and_files_without_a_folder_are_their_own(tmp_path: Path, media: Path) -> None:
    write(tmp_path, "Ada/1.jpg", "Ada/2.jpg", "Grace.jpg")
    assert [(file.person, file.status) for file in run(tmp_path)] == [
        ("Ada", "queued"),
        ("Ada", "queued"),
        ("Grace", "queued"),
    ]
    assert Person.objects.get(name="Ada").photos.count() == 2
    assert Person.objects.get(name="Grace").photos.count() == 1


def test_a_second_run_changes_nothing(tmp_path: Path, media: Path) -> None:
    folder = tmp_path / "faces"
    write(folder, "Ada/1.jpg", "Grace.jpg")
    run(folder)
    assert {file.status for file in run(folder)} == {"already_there"}
    assert (Person.objects.count(), Photo.objects.count()) == (2, 2)


def test_a_file_that_is_no_picture_makes_no_person_and_stops_nothing(tmp_path: Path, media: Path) -> None:
    write(tmp_path, "README.txt", data=b"read me")
    write(tmp_path, "Ada/1.jpg")
    write(tmp_path, "Grace/1.jpg", data=b"")
    assert [(file.path, file.status) for file in run(tmp_path)] == [
        ("Ada/1.jpg", "queued"),
        ("Grace/1.jpg", "empty"),
        ("README.txt", "not_an_image"),
    ]
    assert [person.name for person in Person.objects.all()] == ["Ada"]


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "Ada/.DS_Store", ".git/x.jpg", "__MACOSX/Ada/1.jpg", "Ada/Thumbs.db")
    assert not run(tmp_path)


def test_a_retired_person_is_not_enrolled_again_by_a_file(tmp_path: Path, ada: Person, media: Path) -> None:
    services.retire_person(person=ada, by=None)
    write(tmp_path, f"{ada.name}/1.jpg")
    assert [file.status for file in run(tmp_path)] == ["person_retired"]
    assert not Photo.objects.exists()


def test_a_name_of_two_people_is_left_to_somebody(tmp_path: Path, ada: Person, media: Path) -> None:
    Person.objects.create(name=ada.name)
    write(tmp_path, f"{ada.name}/1.jpg")
    assert [file.status for file in run(tmp_path)] == ["ambiguous_name"]


@pytest.mark.parametrize("folder", ["Pe\u0301rez", "P\xe9rez", "P\xc9REZ"])
def test_a_name_in_another_form_is_the_same_person(tmp_path: Path, media: Path, folder: str) -> None:
    person = Person.objects.create(name="P\xe9rez")
    write(tmp_path, f"{folder}/1.jpg", f"{folder.lower()}/2.jpg")
    run(tmp_path)
    assert person.photos.count() == 2 and Person.objects.count() == 1


def test_of_two_people_whose_names_differ_in_case_the_exact_one_is_meant(tmp_path: Path, media: Path) -> None:
    Person.objects.create(name="ADA")
    ada = Person.objects.create(name="Ada")
    write(tmp_path, "Ada/1.jpg", "ada/2.jpg")
    assert [file.status for file in run(tmp_path)] == ["queued", "ambiguous_name"]
    assert ada.photos.count() == 1


def test_a_file_that_is_nobodys_is_reported_with_the_reason(tmp_path: Path, media: Path) -> None:
    write(tmp_path, "Ada/1.jpg", "unknown/1.jpg", "train/1712345678.123456-abc-1712345680.1-Ada-0.9.webp")
    assert {(file.person, file.status) for file in run(tmp_path)} == {
        ("Ada", "queued"),
        ("", "names_nobody"),
        ("", "unsorted_face"),
    }
    assert [person.name for person in Person.objects.all()] == ["Ada"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, media: Path) -> None:
    write(tmp_path / "elsewhere", "secret.jpg")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "Ada.jpg").symlink_to(tmp_path / "elsewhere" / "secret.jpg")
    assert not run(folder)


def test_an_unreadable_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadArchive):
        files_in_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["-rf", "%2e%2e", "a'b\"<i>", "con", "名前 🙂", "x" * 240, "a.jpg.exe"])
def test_hostile_names_are_only_names(tmp_path: Path, media: Path, name: str) -> None:
    write(tmp_path, f"{name}/1.jpg")
    assert [(file.person, file.status) for file in run(tmp_path)] == [(name[:200], "queued")]


def test_folders_of_an_old_disk_keep_their_letters(tmp_path: Path, media: Path) -> None:
    for seed, name in enumerate(["Jürgen Müller", "José Nuñez", "Grace Hopper"]):
        folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name.encode("latin-1")))
        folder.mkdir()
        (folder / "1.jpg").write_bytes(picture(seed))
    (tmp_path / "Søren Ålund").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "Søren Ålund") + "/Søren.jpg".encode("latin-1"))).write_bytes(picture(9))
    assert {file.status for file in run(tmp_path)} == {"queued"}
    people = set(Person.objects.values_list("name", flat=True))
    assert people == {"Jürgen Müller", "José Nuñez", "Grace Hopper", "Søren Ålund"}


def test_two_paths_that_read_alike_are_told_apart_by_somebody(tmp_path: Path) -> None:
    for name in ("Zoë.jpg".encode(), "Zoë.jpg".encode("latin-1")):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(picture())
    with pytest.raises(BadArchive, match=r"“Zoë\.jpg” is there twice"):
        files_in_folder(tmp_path)


@pytest.mark.parametrize("name", ["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "山田\u3000太郎"])
def test_a_name_as_the_admin_stores_it_is_found_again(tmp_path: Path, media: Path, name: str) -> None:
    person = services.add_person(name=name, by=None)
    write(tmp_path, f"{name}/1.jpg")
    assert [file.person_id for file in run(tmp_path)] == [person.pk]


def test_who_is_renamed_meanwhile_gets_the_rest_of_the_folder(tmp_path: Path, media: Path) -> None:
    write(tmp_path, "Ada/1.jpg", "Ada/2.jpg")
    files = files_in_folder(tmp_path)
    imported = import_people(candidates_in_folder(files, readings_of(files).likeliest), by=None)
    first = next(imported)
    ada = Person.objects.get()
    ada.name = "Ada Lovelace"
    save_person(person=ada, by=None)
    assert [file.person_id for file in imported] == [first.person_id]
