"""From a file to the gallery with all real parts: services, database, reader process, engine."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command

from people.editing import services
from people.enrolling.enroller import Enroller
from people.errors import BadUpload
from people.gallery.stored import load_gallery
from people.recognising.reader import PhotoReader
from people.records import reasons
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import REASONS
from tests.people.conftest import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.integration]


def enrol_folder(folder: Path, **options: Any) -> tuple[dict[str, Any], int]:
    """The JSON report, and what the command leaves with."""
    out = io.StringIO()
    code = 0
    try:
        call_command("enrol_folder", folder, json=True, stdout=out, **options)
    except SystemExit as leaving:
        code = int(str(leaving.code))
    return json.loads(out.getvalue()), code


@pytest.fixture
def folder(tmp_path: Path, portraits: Path) -> Path:
    folder = tmp_path / "faces"
    for person, name in {"Barack": "obama.jpg", "Joe": "biden.jpg", "Joe Again": "biden.jpg"}.items():
        (folder / person).mkdir(parents=True)
        (folder / person / name).write_bytes((portraits / name).read_bytes())
    (folder / "Eileen.png").write_bytes((portraits / "astronaut.png").read_bytes())
    (folder / "Nobody.jpg").write_bytes(b"")
    return folder


def test_a_folder_is_enrolled_with_a_report_per_file_and_again_without_harm(folder: Path, media: Path) -> None:
    report, code = enrol_folder(folder)
    states = {line["path"]: (line["state"], line["reason"]) for line in report["files"]}
    # Two readers read the same picture side by side, and whichever is done first is enrolled.
    twins = {path: states.pop(path) for path in ("Joe/biden.jpg", "Joe Again/biden.jpg")}
    assert sorted(twins.values()) == [("enrolled", ""), ("review", "same_picture_as_other")]
    (joe,) = (path.partition("/")[0] for path, said in twins.items() if said == ("enrolled", ""))
    assert states == {
        "Barack/obama.jpg": ("enrolled", ""),
        "Eileen.png": ("enrolled", ""),
        "Nobody.jpg": ("empty", "empty"),
    }
    assert code == 1
    engine = Encoding.objects.values_list("engine", flat=True).distinct().get()
    gallery, names = load_gallery(engine)
    assert set(names.values()) == {"Barack", joe, "Eileen"}
    again, _ = enrol_folder(folder)
    assert {line["path"]: (line["state"], line["reason"]) for line in again["files"]} == states | twins
    assert load_gallery(engine)[0].version == gallery.version


def test_a_folder_of_one_person_with_a_photo_of_somebody_else_names_the_odd_one(
    tmp_path: Path, portraits: Path, media: Path
) -> None:
    """Nobody else is enrolled, and the wrong one comes first."""
    root = tmp_path / "faces"
    (root / "Barack").mkdir(parents=True)
    for name in ("biden.jpg", "obama.jpg", "obama2.jpg", "obama3.jpg"):
        (root / "Barack" / name).write_bytes((portraits / name).read_bytes())
    report, code = enrol_folder(root, layout="folders")
    assert code == 1
    assert [line["state"] for line in report["files"]] == ["review", "enrolled", "enrolled", "enrolled"]
    (odd,) = report["odd"]
    assert (odd["person"], odd["name"], odd["reason"]) == ("Barack", "biden.jpg", "unlike_own")
    assert enrol_folder(root, layout="folders")[0]["odd"] == [odd], "a second run asks nothing anew"


def test_a_phones_picture_is_enrolled_and_kept_as_browsers_show_it(tmp_path: Path, media: Path) -> None:
    heic = Path(__file__).parents[1] / "recognition" / "pictures" / "heic" / "ten-bits.heic"
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "Eileen.HEIC").write_bytes(heic.read_bytes())
    assert enrol_folder(folder)[1] == 0
    photo = Photo.objects.get()
    with photo.image.open("rb") as kept:
        assert bytes(kept.read(3)) == b"\xff\xd8\xff", "browsers show no HEIC"
    assert enrol_folder(folder)[0]["files"][0]["photo"] == str(photo.pk), "the same file is known again"


def test_only_queued_is_not_read(folder: Path, media: Path) -> None:
    report, _ = enrol_folder(folder, wait=False)
    assert report["states"] == {"pending": 4, "empty": 1}


def test_a_folder_that_is_none_leaves_with_2(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        call_command("enrol_folder", tmp_path / "nowhere")
    assert error.value.returncode == 2


def test_a_folder_in_doubt_is_refused_with_the_options_and_enrolled_with_one(tmp_path: Path, media: Path) -> None:
    for seed, name in enumerate(["ada", "bob"]):
        (tmp_path / "Firma").mkdir(exist_ok=True)
        (tmp_path / "Firma" / f"{name}.jpg").write_bytes(picture(seed))
    with pytest.raises(
        CommandError, match=r"(?s)--layout folders .*1 person: Firma.*--layout files .*2 people"
    ) as error:
        call_command("enrol_folder", tmp_path)
    assert error.value.returncode == 2 and not Person.objects.exists()
    out = io.StringIO()
    call_command("enrol_folder", tmp_path, layout="files", wait=False, stdout=out)
    assert out.getvalue().startswith("Each file is a person. This makes 2 people: ada, bob.")
    assert set(Person.objects.values_list("name", flat=True)) == {"ada", "bob"}


BAD = [
    "zero_bytes.jpg",
    "text_renamed.jpg",
    "html_renamed.png",
    "zip_renamed.jpg",
    "script.svg",
    "header_only.jpg",
    "truncated_half.jpg",
    "truncated.png",
    "bad_crc.png",
    "bomb_20000x20000.png",
    "huge_9600x9600.png",
    "lying_header.jpg",
    "one_pixel.png",
    "strip_4000x3.jpg",
    "compreface/corrupted.png",
    "compreface/empty.png",
    "cmyk.jpg",
    "grey16.png",
    "palette_trns.png",
    "animated.gif",
    "still.avif",
    "exif/orientation_6.jpg",
    "exif/broken_exif.jpg",
]
"""One or two of each kind; the recognition core's own tests go through all of them."""


async def test_every_bad_file_ends_with_a_reason_and_breaks_nothing(
    labels: dict[str, Any], shared_faces: Path, media: Path, settings: Any
) -> None:
    outcomes: dict[str, str] = {}
    photos: dict[str, Photo] = {}
    for number, file in enumerate(BAD):
        name, path = f"bad/{file}", shared_faces / "bad" / file
        person = await Person.objects.acreate(name=f"Person {number}")
        try:
            photos[name] = await sync_to_async(_add)(person, path)
        except BadUpload as refusal:
            outcomes[name] = refusal.code
    await Person.objects.aupdate(retired_at="2020-01-01T00:00Z")  # so that copies of one face hold nobody up
    enroller = Enroller(reader=PhotoReader(Path(settings.MODEL_CACHE)))
    try:
        await enroller.drain()
    finally:
        await enroller.close()
    for name, photo in photos.items():
        await photo.arefresh_from_db()
        assert photo.attempts == 1, name
        outcomes[name] = photo.reason or photo.state
    unexplained = {name: reason for name, reason in outcomes.items() if reason not in {*REASONS, "enrolled"}}
    assert not unexplained
    for name, reason in outcomes.items():
        truth = labels[name].get("expect", {})
        if truth.get("decodable") in (False, "bomb", "bomb-warning", "truncated"):
            assert reason in REASONS and reason != "no_face", (name, reason)
            assert reasons.sentence(reason)
        elif truth.get("decodable") is True and truth.get("faces") == 1:
            assert reason == "enrolled", name


def _add(person: Person, path: Path) -> Photo:
    return services.add_photo(person=person, file=path.read_bytes(), original_name=path.name, by=None)
