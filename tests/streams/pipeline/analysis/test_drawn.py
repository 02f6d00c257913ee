"""What people say of a sighting in sight is drawn at once, and changes nothing of what the camera reports."""

from __future__ import annotations

from people.recognition.types import Verdict
from streams.pipeline.messages import SaidOfFace, TrackedFace
from tests.streams.pipeline.fakes import ANNA, BELA, square
from tests.streams.pipeline.scene import Scene


def standing(who: int, said: SaidOfFace) -> tuple[Scene, tuple[TrackedFace, ...]]:
    """The scene, and the faces of its newest picture, after something was said of whoever stands there."""
    scene = Scene(ANNA)
    scene.play(1.5, (who, square(100)))
    (sighting,) = {change.id for change in scene.changes}
    scene.analysis.say({sighting: said})
    scene.play(0.5, (who, square(100)))
    return scene, scene.overlays[-1].faces


def test_a_corrected_name_is_drawn_and_the_machine_reports_its_own() -> None:
    scene, (face,) = standing(ANNA, SaidOfFace(Verdict.MATCH, "somebody", "Grace"))
    assert (face.verdict, face.person, face.name, face.distance) == (Verdict.MATCH, "somebody", "Grace", None)
    scene.play(8)
    assert (scene.changes[-1].ended, scene.changes[-1].verdict, scene.changes[-1].person) == (
        True,
        Verdict.MATCH,
        str(ANNA),
    )


def test_whoever_it_is_not_is_unknown_and_no_face_is_not_drawn() -> None:
    _, (face,) = standing(ANNA, SaidOfFace(Verdict.UNKNOWN))
    assert (face.verdict, face.person) == (Verdict.UNKNOWN, None)
    assert standing(ANNA, SaidOfFace(None))[1] == ()


def test_an_unknown_face_has_its_strangers_number_as_long_as_it_is_unknown() -> None:
    number = SaidOfFace(Verdict.UNKNOWN, None, "Stranger 12", is_said=False)
    assert standing(BELA, number)[1][0].name == "Stranger 12"
    _, (face,) = standing(ANNA, number)
    assert (face.verdict, face.name) == (Verdict.MATCH, "")


def test_what_is_said_no_more_is_drawn_no_more() -> None:
    scene, _ = standing(ANNA, SaidOfFace(None))
    scene.analysis.say({})
    scene.play(0.3, (ANNA, square(100)))
    assert scene.overlays[-1].faces[0].verdict is Verdict.MATCH
