"""Whether a camera is decoded now: its analysis and its viewers keep it awake, and silence lets it doze."""

from __future__ import annotations

from collections import deque
from threading import Lock

from streams.pipeline.clock import Clock
from streams.pipeline.reasons import NONE, Reason, Sentence

DOZES_AFTER_S = 10.0
"""Without motion and faces. A sighting ends after 5 s without a face, and people stand still for some seconds."""
SUSPECTS_FOR_S = 3.0
"""How long packets alone keep it awake: what they tell of shows within this time, or it was nothing."""
DECODES_FOR_S = 60.0
"""How long it is decoded before another try, where key frames are too rare."""
MANY, REMEMBERS_S = 3, 1800.0
"""So many more times wrong than right within half an hour, and packets are not believed: a scene changes its light, and
a camera its settings, so they get another chance."""


class Verdicts:
    """Counts events of the last half hour."""

    def __init__(self) -> None:
        self._at_s: deque[float] = deque(maxlen=100)

    def add(self, now_s: float) -> None:
        self._at_s.append(now_s)

    def count(self, now_s: float) -> int:
        return sum(now_s - at_s < REMEMBERS_S for at_s in self._at_s)


class Attention:
    """Written by the loop and the capture, read by both and the heartbeat; no method takes long."""

    def __init__(self, clock: Clock, *, always: bool = True) -> None:
        """`always`: the camera never dozes. Others begin with that: whoever is in the first key frame wakes them."""
        self._clock, self._always, self._lock = clock, always, Lock()
        self._awake_until_s = clock.monotonic()
        self._is_watched = self._is_suspicion = self._dozes = self._keys_are_rare = False
        self._right, self._wrong, self._missed = Verdicts(), Verdicts(), Verdicts()

    def watched(self, is_watched: bool) -> None:
        with self._lock:
            self._is_watched = is_watched

    def stirred(self) -> None:
        """Notes motion or a face in a decoded frame."""
        with self._lock:
            self._stay(DOZES_AFTER_S)
            if self._is_suspicion:
                self._is_suspicion = False
                self._right.add(self._clock.monotonic())

    def suspected(self) -> None:
        """Notes that packets tell of motion."""
        with self._lock:
            self._is_suspicion = True
            self._stay(SUSPECTS_FOR_S)

    def missed(self) -> None:
        """Notes motion in a key frame of which no packet told."""
        with self._lock:
            self._missed.add(self._clock.monotonic())
            self._stay(DOZES_AFTER_S)

    def rare_keys(self) -> None:
        """Notes that the stream's key frames are too rare or too large to wait for."""
        with self._lock:
            self._keys_are_rare = True
            self._stay(DECODES_FOR_S)

    def is_awake(self) -> bool:
        with self._lock:
            return self._always or self._is_watched or self._clock.monotonic() < self._awake_until_s

    def dozes(self, dozes: bool) -> None:
        """Notes that the capture reads packets only, or decodes again."""
        with self._lock:
            self._dozes = dozes
            if dozes:
                self._keys_are_rare = False
            if dozes and self._is_suspicion:
                self._is_suspicion = False
                self._wrong.add(self._clock.monotonic())

    @property
    def is_dozing(self) -> bool:
        return self._dozes

    def believes_packets(self) -> bool:
        """Returns whether packets have not been wrong too often: with a constant bit rate they tell nothing."""
        with self._lock:
            return self._is_credible(self._wrong)

    def says(self) -> Sentence:
        """Returns how it is looked at, beside its state; NONE while everything is decoded as usual."""
        with self._lock:
            if self._keys_are_rare:
                return Reason.RARE_KEYS.said()
            if not self._dozes:
                return NONE
            tells = self._is_credible(self._wrong) and self._is_credible(self._missed)
            return (Reason.DOZES if tells else Reason.LOOKS_AT_KEYS).said()

    def _is_credible(self, against: Verdicts) -> bool:
        now_s = self._clock.monotonic()
        return against.count(now_s) < self._right.count(now_s) + MANY

    def _stay(self, seconds: float) -> None:
        self._awake_until_s = max(self._awake_until_s, self._clock.monotonic() + seconds)
