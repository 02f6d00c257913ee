"""Who the people are, read from paths alone: recognised where names tell it, asked where they do not."""

from __future__ import annotations

from itertools import product

import pytest

from people.imports.known_sources import Aside
from people.imports.layouts import Layout, readings_of

EVENT = "1712345678.123456-abcdef-1712345680.123-unknown-0.0.webp"
UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c330"
NAMES = ["Ada One", "Bob Two", "Cem Three"]


@pytest.mark.parametrize(
    ("paths", "people"),
    [
        pytest.param(["Ada/1.jpg", "Ada/2.jpg", "Grace/1.jpg"], {"Ada", "Grace"}, id="folders"),
        pytest.param(["Ada.jpg", "Grace.jpg"], {"Ada", "Grace"}, id="files"),
        pytest.param(["Ada/1.jpg", "Ada/2.jpg", "Grace.jpg"], {"Ada", "Grace"}, id="folders and files"),
        pytest.param(["Ada/1.jpg", "IMG_2.jpg"], {"Ada"}, id="a file without a name beside folders"),
        pytest.param([f"Employees/{name}.jpg" for name in NAMES], set(NAMES), id="wrapper around files"),
        pytest.param([f"Acme 2024/{name}.jpg" for name in NAMES], set(NAMES), id="wrapper of any name"),
        pytest.param([f"Отдел/{name}.jpg" for name in ("Иван Петров", "Анна Котова", "Олег Жук")],
                     {"Иван Петров", "Анна Котова", "Олег Жук"}, id="wrapper in Cyrillic"),
        pytest.param(["员工/张伟.jpg", "员工/李娜.jpg"], {"张伟", "李娜"}, id="wrapper in Chinese"),
        pytest.param(["Sales/Ada One/1.jpg", "Sales/Bob Two/1.jpg", "IT/Cem Three/1.jpg"], set(NAMES),
                     id="departments"),
        pytest.param(["Acme/Sales/Ada One/1.jpg", "Acme/Sales/Bob Two/1.jpg", "Acme/IT/Cem Three/1.jpg"], set(NAMES),
                     id="departments in a wrapper"),
        pytest.param(["EMEA/Sales/Ada One/1.jpg", "EMEA/IT/Bob Two/1.jpg", "US/IT/Cem Three/1.jpg"], set(NAMES),
                     id="departments in departments"),
        pytest.param(["Sales/Ada One.jpg", "Sales/Bob Two.jpg", "IT/Cem Three.jpg"], set(NAMES),
                     id="departments around files"),
        pytest.param(["Ada/2019/1.jpg", "Ada/2020/1.jpg", "Bob/2019/1.jpg"], {"Ada", "Bob"}, id="years of a person"),
        pytest.param(["Ada/indoor/1.jpg", "Bob/indoor/1.jpg", "Bob/outdoor/1.jpg"], {"Ada", "Bob"}, id="views"),
        pytest.param(["Ada Lovelace/001/1.jpg", "Ada Lovelace/002/1.jpg"], {"Ada Lovelace"}, id="albums of one"),
        pytest.param(["export-7/Ada/1.jpg", "export-7/Grace/1.jpg"], {"Ada", "Grace"}, id="wrapper around folders"),
        pytest.param(["Acme/Ada/1.jpg", "Acme/Bob.jpg"], {"Ada", "Bob"}, id="wrapper around folders and files"),
        pytest.param(["Ada/Ada_1.jpg", "Ada/Ada_2.jpg", "Bob/bob 1.jpg"], {"Ada", "Bob"}, id="named as the folder"),
        pytest.param(["Ada/Ada front.jpg", "Ada/ada_left.jpg", "Bob/Bob side view 2.jpg"], {"Ada", "Bob"},
                     id="named views"),
        pytest.param(["Ada/WhatsApp Image 2024-01-02 at 10.11.12.jpeg", "Ada/PXL_20240102_1.jpg"], {"Ada"},
                     id="phones"),
        pytest.param([f"Ada {chr(97 + number % 10)}/{1000 + number}.jpg" for number in range(30)],
                     {f"Ada {letter}" for letter in "abcdefghij"}, id="running numbers"),
        pytest.param(["Ada_1.jpg", "Ada_2.jpg", "Bob_1.jpg"], {"Ada", "Bob"}, id="numbered files"),
        pytest.param(["Ada (1).jpg", "Ada (2).jpg", "Bob.jpg"], {"Ada", "Bob"}, id="files numbered by Windows"),
        pytest.param(["Ada One.jpg", "Ada One - Copy.jpg", "Ada One - Copy (2).jpg", "Ada One - Copy - Copy.jpg",
                      "Bob Two.jpg", "Copy of Bob Two.jpg", "Cem Three.jpg", "Cem Three copy 2.png"], set(NAMES),
                     id="files copied beside themselves"),
        pytest.param(["Ada One/1.jpg", "Ada One - Kopie/1.jpg", "Bob Two/1.jpg", "Cem Three/1.jpg"], set(NAMES),
                     id="folders copied beside themselves"),
        pytest.param(["Ada One.jpg", "Bob Two.jpg", "Jean Copie.jpg"], {"Ada One", "Bob Two", "Jean Copie"},
                     id="a name like a copy's"),
        pytest.param(["Ada/001.jpg", "Ada/002.jpg", "Bob/IMG_0001.JPG"], {"Ada", "Bob"}, id="numbers in folders"),
        pytest.param([f"Ada/{UUID}1.jpg", f"Ada/{UUID}2.jpg"], {"Ada"}, id="random names in a folder"),
        pytest.param(["Ada Lovelace/holiday.jpg", "Ada Lovelace/birthday.jpg"], {"Ada Lovelace"}, id="albums by name"),
        pytest.param(["Ada.HEIC.jpg", "Bob.jpg.jpg"], {"Ada", "Bob"}, id="converted, with both extensions"),
        pytest.param(["E1001.jpg", "E1002.jpg"], {"E1001", "E1002"}, id="numbers of staff"),
        pytest.param(["Ada/1.jpg", "Ada/2.jpg", "Ada/wrong.jpg", "Bob/1.jpg"], {"Ada", "Bob"}, id="one stray name"),
        pytest.param(["Ada/1.jpg", "ADA/2.jpg"], {"Ada"}, id="the same name in capitals"),
        pytest.param(["Pe\u0301rez/1.jpg", "P\xe9rez/2.jpg"], {"P\xe9rez"}, id="from a Mac"),
        pytest.param(["train/Ada/1.jpg", "test/Ada/2.jpg", "test/Bob/1.jpg"], {"Ada", "Bob"}, id="a data set"),
        pytest.param(["clips/faces/Ada/1.webp", f"clips/faces/train/{EVENT}", "clips/x.jpg"], {"Ada"}, id="Frigate"),
        pytest.param(["faces/Ada/x.webp", "faces/Ada/yy.webp", f"faces/train/{EVENT}"], {"Ada"}, id="Frigate's faces"),
        pytest.param(["train/Ada/x.jpg", "train/Ada/yy.jpg", f"matches/{UUID}1.jpg", "latest/hall.jpg"], {"Ada"},
                     id="Double Take"),
        pytest.param([".storage/train/Ada/x.jpg", ".storage/matches/x.jpg"], {"Ada"}, id="Double Take's folder"),
        pytest.param(["unknown/1.jpg", "unknown/2.jpg", "Ada/1.jpg"], {"Ada"}, id="a folder of strangers"),
    ],
)  # fmt: skip
def test_clear_layouts_are_recognised(paths: list[str], people: set[str]) -> None:
    readings = readings_of(paths)
    assert readings.is_sure, readings.why
    assert set(readings.likeliest.photos) == people


@pytest.mark.parametrize(
    ("paths", "offered"),
    [
        pytest.param(["Firma/ada.jpg", "Firma/bob.jpg"], {"folders", "files"}, id="words in one folder"),
        pytest.param(["Ada/london.jpg", "Ada/paris.jpg", "Bob/1.jpg"], {"folders", "files"}, id="places or people"),
        pytest.param(["Acme/1.jpg", "Acme/2.jpg", "Acme/Ada One.jpg"], {"folders", "files"}, id="a name among numbers"),
        pytest.param(["Acme/1.jpg", "Acme/ada.jpg"], {"folders", "files"}, id="a word and a number"),
        pytest.param(["Smith/Ada Smith.jpg", "Smith/Bob Smith.jpg"], {"folders", "files"}, id="a family"),
        pytest.param(["Team/Ann.jpg", "Ada One/1.jpg", "New hires/Cem Three.jpg", "New hires/Dan Four.jpg"],
                     {"folders", "files"}, id="a wrapper among people"),
        pytest.param(["Müller AG/jörg.jpg", "Müller AG/änne.jpg"], {"folders", "files"}, id="a company"),
        pytest.param(["Human Resources/ada/1.jpg", "Human Resources/bob/1.jpg", "North Office/cem/1.jpg"],
                     {"folders", "inner_folders"}, id="departments of two words"),
        pytest.param(["Human Resources/Ada One.jpg", "North Office/Bob Two.jpg"], {"folders", "files"}, id="one each"),
        pytest.param(["Acme/Ada portrait.jpg", "Acme/Bob portrait.jpg"], {"folders", "files"}, id="portraits"),
        pytest.param(["Old/ada.jpg", "Old/bob.jpg", "Copy A/ada.jpg", "Copy A/bob.jpg"], {"folders", "files"},
                     id="copies"),
        pytest.param(["Acme/10023.jpg", "Acme/10877.jpg"], {"folders", "files"}, id="numbers of staff in a wrapper"),
        pytest.param(["Human Resources/10023/1.jpg", "North Office/10877/1.jpg"], {"folders", "inner_folders"},
                     id="folders of staff numbers"),
        pytest.param(["Acme/johnsmith1985.jpg", "Acme/annamiller1990.jpg"], {"folders", "files"}, id="years of birth"),
        pytest.param(["Sales/person_1.jpg", "Sales/person_2.jpg"], {"folders", "files"}, id="any person"),
        pytest.param(["Sales/Ada/1.jpg", "Sales/Bob/1.jpg", "IT/Cem/1.jpg"], {"folders", "inner_folders"},
                     id="departments or people"),
        pytest.param(["Sales/Ada One/1.jpg", "IT/Ada One/1.jpg"], {"folders", "inner_folders"}, id="two of one name"),
        pytest.param([f"Acme/IMG_{number}.jpg" for number in range(30)], {"folders", "files"}, id="an event"),
        pytest.param(["001.jpg", "002.jpg"], {"files"}, id="numbers alone"),
        pytest.param(["photos/IMG_1.jpg", "photos/IMG_2.jpg"], {"files"}, id="a folder of pictures"),
        pytest.param(["Ada_1.jpg", "Ada_2.jpg"], {"files", "numbered_files"}, id="one name and numbers"),
    ],
)  # fmt: skip
def test_whoever_imports_is_asked_where_names_leave_it_open(paths: list[str], offered: set[str]) -> None:
    readings = readings_of(paths)
    assert not readings.is_sure
    assert readings.why.endswith(".") and offered <= {str(each.layout) for each in readings.offered}


def test_what_nobody_enrolled_is_set_aside_with_a_reason() -> None:
    paths = ["train/Ada/x.jpg", "matches/x.jpg", f"train/{EVENT}", "../x.jpg", "/etc/x.jpg", "Ada/../../x.jpg"]
    readings = readings_of(paths)
    assert readings.likeliest.names == {"train/Ada/x.jpg": "Ada"}
    assert readings.likeliest.aside == {
        "matches/x.jpg": Aside.NOT_ENROLLED,
        f"train/{EVENT}": Aside.UNSORTED,
        "../x.jpg": Aside.BAD_PATH,
        "/etc/x.jpg": Aside.BAD_PATH,
        "Ada/../../x.jpg": Aside.BAD_PATH,
    }


@pytest.mark.parametrize("layout", list(Layout))
def test_no_layout_makes_a_person_of_what_lies_in_train(layout: Layout) -> None:
    readings = readings_of([f"train/{EVENT}", f"train/{EVENT.replace('unknown', 'Ada')}", "train/1.jpg"])
    assert not readings.by(layout).names


def test_the_same_number_in_the_folders_of_several_people_is_nobodys_name() -> None:
    reading = readings_of(["Ada/1.jpg", "Bob/1.jpg", "Bob/Cem Three.jpg"]).by("files")
    assert reading.names == {"Bob/Cem Three.jpg": "Cem Three"}


@pytest.mark.parametrize(
    "wrapper", ["Employees", "Staff 2024", "photos", "Acme", "export-7", "Mitarbeiter", "сотрудники"]
)
@pytest.mark.parametrize(
    "names", [NAMES, ["Иван Петров", "Анна Котова", "Олег Жук"], ["Müller, Jens", "Öz, Ayşe", "Li, Na"]]
)
def test_a_wrapper_is_never_one_person_of_many_faces(wrapper: str, names: list[str]) -> None:
    for department, extension in product(["", "Sales/", "EMEA/Sales/"], ["jpg", "webp"]):
        for inside in (f"{{}}.{extension}", f"{{}}/1.{extension}"):
            readings = readings_of([f"{wrapper}/{department}{inside.format(name)}" for name in names])
            assert readings.is_sure and list(readings.likeliest.photos) == names


def test_a_preview_names_the_first_five_and_who_has_most() -> None:
    reading = readings_of([f"Person {number:03}/{photo}.jpg" for number in range(212) for photo in range(2)]).likeliest
    assert reading.sentence == (
        "This makes 212 people, first five: Person 000, Person 001, Person 002, Person 003, Person 004."
    )
    assert reading.most == ("Person 000", 2)
    assert readings_of(["Ada/1.jpg", "Ada/read me.txt", "Bob/x.txt"]).likeliest.sentence == "This makes 1 person: Ada."


def test_names_are_stored_composed_printable_and_short() -> None:
    reading = readings_of(["Pe\u0301rez\u202e/1.jpg", "x" * 240 + "/1.jpg"]).likeliest
    assert list(reading.names.values()) == ["P\xe9rez", "x" * 200]


def test_a_large_folder_is_read_as_a_small_one() -> None:
    readings = readings_of(f"Person {number % 2_000}/{number}.jpg" for number in range(10_000))
    assert readings.is_sure and readings.likeliest.people == 2_000
