"""Live sources, network cameras and devices, which deliver frames at their own pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import cv2

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.reasons import Reason, Sentence
from streams.pipeline.sources.diagnosis import why_unreachable
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.opencv import open_address, open_device, retrieve_rgb
from streams.pipeline.sources.pace import Pace

Open = Callable[[], cv2.VideoCapture]
UNDECODABLE_IN_A_ROW = 30
"""About a second of frames: a lost packet damages a few, and that passes."""


class Receiving:
    """Source of a stream. Plays a recording behind an address in real time, and loops it if asked to."""

    def __init__(
        self,
        capture: cv2.VideoCapture,
        *,
        silence: Sentence,
        recorded: bool = False,
        paced: bool = False,
        reopen: Open | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._capture, self._reopen, self._silence, self._gate = capture, reopen, silence, gate
        self._recorded = recorded
        self._pace = Pace() if paced else None
        self._read, self._undecodable = 0, 0

    @classmethod
    def of_address(
        cls, address: str, loop: bool, open_timeout_s: float, read_timeout_s: float, networks: CameraNetworks
    ) -> Receiving:
        gate = Gate(address, networks)

        def reopen() -> cv2.VideoCapture:
            return _connect(address, gate, open_timeout_s, read_timeout_s)

        try:
            capture = reopen()
        except SourceDown:
            gate.close()
            raise
        recorded = capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0
        return cls(
            capture,
            recorded=recorded,
            # HLS arrives in bursts of several seconds, so its frames too wait for their time.
            paced=recorded or urlsplit(address).path.endswith(".m3u8"),
            reopen=reopen if loop else None,
            silence=Reason.STREAM_STOPPED.said(silent_s=read_timeout_s),
            gate=gate,
        )

    @classmethod
    def of_device(cls, index: int) -> Receiving:
        capture = open_device(index)
        if not capture.isOpened():
            raise SourceDown(Reason.NO_DEVICE.said(number=index))
        return cls(capture, silence=Reason.SILENT_DEVICE.said(number=index))

    def read(self, *, wanted: bool = True) -> Image | None:
        while True:
            if not self._capture.grab():
                self._begin_again()
            self._read += 1
            if self._pace:
                self._pace.wait(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            if not wanted:
                return None
            if (image := retrieve_rgb(self._capture)) is not None:
                self._undecodable = 0
                return image
            self._undecodable += 1
            if self._undecodable >= UNDECODABLE_IN_A_ROW:
                raise SourceDown(Reason.UNDECODABLE.said())

    def close(self) -> None:
        self._capture.release()
        if self._gate:
            self._gate.close()

    def _begin_again(self) -> None:
        if self._gate and self._gate.problem:  # a playlist led to a forbidden address
            raise SourceDown(self._gate.problem)
        if not self._read:
            raise SourceDown(Reason.NO_FIRST_PICTURE.said())
        if not self._recorded:
            raise SourceDown(self._silence)
        if self._reopen is None:
            raise SourceEnded(Reason.RECORDING_ENDED.said())
        self._capture.release()
        self._capture = self._reopen()
        self._read = 0
        if not self._capture.grab():
            raise SourceDown(Reason.NO_FIRST_PICTURE.said())


def _connect(address: str, gate: Gate, open_timeout_s: float, read_timeout_s: float) -> cv2.VideoCapture:
    began = time.monotonic()
    capture = open_address(gate.address, open_timeout_s, read_timeout_s, gate.proxy)
    if capture.isOpened():
        return capture
    if gate.problem:
        raise SourceDown(gate.problem)
    if time.monotonic() - began >= open_timeout_s * 0.95:
        raise SourceDown(Reason.NO_ANSWER_WITHIN.said(within_s=open_timeout_s))
    raise SourceDown(why_unreachable(address, gate.dial))
