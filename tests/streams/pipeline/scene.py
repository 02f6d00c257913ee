"""A scene of painted faces before a camera's analysis, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Image, Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.analysis.footage import ClipOrder, FootageWatch
from streams.pipeline.messages import Footage, Overlay, OwnThreshold, SightingChange, UseGallery
from tests.streams.pipeline.fakes import BEGIN, ENGINE, FakeEngine, frame, gallery, picture

FPS = 10


class Scene:
    """Plays pictures at 10 a second and keeps what is said."""

    def __init__(self, *enrolled: int, footage: FootageWatch | None = None) -> None:
        self.engine = FakeEngine()
        self.analysis = Analysis(self.engine, OwnThreshold(0.5, ENGINE), 80, footage=footage)
        self.footage: list[Footage] = []
        self.clips: list[ClipOrder] = []
        self.now_s, self.number = 0.0, 0
        self.changes: list[SightingChange] = []
        self.overlays: list[Overlay] = []
        self.clock_off = timedelta()
        """By which the machine's clock was set since the beginning."""
        self.use(gallery(*enrolled))

    def use(self, new: Gallery) -> list[SightingChange]:
        changes = self.analysis.use(UseGallery(new, {}, self.engine.distances.thresholds), BEGIN)
        self.changes += changes
        return changes

    def play(self, seconds: float, *people: tuple[int, Box], quality: float = 1.0, sway: int = 4) -> None:
        """Everybody sways, as living people do, so that the motion gate stays open."""
        for _ in range(round(seconds * FPS)):
            shift = sway * (self.number % 3)
            moved = [(who, Box(b.left + shift, b.top, b.right + shift, b.bottom)) for who, b in people]
            self.show(picture(*moved, quality=quality))

    def play_slowly(self, frames: int, gap_s: float, *people: tuple[int, Box], step: int) -> None:
        """Shows a frame every `gap_s`, in which everybody has gone on by `step`; the loop turns between them."""
        for number in range(frames):
            moved = [(who, Box(b.left + step * number, b.top, b.right + step * number, b.bottom)) for who, b in people]
            self.show(picture(*moved), gap_s)
            self.changes += self.analysis.tick(BEGIN, self.now_s - gap_s / 10)

    def show(self, image: Image, gap_s: float = 1 / FPS) -> None:
        self.number += 1
        shown = frame(self.number, self.now_s, image, gap_s)
        shown = replace(shown, captured_at=shown.captured_at + self.clock_off)
        changes, overlay = self.analysis.frame(shown)
        self.changes += changes
        self.overlays.append(overlay)
        for kept in self.analysis.footage(self.now_s):
            self.clips.append(kept) if isinstance(kept, ClipOrder) else self.footage.append(kept)
        self.now_s = round(self.now_s + gap_s, 6)

    def tick(self, seconds: float) -> None:
        self.now_s += seconds
        self.changes += self.analysis.tick(BEGIN, self.now_s)

    @property
    def sightings(self) -> set[object]:
        return {change.id for change in self.changes}

    def people(self) -> list[tuple[Verdict, str | None]]:
        return [(change.verdict, change.person) for change in self.changes]
