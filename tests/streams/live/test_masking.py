"""What is cut from frames and events for one viewer who is limited to some people."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from streams.live.drawing import drawn
from streams.live.masking import Knowing, SightingFeed, shown_frame, shown_record
from streams.live.sight import Sight
from streams.wire.builders import sighting_event
from streams.wire.frames import pack_frame, unpack_frame
from streams.wire.shapes import FrameHeader, Hello
from tests.streams.pages.scripted_socket import face, frame, sighting
from tests.streams.said import NOON

ADA = face("Ada", "match", (100, 100, 200, 200))
BOB = face("Bob", "review", (300, 100, 400, 200))
SOMEBODY = face(None, "unknown", (500, 100, 600, 200))
STAFF = frozenset({ADA["person"]["id"]})
LIMITED, ROUNDED = Knowing(STAFF), Knowing(exact=False)


def cut(*faces: Any) -> FrameHeader:
    return unpack_frame(shown_frame(frame(faces=faces), LIMITED))[0]


def test_a_frame_is_the_very_bytes_for_whoever_may_see_everybody() -> None:
    message = frame(faces=[ADA, BOB])
    assert shown_frame(message, Knowing()) is message


def test_a_frame_keeps_who_may_be_seen_and_withholds_the_others() -> None:
    ada, bob, somebody = cut(ADA, BOB, SOMEBODY)["faces"]
    assert ada == {**ADA, "box": [100, 100, 200, 200]}
    assert bob == {**BOB, "box": [300, 100, 400, 200], "verdict": "withheld", "person": None, "distance": None}
    assert somebody == {**SOMEBODY, "box": [500, 100, 600, 200], "distance": None}


def test_nothing_of_a_hidden_person_is_in_the_bytes() -> None:
    message = shown_frame(frame(faces=[ADA, BOB]), LIMITED)
    assert b"Ada" in message and b"Bob" not in message and BOB["person"]["id"].encode() not in message


def test_the_picture_and_the_rest_of_the_header_stay_as_they_are() -> None:
    message = frame(7, faces=[BOB])
    (before, jpeg), (after, same) = unpack_frame(message), unpack_frame(shown_frame(message, LIMITED))
    assert same == jpeg and {**after, "faces": ()} == {**before, "faces": ()}


def colour(jpeg: bytes, x: int, y: int) -> Any:
    return Image.open(io.BytesIO(jpeg)).getpixel((x, y))


def test_a_stream_shows_a_grey_box_without_words_in_place_of_a_hidden_person() -> None:
    picture = drawn(frame(faces=[ADA, BOB]), STAFF)
    assert Image.open(io.BytesIO(picture)).size == (640, 360)
    assert colour(picture, 150, 199) == pytest.approx((22, 132, 73), abs=40)  # Ada's box: green
    assert colour(picture, 103, 81) == pytest.approx((22, 132, 73), abs=40)  # and her name above it
    assert colour(picture, 350, 199) == pytest.approx((120, 130, 144), abs=40)  # Bob's: grey
    assert colour(picture, 303, 81) == pytest.approx((30, 60, 160), abs=40)  # and no label


def test_a_shrunk_preview_gets_its_boxes_where_the_faces_are() -> None:
    header, jpeg = unpack_frame(frame(faces=[ADA]))
    header |= {"width_px": 1280, "height_px": 720}
    assert colour(drawn(pack_frame(header, jpeg), STAFF), 75, 99) == pytest.approx((22, 132, 73), abs=40)


def test_a_sighting_keeps_its_distance_only_beside_somebody_who_may_be_seen() -> None:
    ada = sighting("Ada", distance=0.3, margin=0.2)
    assert shown_record(ada, Knowing(frozenset({ada["person"]["id"]}))) == {**ada, "margin": None}
    assert shown_record(ada, LIMITED) is None
    unknown = sighting(distance=0.7, margin=0.2)
    assert shown_record(unknown, LIMITED) == {**unknown, "distance": None, "margin": None, "withheld": True}
    assert shown_record(ada, Knowing()) is ada
    corrected = sighting("Ada", distance=0.3, edit=7, edited="corrected by Ann")
    told = shown_record(corrected, Knowing(frozenset({corrected["person"]["id"]})))
    assert told is not None and (told["distance"], told["withheld"]) == (None, True)


def test_a_correction_is_told_of_sightings_that_the_page_shows() -> None:
    feed, shown = SightingFeed(), sighting("Ada")
    corrected = sighting_event("corrected", {**shown, "edit": 7}, NOON)
    assert feed.shown(corrected, Knowing()) is None
    feed.shown(sighting_event("started", shown, NOON), Knowing())
    assert feed.shown(corrected, Knowing()) is corrected


@pytest.mark.parametrize(("distance", "told"), [(0.21, 0.5), (0.5, 0.5), (0.53, 0.55), (0.56, 2), (None, None)])
def test_a_viewer_without_exact_distances_gets_the_limit_and_no_margin(
    distance: float | None, told: float | None
) -> None:
    record = shown_record(sighting("Ada", distance=distance, margin=0.2), ROUNDED)
    assert record is not None
    assert (record["distance"], record["margin"], record["rounded"]) == (told, None, True)


def test_frames_tell_a_viewer_without_exact_distances_none() -> None:
    faces = unpack_frame(shown_frame(frame(faces=[ADA, SOMEBODY]), ROUNDED))[0]["faces"]
    assert [face["distance"] for face in faces] == [None, None]
    assert [face["person"] for face in faces] == [ADA["person"], None]


def test_a_limited_viewer_without_exact_distances_gets_neither() -> None:
    both = Knowing(STAFF, exact=False)
    unknown = shown_record(sighting(distance=0.7, margin=0.2), both)
    assert unknown is not None and (unknown["distance"], unknown["withheld"]) == (None, True)
    assert shown_record(sighting("Bob"), both) is None


def event(record: Any) -> Any:
    return sighting_event("updated", record, NOON)


def test_a_hidden_sighting_is_not_told_at_all() -> None:
    assert SightingFeed().shown(event(sighting("Bob")), LIMITED) is None


@pytest.mark.parametrize("by_greeting", [True, False])
def test_a_sighting_that_turns_out_to_be_of_a_hidden_person_goes_again_once(by_greeting: bool) -> None:
    feed, unknown = SightingFeed(), sighting()
    if by_greeting:
        feed.greet(Hello(type="hello", now="", cameras=[], sightings=[unknown]))
    else:
        assert feed.shown(event(unknown), LIMITED) is not None
    bob = event({**sighting("Bob"), "id": unknown["id"]})
    assert feed.shown(bob, LIMITED) == {"type": "sighting.gone", "id": unknown["id"]}
    assert feed.shown(bob, LIMITED) is None


def test_events_pass_as_they_are_for_whoever_may_see_everybody() -> None:
    said = event(sighting("Bob"))
    assert SightingFeed().shown(said, Knowing()) is said


CAMERA: Any = {"slug": "hall", "name": "Hall"}
ALL = Sight({1: CAMERA, 2: CAMERA}, sightings=True)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (Sight({1: CAMERA}, sightings=True), ALL),
        (Sight({1: CAMERA, 2: CAMERA}, sightings=False), ALL),
        (Sight({1: CAMERA, 2: CAMERA}, sightings=True, people=STAFF), ALL),
        (Sight({}, True, people=frozenset()), Sight({}, True, people=STAFF)),
        (Sight({}, True), Sight({}, True, exact=True)),
    ],
)
def test_a_sight_that_lost_something_is_narrower(less: Sight, more: Sight) -> None:
    assert less.is_narrower_than(more) and not more.is_narrower_than(less) and not more.is_narrower_than(more)
