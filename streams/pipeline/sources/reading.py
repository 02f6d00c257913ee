"""Turns the packets of a stream into pictures, one at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, Undecodable
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.decoding import Packet, Picture, VideoDecoder, VideoPicture
from streams.pipeline.sources.kept_group import KeptPacket

UNDECODABLE_IN_A_ROW = 30
"""About a second of frames: a lost packet damages a few, and that passes."""
DAMAGED_IN_A_ROW, DAMAGED_FOR_S = 3, 2.0
"""For slower sources: so many pictures, over so long a time, of which none can be decoded."""
LONGEST_WITHOUT_S = 30.0
"""Cameras send a key frame every 1 to 10 s; nothing can be decoded before the first one."""


class PacketStream(Protocol):
    """Coded pictures in order. Whoever need not see them all may read packets and decode only some.

    A packet can be decoded if it is a key, or if all since the last key were decoded.
    """

    def packet(self) -> Packet | None:
        """Returns the next packet, waiting for it; None after the last. Raises SourceDown."""

    def decode(self, packet: Packet) -> Sequence[Picture]:
        """Returns the pictures that are complete with this packet. Raises Undecodable, and SourceDown if too large."""

    def close(self) -> None: ...


class PictureReader:
    """Decodes every packet of a stream, and turns into pixels only what is wanted."""

    def __init__(self, stream: PacketStream) -> None:
        self.stream = stream
        self.read = 0
        """Pictures that came."""
        self.pixel_aspect = 1.0
        """Width of a pixel divided by its height in the last picture as it was sent; it is given with square ones."""
        self._decoded: deque[Picture] = deque()
        self._packets_damaged, self._pictures_damaged = InARow(), InARow()

    def next(self) -> Picture | None:
        """Returns the next picture; None after the last. Raises SourceDown if there is nothing to be decoded."""
        began_s: float | None = None
        while not self._decoded:
            packet = self.stream.packet()
            if packet is None:
                return None
            # From the first packet on: an address that is asked once a minute takes a minute to give one.
            began_s = time.monotonic() if began_s is None else began_s
            if time.monotonic() - began_s > LONGEST_WITHOUT_S:
                raise SourceDown(Reason.NO_KEY_FRAME.said(within_s=LONGEST_WITHOUT_S))
            self._decode(packet)
        self.read += 1
        return self._decoded.popleft()

    @property
    def decoder(self) -> VideoDecoder | None:
        """Returns what decodes pictures that need those before them; None if each stands alone, as JPEGs do."""
        decoder = getattr(self.stream, "decoder", None)
        return decoder if isinstance(decoder, VideoDecoder) else None

    @property
    def waits(self) -> bool:
        """Returns whether the sender waits for whoever reads late, and nothing is lost."""
        return bool(getattr(self.stream, "waits", True))

    def alone(self, key: Packet) -> VideoPicture | None:
        """Returns a key frame, decoded by itself; None if it is damaged. Raises SourceDown if too many are."""
        assert self.decoder
        self._decoded.clear()
        try:
            picture = self.decoder.alone(key)[-1]
        except (Undecodable, IndexError):
            self._packets_damaged.one_more()
            return None
        self.read += 1
        self._packets_damaged.over()
        return picture

    def follow(self, packet: Packet) -> None:
        """Decodes a packet only so that the next ones can be decoded."""
        assert self.decoder
        with suppress(Undecodable):
            self.decoder.decode(packet)

    def again(self, packets: Sequence[KeptPacket]) -> Iterator[tuple[Picture, float]]:
        """Decodes kept packets from their key frame on; gives pictures in their order, each with the time it came."""
        assert self.decoder
        self._decoded.clear()
        self.decoder.forget()
        came_s = deque(kept.came_s for kept in packets)
        for kept in packets:
            with suppress(Undecodable):
                for picture in self.decoder.decode(kept.packet):
                    yield picture, came_s.popleft() if came_s else kept.came_s

    def pixels(self, picture: Picture) -> Image | None:
        """Returns the picture in RGB, or None if it is damaged. Raises SourceDown if too many are."""
        try:
            image = picture.rgb()
        except Undecodable:
            self._pictures_damaged.one_more()
            return None
        self._pictures_damaged.over()
        self.pixel_aspect = float(picture.aspect)
        return image

    def _decode(self, packet: Packet) -> None:
        try:
            pictures = self.stream.decode(packet)
        except Undecodable:
            self._packets_damaged.one_more()
            return
        self._decoded.extend(pictures)
        if pictures:  # whether or not anybody wants their pixels
            self._packets_damaged.over()


class InARow:
    """Counts damage that nothing sound comes between."""

    def __init__(self) -> None:
        self._count, self._since_s = 0, 0.0

    def one_more(self) -> None:
        """Raises SourceDown if it is too much."""
        now = time.monotonic()
        if not self._count:
            self._since_s = now
        self._count += 1
        slow = self._count >= DAMAGED_IN_A_ROW and now - self._since_s >= DAMAGED_FOR_S
        if slow or self._count >= UNDECODABLE_IN_A_ROW:
            raise SourceDown(Reason.UNDECODABLE.said())

    def over(self) -> None:
        self._count = 0
