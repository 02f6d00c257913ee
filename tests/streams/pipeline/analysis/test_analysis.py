"""A camera's thinking from frames to sighting changes, with painted faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from people.recognition.engine.views import Encoded
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Face, Image, Thresholds, Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.messages import OwnThreshold, UseGallery, WatchMode
from tests.streams.pipeline.fakes import (
    ANNA,
    BEGIN,
    BELA,
    CARL,
    ENGINE,
    HEIGHT,
    FakeEngine,
    gallery,
    picture,
    square,
    vector,
)
from tests.streams.pipeline.scene import Scene


def test_an_enrolled_person_is_named_within_a_second() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(1, (ANNA, square(100)))
    assert scene.people() == [(Verdict.MATCH, str(ANNA))]
    (change,) = scene.changes
    assert change.first_seen_at == BEGIN
    assert len(change.detections) == 1
    assert change.detections[0].snapshot.startswith(b"\xff\xd8")
    assert change.distance == 0


def test_a_stranger_is_unknown_and_nobody_is_named() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(1.5, (CARL, square(100)))
    assert scene.people() == [(Verdict.UNKNOWN, None)]


def test_one_frame_of_a_face_is_no_sighting() -> None:
    scene = Scene(ANNA)
    scene.show(picture((ANNA, square(100))))
    scene.play(8)
    assert scene.changes == []


@pytest.mark.parametrize("gap_s", [1, 2, 5, 10])
@pytest.mark.parametrize("step", [0, 8, 110])
def test_whoever_stays_for_some_frames_is_named_however_rare_frames_are(gap_s: float, step: int) -> None:
    scene = Scene(ANNA, BELA)
    scene.play_slowly(5, gap_s, (ANNA, square(20)), step=step)
    assert scene.people()[-1] == (Verdict.MATCH, str(ANNA))
    assert len(scene.sightings) == 1


def test_where_frames_are_rare_one_frame_of_a_face_is_still_no_sighting() -> None:
    scene = Scene(ANNA)
    scene.play_slowly(1, 2, (ANNA, square(20)), step=0)
    scene.play_slowly(10, 2, step=0)
    assert scene.changes == []


def test_a_sighting_says_that_it_goes_on_every_two_seconds_and_once_that_it_ended() -> None:
    scene = Scene(ANNA)
    scene.play(9, (ANNA, square(100)))
    assert 4 <= len(scene.changes) <= 6
    scene.play(7)
    assert [change.ended for change in scene.changes].count(True) == 1
    last = scene.changes[-1]
    assert last.ended
    assert 8.5 < (last.last_seen_at - BEGIN).total_seconds() <= 9
    assert scene.analysis.close(BEGIN) == []


def test_encodings_of_a_settled_sighting_are_few() -> None:
    scene = Scene(ANNA)
    scene.play(10, (ANNA, square(100)))
    assert scene.engine.encoded <= 9


def test_the_engine_rests_once_two_minutes_after_the_last_face() -> None:
    scene = Scene(ANNA)
    scene.play_slowly(130, 1, step=0)
    assert scene.engine.rests == 0  # nothing was opened yet
    for _ in range(2):
        before = scene.engine.rests
        scene.play(3, (ANNA, square(100)))
        scene.play_slowly(110, 1, step=0)
        assert scene.engine.rests == before
        scene.play_slowly(130, 1, step=0)
        assert scene.engine.rests == before + 1


def test_asked_to_rest_it_gives_back_what_was_used_since_the_last_time() -> None:
    scene = Scene(ANNA)
    scene.play(1)
    rests = []
    for _ in range(2):
        scene.analysis.rest()
        scene.analysis.rest()
        rests.append(scene.engine.rests)
        scene.play(6)  # the whole frame is searched every 5 s
    assert rests == [1, 2]


def test_a_face_out_of_sight_for_three_seconds_goes_on_with_its_sighting() -> None:
    scene = Scene(ANNA)
    scene.play(2, (ANNA, square(100)))
    scene.play(3)
    scene.play(2, (ANNA, square(400)))
    assert len(scene.sightings) == 1


def test_a_stranger_who_comes_back_is_the_same_stranger_and_another_is_not() -> None:
    scene = Scene(ANNA)
    scene.play(2, (CARL, square(100)))
    scene.play(3)
    scene.play(2, (CARL, square(400)))
    assert len(scene.sightings) == 1
    scene.play(3)
    scene.play(2, (BELA, square(100)))
    assert len(scene.sightings) == 2


def test_a_face_that_returns_after_the_grace_is_a_new_sighting() -> None:
    scene = Scene(ANNA)
    scene.play(2, (ANNA, square(100)))
    scene.play(8)
    scene.play(2, (ANNA, square(100)))
    assert len(scene.sightings) == 2


def test_somebody_else_in_the_same_place_is_another_sighting() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(2, (ANNA, square(100)))
    scene.play(8, (BELA, square(100)))
    by_sighting = {change.id: change.person for change in scene.changes}
    assert sorted(by_sighting.values(), key=str) == [str(ANNA), str(BELA)]
    assert scene.overlays[-1].faces[0].person == str(BELA)


def test_two_people_at_once_are_two_sightings() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(1.5, (ANNA, square(50)), (BELA, square(400)))
    assert {change.person for change in scene.changes} == {str(ANNA), str(BELA)}
    assert {face.person for face in scene.overlays[-1].faces} == {str(ANNA), str(BELA)}


def test_a_retired_person_is_unknown_at_once_without_another_frame() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(0.5, (ANNA, square(100)))
    (change,) = scene.use(gallery(BELA, version=2))
    assert (change.verdict, change.person, change.gallery_version) == (Verdict.UNKNOWN, None, 2)
    assert not change.ended
    assert change.detections[0].gallery_version == 2


def test_a_newly_enrolled_person_is_named_at_once_from_stored_encodings() -> None:
    scene = Scene(BELA)
    scene.play(3, (ANNA, square(100)))
    encoded = scene.engine.encoded
    (change,) = scene.use(gallery(ANNA, BELA, version=2))
    assert (change.verdict, change.person) == (Verdict.MATCH, str(ANNA))
    assert scene.engine.encoded == encoded


def test_somebody_said_not_to_be_the_person_is_unknown_at_once_and_says_by_what() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(0.5, (ANNA, square(100)))
    known = gallery(ANNA, BELA, version=2)
    (change,) = scene.use(known.with_counter_examples([(str(ANNA), 17, vector(ANNA))]))
    assert (change.verdict, change.person, change.refused_by, change.ended) == (Verdict.UNKNOWN, None, 17, False)
    assert [(one.verdict, one.person) for one in change.detections] == [(Verdict.UNKNOWN, str(BELA))]
    (change,) = scene.use(gallery(ANNA, BELA, version=3))
    assert (change.verdict, change.person, change.refused_by) == (Verdict.MATCH, str(ANNA), None)


def test_a_person_merged_while_in_front_of_the_camera_is_named_as_the_kept_one_at_once() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(0.5, (ANNA, square(100)))
    rows = [("kept", vector(ANNA)), (str(BELA), vector(BELA))]
    (change,) = scene.use(Gallery.of_encodings(2, ENGINE, rows))
    assert (change.verdict, change.person, change.ended) == (Verdict.MATCH, "kept", False)


def test_a_person_retired_while_out_of_sight_is_not_kept_by_name() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(2, (ANNA, square(100)))
    scene.play(2)
    (change,) = scene.use(gallery(BELA, version=2))
    assert change.person is None


def test_a_person_who_stands_still_costs_no_detection_and_stays() -> None:
    scene = Scene(ANNA)
    scene.play(1, (ANNA, square(100)), sway=0)
    looked = len(scene.engine.looked)
    scene.play(3, (ANNA, square(100)), sway=0)
    assert len(scene.engine.looked) == looked
    assert [face.person for face in scene.overlays[-1].faces] == [str(ANNA)]


def test_a_face_is_drawn_where_it_is_in_that_very_frame() -> None:
    scene = Scene(ANNA)
    for step in range(10):
        scene.show(picture((ANNA, square(100 + 20 * step))))
    shown = list(enumerate(scene.overlays))[4:]
    off_px = [abs(overlay.faces[0].box.left - 100 - 20 * step) for step, overlay in shown]
    assert 0 in off_px, "looked at"
    assert max(off_px) <= 5, "followed by its speed in between"


def test_only_poor_pictures_are_still_recorded_as_unknown_at_the_end() -> None:
    scene = Scene(BELA)
    scene.play(1, (CARL, square(100)), quality=0.05)
    assert scene.changes == []
    scene.play(8)
    assert [(change.verdict, change.ended, len(change.detections)) for change in scene.changes] == [
        (Verdict.UNKNOWN, True, 1)
    ]


def test_sightings_end_by_time_alone_when_the_camera_is_lost() -> None:
    scene = Scene(ANNA)
    scene.play(1, (ANNA, square(100)))
    scene.tick(10)
    scene.tick(0.1)
    assert scene.changes[-1].ended


def test_closing_ends_every_open_sighting() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(1.5, (ANNA, square(50)), (BELA, square(400)))
    assert [change.ended for change in scene.analysis.close(BEGIN)] == [True, True]


def test_pictures_are_made_only_while_somebody_watches() -> None:
    scene = Scene(ANNA)
    scene.play(0.1, (ANNA, square(100)))
    assert (scene.overlays[-1].preview, scene.overlays[-1].annotated) == (None, None)
    scene.analysis.watch(WatchMode(preview=True, annotated=False))
    scene.play(0.1, (ANNA, square(100)))
    assert scene.overlays[-1].preview
    assert scene.overlays[-1].annotated is None
    scene.analysis.watch(WatchMode(preview=False, annotated=True))
    scene.play(0.1, (ANNA, square(100)))
    assert scene.overlays[-1].annotated


def test_evidence_of_a_long_sighting_stays_few() -> None:
    scene = Scene(ANNA)
    for step in range(20):
        scene.play(2, (ANNA, square(100)), quality=0.2 + 0.04 * step)
    assert 2 <= sum(len(change.detections) for change in scene.changes) <= 6


class MisleadEngine(FakeEngine):
    """Encodes the clearest faces as a relative of the person."""

    def encode_faces(self, image: Image, faces: Sequence[Face]) -> list[Encoded]:
        right = super().encode_faces(image, faces)
        misled = Encoded(vector(ANNA, BELA, 0.2), 1.0)
        return [misled if face.quality.overall == 1 else one for face, one in zip(faces, right, strict=True)]


def test_no_reported_face_says_something_else_than_its_sighting() -> None:
    """The clearest face of Anna's sighting alone is nearer to her sister, and the others outvote it."""
    scene = Scene()
    scene.engine = MisleadEngine()
    scene.analysis = Analysis(scene.engine, OwnThreshold(0.5, ENGINE), 80)
    sister = vector(ANNA, BELA, 0.3)
    scene.use(Gallery.of_encodings(1, ENGINE, [(str(ANNA), vector(ANNA)), (str(BELA), sister)]))
    for seconds, quality in ((1.6, 0.6), (0.3, 1.0), (6, 0.6)):
        scene.play(seconds, (ANNA, square(100)), quality=quality)
    scene.changes += scene.analysis.close(BEGIN)
    assert {change.person for change in scene.changes} == {str(ANNA)}
    reported = [(item.person, item.quality) for change in scene.changes for item in change.detections]
    assert reported == [(str(ANNA), 0.6)]


def test_a_headline_that_changes_late_still_gets_a_face_of_its_own() -> None:
    scene = Scene(ANNA)
    for step in range(20):
        scene.play(2, (ANNA, square(100)), quality=0.2 + 0.04 * step)
    assert sum(len(change.detections) for change in scene.changes) >= 4
    (change,) = scene.use(gallery(BELA, version=2))
    assert [(item.verdict, item.gallery_version) for item in change.detections] == [(Verdict.UNKNOWN, 2)]
    (again,) = scene.use(gallery(ANNA, version=3))
    assert (again.verdict, again.detections) == (Verdict.MATCH, ())  # hers was reported before


def test_what_a_sighting_is_found_by_is_said_with_its_evidence() -> None:
    scene = Scene(ANNA)
    for step in range(20):
        scene.play(2, (ANNA, square(100)), quality=0.2 + 0.04 * step)
    told = [change for change in scene.changes if change.encoding]
    assert told == [change for change in scene.changes if change.detections]
    assert len(told) < len(scene.changes)
    last = told[-1].encoding
    assert last is not None and last.engine == ENGINE and last.quality > 0.8
    assert np.linalg.norm(np.frombuffer(last.vector, np.float32) - vector(ANNA)) < 0.2


def test_at_its_end_it_is_said_again_if_there_were_more_looks() -> None:
    scene = Scene(ANNA)
    scene.play(12, (ANNA, square(100)))
    scene.changes += scene.analysis.close(BEGIN)
    told = [change for change in scene.changes if change.encoding]
    assert [bool(change.detections) for change in told] == [True, False] and told[-1].ended


def test_poor_pictures_alone_are_found_by_nothing() -> None:
    scene = Scene(ANNA)
    scene.play(6, (CARL, square(100)), quality=0.05)
    scene.changes += scene.analysis.close(BEGIN)
    assert scene.changes and not any(change.encoding for change in scene.changes)


def test_a_camera_that_changes_its_resolution_goes_on() -> None:
    scene = Scene(ANNA)
    scene.play(1, (ANNA, square(100)))
    scene.show(picture((ANNA, square(100)))[: HEIGHT // 2])
    scene.play(1, (ANNA, square(100)))
    assert len(scene.sightings) == 1


def test_a_first_picture_is_no_motion_and_a_face_in_it_is_somebody() -> None:
    empty, visited = Scene(ANNA), Scene(ANNA)
    empty.show(picture())
    assert not empty.analysis.is_stirred
    empty.show(picture()[: HEIGHT // 2])
    assert not empty.analysis.is_stirred
    visited.show(picture((ANNA, square(100))))
    assert visited.analysis.is_stirred


def test_after_a_cut_the_name_is_not_left_on_the_next_face() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(8, (ANNA, square(100)))
    began = scene.now_s
    for number in range(20):
        image = picture((CARL, square(110 + 4 * (number % 3))))
        image[image[..., 2] == 0] = 90
        scene.show(image)
        assert str(ANNA) not in [face.person for face in scene.overlays[-1].faces] or number == 0
    last = [change for change in scene.changes if change.person == str(ANNA)][-1]
    assert (last.last_seen_at - BEGIN).total_seconds() <= began + 0.1
    assert scene.overlays[-1].faces[0].verdict is Verdict.UNKNOWN


def test_new_thresholds_change_what_is_said_of_somebody_in_front_of_the_camera() -> None:
    scene = Scene(ANNA)
    scene.analysis = Analysis(scene.engine, None, 80)
    a_little_off = Gallery.of_encodings(1, ENGINE, [(str(ANNA), vector(ANNA, towards=BELA, share=0.3))])
    scene.analysis.use(UseGallery(a_little_off, {}, Thresholds(0.5, 0.55)), BEGIN)
    scene.play(2, (ANNA, square(100)))
    assert scene.changes[-1].verdict is Verdict.MATCH
    tighter = Thresholds(0.05, 0.06)
    (change,) = scene.analysis.use(UseGallery(replace(a_little_off, version=2), {}, tighter), BEGIN)
    assert (change.verdict, change.thresholds, change.gallery_version) == (Verdict.UNKNOWN, tighter, 2)


def test_a_cameras_own_distance_stands_above_the_sites() -> None:
    scene = Scene(ANNA)
    scene.analysis.use(UseGallery(gallery(ANNA), {}, Thresholds(0.01, 0.02)), BEGIN)
    scene.play(2, (ANNA, square(100)))
    assert scene.changes[-1].verdict is Verdict.MATCH
    assert scene.changes[-1].thresholds.match == 0.5


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_makes_no_sighting_longer_shorter_or_silent(hours: int) -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    scene.clock_off = timedelta(hours=hours)
    before = len(scene.changes)
    scene.play(5, (ANNA, square(100)))
    assert len(scene.changes) - before >= 2  # it still says that somebody is here
    scene.changes += scene.analysis.close(BEGIN + scene.clock_off)
    (end,) = [change for change in scene.changes if change.ended]
    assert (end.first_seen_at, end.person) == (BEGIN, str(ANNA))
    assert timedelta(seconds=7) < end.last_seen_at - end.first_seen_at < timedelta(seconds=9)


def test_what_is_no_face_from_near_is_shown_and_never_encoded() -> None:
    scene = Scene(ANNA)
    scene.engine.hidden_from_near = {ANNA}
    scene.play(2, (ANNA, square(100)))
    assert scene.overlays[-1].faces[0].verdict is None
    assert (scene.engine.encoded, scene.changes) == (0, [])


def test_a_face_too_poor_to_prove_anything_is_encoded_as_often_as_its_record_needs_and_counted() -> None:
    scene = Scene(BELA)
    scene.play(3, (ANNA, square(100)), quality=0.05)
    assert scene.engine.encoded == 3
    scene.changes += scene.analysis.close(BEGIN)
    assert [(change.verdict, change.ended, change.encoding) for change in scene.changes] == [
        (Verdict.UNKNOWN, True, None)
    ]
