"""Attackers who rebuild a template from what the site answers to their pictures, and the table of docs/accuracy.md.

`python -m tests.people.dialect.rebuilding` prints the table: how far from the template each attacker ends after 1,000
pictures, for different steps to which distances are rounded.

An attacker sends pictures, knows the encoding of each (dlib's network is public), how faces are spread, and what an
answer can mean: an interval of distances. He knows a colleague's template, too, who is enrolled beside the person.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine import kinds
from people.recognition.engine.distances import DLIB
from people.recognition.types import FARTHEST

Floats = NDArray[np.float64]
WIDTH = kinds.DLIB.width
PICTURES = 1000
LIMITS = DLIB.thresholds
TYPICAL = (0.25, 0.85)
"""Between these an attacker expects the distance to a stranger."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the answers to some pictures say about the person: for each the least and the largest distance, (n,)."""

    least: Floats
    most: Floats
    is_nearer: NDArray[np.int8]
    """1 if the person is listed before the colleague, -1 if after, 0 if the answer does not tell."""

    @property
    def guess(self) -> Floats:
        """The middle of what is possible and likely."""
        low, high = TYPICAL
        return (np.maximum(self.least, np.minimum(low, self.most)) + np.clip(self.most, self.least, high)) / 2


Ask = Callable[[Floats], Told]


@dataclass
class Faces:
    """Encodings spread as those of shared/faces (113 people: two lie 0.55 ± 0.07 apart; two photos of one, 0.15)."""

    seed: int
    random: np.random.Generator = field(init=False)
    axes: Floats = field(init=False)
    middle: Floats = field(init=False)
    spread: Floats = field(init=False)
    """Standard deviations of people along the axes; the sum of their squares is 0.153."""

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.axes = np.linalg.qr(self.random.normal(size=(WIDTH, WIDTH)))[0]
        self.middle = 0.92 * unit(self.random.normal(size=WIDTH))
        self.spread = np.sqrt(0.0122 * np.exp(-np.arange(WIDTH) / 12.5))

    def people(self, count: int) -> Floats:
        return unit(self.middle + self._sideways(count, self.spread))

    def pictures_like(self, face: Floats, count: int, alike: float = 1.0) -> Floats:
        """Other pictures of one face: light, pose, retouching. `alike` 1: as far apart as photos of one person."""
        return unit(face + self._sideways(count, alike * 0.39 * self.spread))

    def _sideways(self, count: int, spread: Floats) -> Floats:
        return np.asarray((self.random.normal(size=(count, WIDTH)) * spread) @ self.axes.T)


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def least_squares(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """Takes each answer for the middle of its interval, and solves for the template."""
    sent = faces.people(PICTURES)
    return unit(np.linalg.lstsq(sent, 1 - ask(sent).guess ** 2 / 2, rcond=None)[0])


def with_knowledge_of_faces(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """The same with all that is known of faces (Gaussian posterior): a shrug gives the average face."""
    sent = faces.people(PICTURES)
    return _posterior(faces, sent, ask(sent))


def middle_of_what_fits(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """Walks from the average face until every answer's interval is kept, and takes the middle of where it walked."""
    sent = faces.people(PICTURES)
    told = ask(sent)
    high, low = 1 - told.least**2 / 2, 1 - np.minimum(told.most, FARTHEST) ** 2 / 2
    at, seen = faces.middle, np.zeros(WIDTH)
    covariance = (faces.axes * faces.spread**2) @ faces.axes.T
    for _ in range(40):
        for row, picture in enumerate(sent):
            cosine = picture @ at
            wrong = min(high[row], max(low[row], cosine)) - cosine
            at = at + covariance @ picture * (wrong / (picture @ covariance @ picture))
        seen = seen + at
    return unit(seen)


def bisecting(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """Morphs one stranger into another and halves the way to where the answer flips: there the distance is exact.

    Dithers, too: each way is halved from other places, so no border of the rounding is out of reach.
    """
    halvings = 8
    ways = PICTURES // halvings
    one, other = faces.people(ways), faces.people(ways)
    near, far = np.zeros(ways), np.ones(ways)
    first = ask(one)
    flips = ask(other).most != first.most
    for _ in range(halvings - 2):
        middle = (near + far) / 2
        is_as_first = ask(_between(one, other, middle)).most == first.most
        near, far = np.where(is_as_first, middle, near), np.where(is_as_first, far, middle)
    borders = _between(one, other, (near + far) / 2)[flips]
    if not len(borders):
        return unit(faces.middle)
    last = ask(_between(one, other, far))
    edge = np.where(last.most > first.most, first.most, first.least)[flips]
    return _posterior(faces, borders, Told(edge, edge, np.zeros(len(edge), np.int8)))


def climbing(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """Sends pictures like the one that came nearest, again and again, and follows those that come nearer."""
    sent = faces.people(PICTURES // 2)
    at = sent[np.argmin(ask(sent).guess)]
    for _ in range(10):
        sent = faces.pictures_like(at, PICTURES // 20, alike=2)
        told = ask(sent).guess
        nearest = sent[told <= np.quantile(told, 0.2)]
        at = unit(nearest.mean(axis=0))
    return at


def by_the_order(faces: Faces, ask: Ask, colleague: Floats) -> Floats:
    """Uses only who is listed first: each answer is a side of the plane between the person and the colleague."""
    sent = faces.people(PICTURES)
    sides = ask(sent).is_nearer.astype(float)
    if not sides.any():
        return unit(faces.middle)
    covariance = (faces.axes * faces.spread**2) @ faces.axes.T
    away = covariance @ (sent - sent.mean(axis=0)).T @ sides / len(sent)
    away = np.linalg.solve(covariance @ covariance + 1e-9 * np.eye(WIDTH), covariance @ away)
    away = unit(away)
    # On the sphere, so the plane and the colleague's template leave one length open: that of a typical distance.
    lengths = np.linspace(0.3, 0.8, 26)
    ends = unit(colleague + lengths[:, None] * away)
    return np.asarray(ends[np.argmin(abs(np.linalg.norm(ends - colleague, axis=1) - 0.55))])


def _between(one: Floats, other: Floats, share: Floats) -> Floats:
    return unit(one + share[:, None] * (other - one))


def _posterior(faces: Faces, sent: Floats, told: Told) -> Floats:
    """Returns the most likely template for answers that are wrong by a fifth of their interval at most times."""
    covariance = (faces.axes * faces.spread**2) @ faces.axes.T
    low, high = np.maximum(told.least, TYPICAL[0]), np.minimum(told.most, TYPICAL[1])
    noise = np.maximum(0.29 * np.maximum(high - low, 0) * told.guess, 1e-5)
    gain = covariance @ sent.T @ np.linalg.inv(sent @ covariance @ sent.T + np.diag(noise**2))
    return unit(faces.middle + gain @ (1 - told.guess**2 / 2 - sent @ faces.middle))


ATTACKS = (least_squares, with_knowledge_of_faces, middle_of_what_fits, bisecting, climbing, by_the_order)


def in_steps(step: float, person: Floats, colleague: Floats) -> Ask:
    """Answers in steps of this width; 0 for exact ones."""

    def ask(sent: Floats) -> Told:
        apart, other = np.linalg.norm(sent - person, axis=1), np.linalg.norm(sent - colleague, axis=1)
        least = np.floor(apart / step) * step if step else apart
        order = np.sign(np.floor(other / step) - np.floor(apart / step)) if step else np.sign(other - apart)
        return Told(least, least + step, order.astype(np.int8))

    return ask


def up_to_the_limits(person: Floats, colleague: Floats) -> Ask:
    """Answers as the site's do to callers without exact distances."""

    def ask(sent: Floats) -> Told:
        most = np.array([LIMITS.rounded_up(apart) for apart in np.linalg.norm(sent - person, axis=1)])
        below = {LIMITS.match: 0.0, LIMITS.review: LIMITS.match, FARTHEST: LIMITS.review}
        return Told(np.array([below[limit] for limit in most]), most, np.zeros(len(sent), np.int8))

    return ask


def far_from(faces: Faces, person: Floats) -> bool:
    """Whether no picture of a thousand strangers comes within review: 55 of 100 people are so."""
    return bool(np.linalg.norm(faces.people(PICTURES) - person, axis=1).min() > LIMITS.review + 0.01)


def table(drawings: int = 12) -> str:
    kinds: list[tuple[str, Callable[[Floats, Floats], Ask]]] = [
        (f"{step:g}" if step else "exact", lambda person, colleague, step=step: in_steps(step, person, colleague))
        for step in (0.0, 0.01, 0.05, 0.1, 0.2, 0.3)
    ]
    kinds.append(("match, review, farther", up_to_the_limits))
    lines = ["| step | " + " | ".join(attack.__name__.replace("_", " ") for attack in ATTACKS) + " |"]
    lines.append("|---" * (len(ATTACKS) + 1) + "|")
    for name, kind in kinds:
        ends = np.array([_ends(seed, kind) for seed in range(drawings)])
        lines.append(f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in np.median(ends, axis=0)) + " |")
    return "\n".join(lines)


def _ends(seed: int, kind: Callable[[Floats, Floats], Ask]) -> list[float]:
    faces = Faces(seed)
    person, colleague = faces.people(2)
    return [float(np.linalg.norm(attack(faces, kind(person, colleague), colleague) - person)) for attack in ATTACKS]


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
