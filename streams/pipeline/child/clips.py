"""Encodes clips in a thread of the camera's child that takes only what processor time is left."""

from __future__ import annotations

import io
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from threading import Thread
from typing import cast

import av
import cv2
import numpy as np

from people.recognition.types import Image
from streams.pipeline.analysis.clip_ring import ClipPicture
from streams.pipeline.analysis.footage import ClipOrder
from streams.pipeline.messages import Footage, FootageKind

NICE = 19
"""Below the analysis: a clip takes 0.2 s of a processor, and nobody waits for it."""
MOST_WAITING = 4
"""Each waits with up to a megabyte of pictures."""
MILLISECOND = Fraction(1, 1000)
BIT_RATE = 600_000
OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "8",
    "crf": "20",  # as good as this, with at most BIT_RATE: a corridor in which nobody moves takes a tenth
    "auto-alt-ref": "0",
    "lag-in-frames": "0",
}
KEY_EVERY = 16
"""Pictures: a player jumps to the nearest two seconds."""


class ClipEncoder(Thread):
    """`put` never waits; `finish` comes last."""

    def __init__(self, send: Callable[[Footage], None]) -> None:
        super().__init__(name="clips", daemon=True)
        self._send = send
        self._orders: queue.Queue[ClipOrder | None] = queue.Queue(MOST_WAITING)
        self.dropped = 0
        """Clips that were not made, because too many waited or their pictures could not be encoded."""

    def put(self, order: ClipOrder) -> None:
        if self.ident is None:
            self.start()
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            self.dropped += 1

    def finish(self, timeout_s: float) -> None:
        """Makes what waits, in at most `timeout_s`."""
        if self.ident is not None:
            with suppress(queue.Full):
                self._orders.put(None, timeout=timeout_s)
            self.join(timeout_s)

    def run(self) -> None:
        if sys.platform == "linux":  # where priorities are those of threads
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while (order := self._orders.get()) is not None:
            try:
                clip = encoded(order.pictures)
            except (av.error.FFmpegError, cv2.error, ValueError):
                self.dropped += 1
            else:
                self._send(Footage(order.sighting, order.detection, FootageKind.CLIP, clip))


def encoded(pictures: Sequence[ClipPicture]) -> bytes:
    """Returns WebM (VP8) of the pictures' size, the first's if they differ, at the pace at which they were taken."""
    file = io.BytesIO()
    height, width = _image(pictures[0]).shape[:2]
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width & ~1, height & ~1, "yuv420p"
        stream.bit_rate, stream.gop_size, stream.time_base = BIT_RATE, KEY_EVERY, MILLISECOND
        stream.codec_context.time_base, stream.codec_context.thread_count = MILLISECOND, 1
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(_image(picture), format="bgr24")
            frame.pts, frame.time_base = round((picture.taken_s - pictures[0].taken_s) * 1000), MILLISECOND
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def _image(picture: ClipPicture) -> Image:
    """Returns a picture in OpenCV's order of colours. Raises ValueError if it is none."""
    image = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("this is no JPEG")
    return cast(Image, image)
