"""Says who plays in the demo's clip, and when they come and go."""

from __future__ import annotations

from dataclasses import dataclass

from facesite.lab.demo.cutouts import Portrait

SECONDS = 40.0

OBAMA = Portrait(
    file="obama3.jpg",
    face=(0.543, 0.178, 0.200),
    body=(
        *((0.50, 0.28), (0.58, 0.28), (0.73, 0.35), (0.76, 0.56), (0.76, 0.86), (0.74, 1)),
        *((0.32, 1), (0.26, 0.86), (0.27, 0.56), (0.27, 0.37)),
    ),
    around=(
        *(
            (0.40, 0.07),
            (0.68, 0.07),
            (0.665, 0.20),
            (0.615, 0.25),
            (0.64, 0.285),
            (0.80, 0.33),
            (0.90, 0.60),
            (0.86, 1),
        ),
        *((0.14, 1), (0.12, 0.60), (0.16, 0.37), (0.42, 0.28), (0.43, 0.25), (0.405, 0.20)),
    ),
)
BIDEN = Portrait(
    file="biden.jpg",
    face=(0.589, 0.172, 0.296),
    body=(
        *((0.45, 0.26), (0.64, 0.27), (0.86, 0.34), (0.97, 0.42), (1, 1)),
        *((0.16, 1), (0.10, 0.70), (0.10, 0.45), (0.16, 0.32)),
    ),
    around=(
        *((0.36, 0.03), (0.80, 0.03), (0.79, 0.20), (0.69, 0.245), (0.78, 0.283), (0.91, 0.325), (1, 0.38), (1, 1)),
        *((0, 1), (0, 0.34), (0.34, 0.24)),
    ),
    light=1.08,
)
ASTRONAUT = Portrait(
    file="astronaut.png",
    face=(0.422, 0.228, 0.188),
    body=((0.33, 0.36), (0.55, 0.36), (0.64, 0.54), (0.66, 1), (0.12, 1), (0.12, 0.62), (0.20, 0.48)),
    around=(
        *((0.28, 0.01), (0.62, 0.01), (0.62, 0.26), (0.70, 0.46), (0.72, 0.60), (0.70, 0.68), (0.76, 0.69)),
        *((0.84, 0.672), (0.93, 0.74), (0.97, 0.84), (0.98, 1), (0.02, 1), (0.02, 0.5), (0.20, 0.40), (0.28, 0.26)),
    ),
    light=0.96,
)


@dataclass(frozen=True, slots=True)
class ActorPlace:
    """Where an actor is at one time: `x` of the face's centre, and the face's width, both in pixels of the clip."""

    at_s: float
    x: float
    face_px: float


@dataclass(frozen=True, slots=True)
class Scene:
    portrait: Portrait
    marks: tuple[ActorPlace, ...]

    def at(self, now_s: float) -> ActorPlace | None:
        """Returns where the actor is: starting and stopping softly between marks; None before and after all marks."""
        for one, two in zip(self.marks, self.marks[1:], strict=False):
            if one.at_s <= now_s < two.at_s:
                share = (now_s - one.at_s) / (two.at_s - one.at_s)
                share = share * share * (3 - 2 * share)
                return ActorPlace(
                    now_s, one.x + share * (two.x - one.x), one.face_px + share * (two.face_px - one.face_px)
                )
        return None


def _scene(portrait: Portrait, *marks: tuple[float, float, float]) -> Scene:
    return Scene(portrait, tuple(ActorPlace(*mark) for mark in marks))


SCENES = (
    _scene(OBAMA, (0.5, 1540, 105), (4.5, 900, 120), (7.5, 760, 185), (10.5, 750, 188), (14.5, -320, 150)),
    _scene(
        ASTRONAUT,
        *((6.5, -260, 118), (10.0, 300, 140), (13.0, 310, 142), (17.0, 460, 176), (20.0, 470, 178), (24.5, 1620, 150)),
    ),
    _scene(
        BIDEN,
        *((13.0, 1560, 120), (17.5, 900, 148), (21.5, 890, 150), (25.0, 620, 196), (27.5, 615, 198), (31.5, -320, 150)),
    ),
    _scene(OBAMA, (25.5, -260, 112), (29.5, 420, 132), (33.0, 430, 136), (38.5, 1640, 165)),
    _scene(ASTRONAUT, (28.5, 1560, 116), (32.5, 900, 134), (35.5, 880, 136), (39.8, -300, 140)),
)
