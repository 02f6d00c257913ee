"""The analysis of one camera, frame by frame: detect faces, follow them, encode them, decide and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf
from operator import itemgetter
from typing import Protocol
from uuid import UUID

from people.recognition.engine.distances import Distances
from people.recognition.engine.quality import encoded_quality
from people.recognition.engine.scales import joined
from people.recognition.engine.views import Crops, Encoded
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Face, FoundFace, Image, Points, Thresholds
from streams.pipeline.analysis.annotate import annotated
from streams.pipeline.analysis.area import Area, Ground
from streams.pipeline.analysis.choosing import AT_MOST, is_worth_judging, urgency
from streams.pipeline.analysis.closer_look import closer_look
from streams.pipeline.analysis.drawn import drawn
from streams.pipeline.analysis.footage import ClipOrder, FootageWatch
from streams.pipeline.analysis.liveness import LivenessNetwork, LivenessWatch
from streams.pipeline.analysis.motion import MotionGate
from streams.pipeline.analysis.open_sightings import OpenSightings
from streams.pipeline.analysis.pictures import jpeg, preview_of
from streams.pipeline.analysis.plan import Look, ScanPlan
from streams.pipeline.analysis.reports import Reports
from streams.pipeline.analysis.steps import Steps
from streams.pipeline.analysis.tracker import State, Track, Tracker
from streams.pipeline.clock import LONGEST_GAP_S
from streams.pipeline.frames import Frame
from streams.pipeline.messages import (
    Footage,
    Overlay,
    OwnThreshold,
    SaidOfFace,
    SightingChange,
    TrackedFace,
    UseGallery,
    WatchMode,
)

REST_AFTER_S = 120.0
"""The engine rests after this long without a face: opening it again costs 0.45 s of processor time."""
SHOWN_S = 0.3
"""A face that the detector misses is still drawn for this long; without this boxes flicker."""


class FaceEngine(Protocol):
    """The part of people.recognition.engine.engine.Engine that the analysis needs."""

    @property
    def key(self) -> str: ...

    @property
    def distances(self) -> Distances: ...

    def find(self, image: Image, smallest_px: int = 40, *, region: Box | None = None) -> list[FoundFace]: ...

    def face_at(self, image: Image, box: Box, score: float, seen: Points | None = None) -> Face: ...

    def encode_faces(self, image: Image, faces: Sequence[Face]) -> list[Encoded]: ...

    def of_key(self, key: str) -> FaceEngine:
        """Returns the engine with this key. Raises RecognitionError if it cannot be had."""
        ...

    def rest(self) -> None:
        """Gives back what it needs for faces in sight, until there is one again."""


class Analysis:
    """Analyses the frames of one camera. Not thread-safe: only the camera's loop calls it."""

    def __init__(
        self,
        engine: FaceEngine,
        own: OwnThreshold | None,
        smallest_px: int,
        *,
        area: Area | None = None,
        liveness: LivenessNetwork | None = None,
        footage: FootageWatch | None = None,
    ) -> None:
        """`own`: the camera's threshold, which replaces the one that comes with the gallery. `liveness`: for cameras
        that hint at held pictures. `footage`: for cameras that keep more than faces."""
        self._engine, self._own, self._area = engine, own, area or Area()
        self._gallery = Gallery.empty(engine.key)
        self._names: Mapping[str, str] = {}
        self._said: Mapping[UUID, SaidOfFace] = {}
        self._watch = WatchMode(preview=False, annotated=False)
        self._motion, self._plan, self._tracker = MotionGate(), ScanPlan(smallest_px), Tracker()
        thresholds = self._with_own(engine.distances.thresholds)
        self._sightings = OpenSightings(thresholds, engine.distances, self._gallery, self._tracker.forget)
        self._footage = footage or FootageWatch()
        self._reports = Reports(thresholds, engine.key, self._footage)
        self._liveness = LivenessWatch(liveness) if liveness else None
        self.steps = Steps()
        self.faces_found = self.encodings_made = 0
        self.is_stirred = False
        """Whether something moved in the last frame since the one before, or there is a face to follow."""
        self._face_s = float("inf")
        """When there was last a face to follow, on the monotonic clock; infinite while the engine rests."""
        self._is_rested = False

    @property
    def gallery_version(self) -> int:
        return self._gallery.version

    def watch(self, mode: WatchMode) -> None:
        self._watch = mode

    def say(self, said: Mapping[UUID, SaidOfFace]) -> None:
        """Draws from now on what is said of these open sightings; what the machine decides and reports stays."""
        self._said = said

    def busy(self, share: float) -> None:
        """Takes the share of the time between two frames that the analysis of one frame needs."""
        self._plan.busy(share)

    def use(self, message: UseGallery, now: datetime) -> list[SightingChange]:
        """Decides with another gallery and other thresholds from now on; returns the changes that follow at once.

        Encodes with the gallery's engine, which is opened here if it is another one (SFace: 0.2 s). Raises
        RecognitionError if it cannot be had.
        """
        if message.gallery.engine != self._engine.key:
            self._change_engine(self._engine.of_key(message.gallery.engine))
        self._gallery, self._names = message.gallery, message.names
        thresholds = self._with_own(message.thresholds)
        self._reports.thresholds = thresholds
        self._sightings.use(self._gallery, thresholds)
        return self._reports.changes(self._sightings.open, self._gallery, now)

    def _change_engine(self, engine: FaceEngine) -> None:
        """Goes on with the same tracks and sightings; their names stay until encodings of the new engine decide."""
        self._engine, self._face_s = engine, float("-inf")  # it is whole now: without a face in sight it rests at once
        self._sightings.change_engine(engine.distances)
        self._reports.change_engine(engine.key)

    def _with_own(self, thresholds: Thresholds) -> Thresholds:
        return thresholds.with_match(self._own.under(self._engine.key) if self._own else None)

    def frame(self, frame: Frame) -> tuple[list[SightingChange], Overlay]:
        with self.steps("clip"):
            self._footage.see(frame)
        self._follow(frame)
        self._encode(frame)
        if self._liveness:
            with self.steps("liveness"):
                self._liveness.look(frame, self._tracker.tracks, self._sightings)
        with self.steps("decide"):
            changes = self._reports.changes(self._sightings.open, self._gallery, frame.captured_at)
            changes += self.tick(frame.captured_at, frame.monotonic_s)
        return changes, self._overlay(frame)

    def tick(self, now: datetime, now_s: float) -> list[SightingChange]:
        """Ends sightings whose time is over, with or without frames, and lets the engine rest."""
        self._rest(now_s)
        for track in self._tracker.expire(now_s):
            self._sightings.lost(track)
        return self._reports.endings(self._sightings.over(now_s), self._gallery, now)

    def _rest(self, now_s: float) -> None:
        if self._tracker.tracks:
            self._face_s = now_s
        elif now_s - self._face_s > REST_AFTER_S:
            self.rest()

    def rest(self) -> None:
        """Gives back the memory of what was computed since the last time."""
        if not self._is_rested:
            self._engine.rest()
        self._is_rested, self._face_s = True, float("inf")

    def close(self, now: datetime) -> list[SightingChange]:
        """Ends every sighting because the camera stops."""
        return self._reports.endings(self._sightings.over(0, all_of_them=True), self._gallery, now)

    def footage(self, now_s: float = inf) -> list[Footage | ClipOrder]:
        """Returns what is to be kept beside the faces and is due at `now_s`; by default all that is left."""
        return list(self._footage.due(now_s))

    def _follow(self, frame: Frame) -> None:
        ground = self._area.of(frame.width_px, frame.height_px)
        with self.steps("motion"):
            motion = self._motion.look(frame.image, ground.cells)
            tracks = self._tracker.tracks
            if motion.is_cut():
                for track in tracks:
                    track.doubtful = True
            wants = self._sightings.wants
            now_s, places, sweeps = frame.monotonic_s, ground.places, not frame.is_of_past
            looks = self._plan.looks(ground.whole, motion, tracks, now_s, wants, places, sweeps=sweeps)
        with self.steps("detect"):
            found = self._find(frame.image, looks, ground)
        with self.steps("follow"):
            gone = self._tracker.update(
                found,
                frame.monotonic_s,
                looked=lambda box: any(look.covers(box) for look in looks),
                moved=motion.within,
                gap_s=min(frame.gap_s, LONGEST_GAP_S),  # a face is not awaited for hours where pictures are
            )
            for track in gone:
                self._sightings.lost(track)
            self._sightings.see(self._tracker.tracks, frame)
        self.is_stirred = (motion.changed_share > 0 and not motion.is_first) or bool(self._tracker.tracks)

    def _find(self, image: Image, looks: Sequence[Look], ground: Ground) -> list[FoundFace]:
        found: list[FoundFace] = []
        for look in looks:
            self._is_rested = False
            faces = self._engine.find(image, look.smallest_px, region=look.region)
            if look.explains(faces):
                self._motion.seen(look.region)
            found += faces
        found = [face for face in joined(found) if ground.has(face.box)]
        self.faces_found += len(found)
        return found

    def _encode(self, frame: Frame) -> None:
        with self.steps("judge"):
            chosen = self._worth_encoding(frame)
        if not chosen:
            return
        with self.steps("encode"):
            encodings = self._engine.encode_faces(frame.image, [face for _, face in chosen])
        with self.steps("whole frame"):
            whole = self._footage.whole(frame)
        self.encodings_made += len(chosen)
        with self.steps("decide"):
            for (track, face), (vector, steadiness) in zip(chosen, encodings, strict=True):
                quality = encoded_quality(face.quality, steadiness, Crops.PROBE)
                self._sightings.encoded(track, replace(face, quality=quality), vector, frame, whole)

    def _worth_encoding(self, frame: Frame) -> list[tuple[Track, Face]]:
        ranked, now_s = [], frame.monotonic_s
        for track in self._tracker.tracks:
            sighting = self._sightings.of(track)
            if sighting is None or not track.fresh or track.state is not State.CONFIRMED:
                continue
            doubtful = sighting.is_in_doubt()
            if not is_worth_judging(sighting.identity, sighting.decision, now_s, doubtful=doubtful):
                continue
            sighting.identity.judged_s = now_s
            face = self._face_of(track, frame.image)
            if face is None or not self._sightings.needs(sighting, face.quality.overall):
                continue
            worth = urgency(sighting.identity, sighting.decision, face.quality.overall, now_s, doubtful=doubtful)
            if worth is not None:
                ranked.append((worth, track.id, track, face))
        return [(track, face) for _, _, track, face in sorted(ranked, key=itemgetter(0, 1), reverse=True)[:AT_MOST]]

    def _face_of(self, track: Track, image: Image) -> Face | None:
        seen = closer_look(self._engine, image, track.box)
        return None if seen is None else self._engine.face_at(image, seen.box, seen.score, seen.points)

    def _overlay(self, frame: Frame) -> Overlay:
        shown = (
            self._drawn(track)
            for track in self._tracker.tracks
            if track.state is not State.TENTATIVE and frame.monotonic_s - track.seen_s <= SHOWN_S
        )
        faces = tuple(face for face in shown if face)
        preview, burnt = None, None
        if self._watch.preview or self._watch.annotated:
            with self.steps("draw"):
                small = preview_of(frame.image)
                preview = jpeg(small) if self._watch.preview else None
                if self._watch.annotated:
                    burnt = jpeg(annotated(small, faces, self._names, small.shape[1] / frame.width_px))
        size_px = frame.width_px, frame.height_px
        return Overlay(frame.number, frame.captured_at, *size_px, faces, preview, burnt, frame.old_after_s)

    def _drawn(self, track: Track) -> TrackedFace | None:
        sighting = self._sightings.of(track)
        if sighting is None or sighting.is_in_doubt():
            return TrackedFace(track.id, track.predicted, None, None, None)
        return drawn(track, sighting.decision, self._said.get(sighting.id))
