"""What a camera's child says, without a camera: heartbeats, and all that it reports of one visitor."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np

from people.recognition.engine.kinds import OFFERED
from people.recognition.types import Box, Thresholds, Verdict
from streams.pipeline.messages import Heartbeat, MeanEncoding, NewDetection, Overlay, SightingChange, TrackedFace
from streams.pipeline.states import ChildState

LASTS_S = 10
"""How long a visitor stays in view: through a door, or along a corridor."""
PICTURED_AT_S = (1, 2)
"""Decided after a second, and seen better after two: the detections of a sighting that lasts so long."""
SAID_AT_S = (*PICTURED_AT_S, 4, 6, 8, LASTS_S)
"""A report at least every 2 s (streams/pipeline/analysis/reports.py), and the last one."""
BOX = Box(600, 300, 700, 420)
# 12 KB: a snapshot of 480 px. Nobody opens it.
SNAPSHOT = b"\xff\xd8\xff" + os.urandom(12_000)
_ANY = random.Random()  # noqa: S311 - not for secrets


def heartbeat(state: ChildState, gallery_version: int, frames: int) -> Heartbeat:
    """Says that the camera is in this state; no two are alike, as of a real child."""
    live = state is ChildState.LIVE
    return Heartbeat(
        state=state,
        reason="",
        sent_at=datetime.now(UTC),
        last_frame_at=datetime.now(UTC) if live else None,
        frame_age_ms=_ANY.randrange(5, 60) if live else None,
        frame_width_px=1920 if live else None,
        frame_height_px=1080 if live else None,
        fps_read=_ANY.uniform(24.8, 25.2) if live else 0.0,
        fps_analysed=_ANY.uniform(0.4, 5.0) if live else 0.0,
        frames_dropped=frames // 100,
        overlays_dropped=0,
        gallery_version=gallery_version,
        frames_read=frames,
        frames_analysed=frames // 5,
    )


def overlay(frame: int) -> Overlay:
    """Tells the box of one face in one analysed frame, without a picture: nobody watches."""
    return Overlay(frame, datetime.now(UTC), 1920, 1080, (TrackedFace(1, BOX, None, None, None),), None, None)


@dataclass(slots=True)
class SimulatedSighting:
    """One visitor; `people` are the ids of those who may be recognised."""

    people: Sequence[str]
    gallery_version: int
    id: UUID = field(default_factory=uuid4)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    lasted_s: int = 0
    verdict: Verdict = field(default_factory=lambda: _ANY.choices([*Verdict], [7, 1, 2])[0])
    person: str = ""

    def __post_init__(self) -> None:
        assert [*Verdict] == [Verdict.MATCH, Verdict.REVIEW, Verdict.UNKNOWN]
        self.person = _ANY.choice(self.people)

    def after_a_second(self) -> SightingChange | None:
        """Lets a second pass; returns what is reported then."""
        self.lasted_s += 1
        return self.change() if self.lasted_s in SAID_AT_S else None

    @property
    def is_over(self) -> bool:
        return self.lasted_s >= LASTS_S

    def change(self, *, ended: bool = False) -> SightingChange:
        now, pictured = datetime.now(UTC), self.lasted_s in PICTURED_AT_S
        return SightingChange(
            id=self.id,
            captured_at=now,
            first_seen_at=self.began,
            last_seen_at=now,
            ended=ended or self.is_over,
            verdict=self.verdict,
            person=None if self.verdict is Verdict.UNKNOWN else self.person,
            distance=0.3,
            margin=0.2,
            thresholds=Thresholds(0.34, 0.39),
            votes=self.lasted_s,
            encodings=self.lasted_s,
            gallery_version=self.gallery_version,
            detections=(self._detection(now),) if pictured else (),
            encoding=_encoding() if pictured or self.is_over else None,
        )

    def _detection(self, now: datetime) -> NewDetection:
        return NewDetection(
            id=uuid4(),
            captured_at=now,
            box=BOX,
            frame_width_px=1920,
            frame_height_px=1080,
            score=1.0,
            quality=0.3 + 0.2 * self.lasted_s,
            verdict=self.verdict,
            person=self.person,
            distance=0.3,
            margin=0.2,
            gallery_version=self.gallery_version,
            snapshot=SNAPSHOT,
        )


def _encoding() -> MeanEncoding:
    vector = np.random.default_rng().standard_normal(OFFERED[0].width, np.float32)
    return MeanEncoding(OFFERED[0].key, (vector / np.linalg.norm(vector)).tobytes(), 0.7)
