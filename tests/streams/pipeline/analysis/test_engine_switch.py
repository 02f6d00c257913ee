"""Another engine comes into use while faces are before the camera."""

from __future__ import annotations

import pytest

from people.recognition.engine.kinds import DLIB, FUSED
from people.recognition.errors import WrongEncoder
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.analysis.identity import NAMED_AT
from streams.pipeline.messages import OwnThreshold, UseGallery
from tests.streams.pipeline.fakes import ANNA, BEGIN, BELA, CARL, ENGINE, OTHER_ENGINE, gallery, picture, square
from tests.streams.pipeline.scene import Scene


def shown(scene: Scene) -> list[str | None]:
    return [face.person for face in scene.overlays[-1].faces]


def test_a_name_stays_while_new_encodings_are_made_and_no_sighting_ends_or_begins() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    for version, key in ((2, OTHER_ENGINE), (3, ENGINE)):
        scene.use(gallery(ANNA, version=version, engine=key))
        before = len(scene.overlays)
        scene.play(3, (ANNA, square(100)))
        assert all(face.person == str(ANNA) for overlay in scene.overlays[before:] for face in overlay.faces)
    assert len(scene.sightings) == 1
    assert not any(change.ended for change in scene.changes)


def test_new_encodings_are_made_at_once_also_of_somebody_who_stands_still() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)), sway=0)
    scene.use(gallery(ANNA, version=2, engine=OTHER_ENGINE))
    scene.play(1, (ANNA, square(100)), sway=0)
    sighting = scene.analysis._sightings.open[0]
    assert not sighting.is_carried
    assert sighting.identity.weight >= NAMED_AT
    assert {len(sample.vector) for sample in sighting.identity.samples} == {256}


def test_whoever_is_not_in_the_new_gallery_is_nobody_at_once() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    (change,) = scene.use(gallery(BELA, version=2, engine=OTHER_ENGINE))
    assert (change.verdict, change.person, change.distance) == (Verdict.UNKNOWN, None, None)


def test_whoever_is_retired_before_new_encodings_are_made_is_nobody_at_once() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    assert scene.use(gallery(ANNA, version=2, engine=OTHER_ENGINE)) == []
    (change,) = scene.use(gallery(BELA, version=3, engine=OTHER_ENGINE))
    assert (change.verdict, change.person) == (Verdict.UNKNOWN, None)


def test_a_distance_stands_beside_the_thresholds_it_was_decided_by() -> None:
    scene = Scene(ANNA)
    scene.analysis = Analysis(scene.engine, None, 80)
    scene.use(gallery(ANNA))
    scene.play(3, (ANNA, square(100)))
    others = UseGallery(gallery(ANNA, version=2, engine=OTHER_ENGINE), {}, FUSED.distances.thresholds)
    scene.analysis.use(others, BEGIN)
    scene.play(3, (ANNA, square(100)))
    said = {(change.gallery_version, change.thresholds.match) for change in scene.changes}
    assert said == {(1, scene.engine.distances.thresholds.match), (2, FUSED.distances.thresholds.match)}


def test_a_mean_encoding_carries_the_engine_that_made_it_and_is_sent_once_more() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    scene.use(gallery(ANNA, version=2, engine=OTHER_ENGINE))
    scene.play(3, (ANNA, square(100)))
    ends = scene.analysis.close(BEGIN)
    (sent,) = [change.encoding for change in ends if change.encoding]
    assert (sent.engine, len(sent.vector)) == (OTHER_ENGINE, 4 * 256)
    assert {change.encoding.engine for change in scene.changes if change.encoding} == {ENGINE}


def test_the_name_does_not_stay_on_somebody_who_takes_the_place_during_the_change() -> None:
    scene = Scene(ANNA, BELA)
    scene.play(8, (ANNA, square(100)))
    scene.use(gallery(ANNA, BELA, version=2, engine=OTHER_ENGINE))
    for number in range(20):
        image = picture((CARL, square(110 + 4 * (number % 3))))
        image[image[..., 2] == 0] = 90
        scene.show(image)
        assert str(ANNA) not in shown(scene) or number == 0
    assert scene.overlays[-1].faces[0].verdict is Verdict.UNKNOWN


def test_somebody_who_comes_after_the_change_is_named_by_the_new_engine() -> None:
    scene = Scene(ANNA)
    scene.use(gallery(ANNA, BELA, version=2, engine=OTHER_ENGINE))
    scene.play(2, (BELA, square(100)))
    assert scene.people()[-1] == (Verdict.MATCH, str(BELA))


def test_an_empty_gallery_of_the_new_engine_makes_everybody_unknown() -> None:
    scene = Scene(ANNA)
    scene.play(3, (ANNA, square(100)))
    changes = scene.use(Gallery.empty(OTHER_ENGINE, 2))
    assert [change.verdict for change in changes] == [Verdict.UNKNOWN]


def test_an_engine_that_cannot_be_had_is_an_error() -> None:
    scene = Scene(ANNA)
    with pytest.raises(WrongEncoder):
        scene.use(Gallery.empty("of another release"))


def test_a_cameras_own_distance_is_translated_in_proportion_to_the_defaults() -> None:
    dlib, fused = (kind.distances.thresholds.match for kind in (DLIB, FUSED))
    assert OwnThreshold(dlib, DLIB.key).under(FUSED.key) == fused
    assert OwnThreshold(dlib, "").under(FUSED.key) == fused, "kept before cameras kept the engine: dlib's"
    assert OwnThreshold(fused / 2, FUSED.key).under(DLIB.key) == dlib / 2
    assert OwnThreshold(1.9, DLIB.key).under(FUSED.key) == 2, "no two faces lie further apart"
    assert OwnThreshold(0.3, DLIB.key).under(DLIB.key) == 0.3
