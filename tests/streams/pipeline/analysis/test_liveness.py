"""The hint at held pictures: five looks at a face, seldom, and never a word in the verdict."""

from __future__ import annotations

import pytest

from people.recognition.types import Box, Image, Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.analysis.liveness_looks import APART_S, LOOKS, LivenessLooks
from streams.pipeline.messages import OwnThreshold
from tests.streams.pipeline.fakes import ANNA, BELA, CARL, ENGINE, gallery, square
from tests.streams.pipeline.scene import Scene

ALIVE, PICTURE = 0.95, 0.05


class FakeLiveness:
    """Scores people by their grey level."""

    def __init__(self, scores: dict[int, float]) -> None:
        self.scores, self.looks = scores, list[int]()

    def score(self, image: Image, box: Box) -> float:
        x, y = box.centre
        who = int(image[round(y), round(x), 0])
        self.looks.append(who)
        return self.scores[who]


class HintingScene(Scene):
    def __init__(self, *enrolled: int, smallest_px: int = 80) -> None:
        super().__init__(*enrolled)
        self.liveness = FakeLiveness({ANNA: ALIVE, BELA: ALIVE, CARL: ALIVE})
        self.analysis = Analysis(self.engine, OwnThreshold(0.5, ENGINE), smallest_px, liveness=self.liveness)
        self.use(gallery(*enrolled))

    @property
    def last(self) -> dict[object, tuple[bool, float | None]]:
        return {change.id: (change.look_closer, change.liveness) for change in self.changes}


def test_a_held_picture_gets_its_name_and_the_hint() -> None:
    scene = HintingScene(ANNA)
    scene.liveness.scores[ANNA] = PICTURE
    scene.play(4, (ANNA, square(100)))
    assert set(scene.people()) == {(Verdict.MATCH, str(ANNA))}
    assert not scene.changes[0].look_closer  # the name does not wait for the hint
    first = next(change for change in scene.changes if change.look_closer)
    assert first.liveness == pytest.approx(PICTURE)
    assert (first.captured_at - first.first_seen_at).total_seconds() < LOOKS * (APART_S + 0.1)
    assert scene.last == {first.id: (True, pytest.approx(PICTURE))}


def test_a_living_face_gets_none() -> None:
    scene = HintingScene(ANNA)
    scene.play(6, (ANNA, square(100)))
    scene.tick(10)
    assert list(scene.last.values()) == [(False, pytest.approx(ALIVE))]


def test_five_looks_are_made_and_no_more_however_long_somebody_stays() -> None:
    scene = HintingScene(ANNA)
    scene.play(20, (ANNA, square(100)))
    assert scene.liveness.looks == [ANNA] * LOOKS


def test_a_face_that_leaves_before_five_looks_gets_no_hint() -> None:
    scene = HintingScene(ANNA)
    scene.liveness.scores[ANNA] = PICTURE
    scene.play(1.5, (ANNA, square(100)))
    scene.tick(10)
    assert 0 < len(scene.liveness.looks) < LOOKS
    assert list(scene.last.values()) == [(False, None)]


def test_one_face_a_frame_is_looked_at_and_everybody_gets_five() -> None:
    scene = HintingScene(ANNA, BELA)
    scene.liveness.scores[CARL] = PICTURE
    for _ in range(60):
        before = len(scene.liveness.looks)
        scene.play(0.1, (ANNA, square(20)), (BELA, square(240)), (CARL, square(460)))
        assert len(scene.liveness.looks) <= before + 1
    assert sorted(scene.liveness.looks) == sorted([ANNA, BELA, CARL] * LOOKS)
    hints = {change.person: change.look_closer for change in scene.changes}
    assert hints == {str(ANNA): False, str(BELA): False, None: True}


def test_a_face_that_is_too_narrow_is_not_looked_at() -> None:
    scene = HintingScene(ANNA, smallest_px=20)
    scene.play(4, (ANNA, square(100, size=36)))
    assert scene.changes and scene.liveness.looks == []


def test_a_camera_that_does_not_ask_says_nothing() -> None:
    scene = Scene(ANNA)
    scene.play(4, (ANNA, square(100)))
    assert {(change.look_closer, change.liveness) for change in scene.changes} == {(False, None)}
    assert "liveness" not in scene.analysis.steps.calls


def test_who_shows_the_same_face_as_a_picture_a_moment_later_is_looked_at_again() -> None:
    scene = HintingScene(ANNA)
    scene.play(4, (ANNA, square(100)))
    scene.play(3)
    scene.liveness.scores[ANNA] = PICTURE
    scene.play(4, (ANNA, square(400)))
    assert list(scene.last.values()) == [(True, pytest.approx(PICTURE))]  # one sighting goes on


def test_a_hint_stays_when_the_living_face_follows() -> None:
    scene = HintingScene(ANNA)
    scene.liveness.scores[ANNA] = PICTURE
    scene.play(4, (ANNA, square(100)))
    scene.play(3)
    scene.liveness.scores[ANNA] = ALIVE
    scene.play(4, (ANNA, square(400)))
    assert len(scene.liveness.looks) == 2 * LOOKS
    assert list(scene.last.values()) == [(True, pytest.approx(PICTURE))]


@pytest.mark.parametrize(
    ("scores", "look_closer"), [((0.29,) * 5, True), ((0.3,) * 5, False), ((0, 0, 0, 1, 1), False)]
)
def test_the_mean_of_five_decides(scores: tuple[float, ...], look_closer: bool) -> None:
    looks = LivenessLooks()
    for number, score in enumerate(scores):
        assert looks.is_due(number) and looks.score is None
        looks.add(score, number)
    assert looks.look_closer is look_closer
    assert not looks.is_due(100)
