"""The video of an RTSP camera as coded pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import ReadPatience
from streams.pipeline.sources.containers import Container, NotVideo
from streams.pipeline.sources.damage import Damage
from streams.pipeline.sources.decoding import Decoder, Packet, Picture, StillDecoder, VideoDecoder
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.rtp import Assembler, CodedPicture
from streams.pipeline.sources.rtp_packets import RtpPackets
from streams.pipeline.sources.rtp_payloads import PAYLOADS, START
from streams.pipeline.sources.rtsp import RtspConnection
from streams.pipeline.sources.rtsp_session import TRANSPORT_STREAM, play
from streams.pipeline.sources.sdp import SdpMedia
from streams.pipeline.sources.transport import Transport


def open_rtsp(
    address: str, gate: Gate, open_s: float, read_s: float, transport: Transport = Transport.AUTOMATIC
) -> RtspPictures | RtspContainer:
    """Asks an RTSP server to play its first video. Raises SourceDown with the reason why there is none."""
    connection = RtspConnection(address, gate, ReadPatience(open_s, read_s))
    try:
        packets, media = play(connection, gate, transport)
    except BaseException:
        connection.close()
        raise
    try:
        return RtspContainer(packets) if media.codec == TRANSPORT_STREAM else RtspPictures(packets, media)
    except BaseException:
        packets.close()
        raise


class RtspPictures:
    """Pictures that RTP carries by themselves, without those that a loss has damaged."""

    def __init__(self, packets: RtpPackets, media: SdpMedia) -> None:
        payload, decoder = PAYLOADS[media.codec]
        self._packets, self.decoder = packets, _decoder(decoder, media)
        self._assembler = Assembler(payload(), media.clock_hz)
        self._ready: deque[CodedPicture] = deque()
        self._damage = Damage(packets.order)

    @property
    def waits(self) -> bool:
        return self._packets.waits

    @property
    def packets_lost(self) -> int:
        return self._packets.order.lost

    def packet(self) -> Packet | None:
        while True:
            picture = self._next()
            if not self._damage.spoils(is_damaged=picture.is_damaged, is_key=picture.is_key):
                return Packet(len(picture.data), picture.is_key, picture.media_s, picture.data)

    def decode(self, packet: Packet) -> Sequence[Picture]:
        return self.decoder.decode(packet)

    def close(self) -> None:
        self._packets.close()

    def _next(self) -> CodedPicture:
        self._packets.patience.next_picture()
        while not self._ready:
            self._ready.extend(self._assembler.add(next(self._packets)))
        return self._ready.popleft()


class RtspContainer(Container):
    """A container that RTP carries piece by piece, without the pictures that a loss has damaged."""

    def __init__(self, packets: RtpPackets) -> None:
        self._rtp, self._damage = packets, Damage(packets.order)
        try:
            super().__init__(packets, "mpegts")
        except NotVideo:
            raise SourceDown(Reason.NOT_VIDEO.said()) from None
        self._lost = packets.order.lost

    @property
    def waits(self) -> bool:
        return self._rtp.waits

    @property
    def packets_lost(self) -> int:
        return self._rtp.order.lost

    def packet(self) -> Packet | None:
        while True:
            self._rtp.patience.next_picture()
            packet = super().packet()
            if packet is None or not self._damage.spoils(is_damaged=self._is_damaged(packet), is_key=packet.is_key):
                return packet

    def close(self) -> None:
        super().close()
        self._rtp.close()

    def _is_damaged(self, packet: Packet) -> bool:
        """Says what FFmpeg says, whose counter sees no 16 lost pieces in a row, and what was lost since the last one.

        A packet is given when the next one begins, so that loss lies in it or right behind it.
        """
        before, self._lost = self._lost, self._rtp.order.lost
        return self._lost != before or (isinstance(packet.coded, av.Packet) and packet.coded.is_corrupt)


def _decoder(name: str, media: SdpMedia) -> Decoder:
    if name == "mjpeg":
        return StillDecoder()
    context = cast(VideoCodecContext, av.CodecContext.create(name, "r"))
    context.extradata = _extradata(media) or None
    return VideoDecoder(context)


def _extradata(media: SdpMedia) -> bytes:
    """Returns what SDP says ahead of the pictures: most cameras send it with their key frames, too."""
    with suppress(ValueError):
        if config := bytes.fromhex(media.parameters.get("config", "")):
            return config
    sets = media.sets("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")
    return b"".join(START + each for each in sets)
