"""The video of an RTSP camera as coded pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import ReadPatience
from streams.pipeline.sources.containers import Container, NotVideo
from streams.pipeline.sources.decoding import Decoder, Packet, Picture, StillDecoder, VideoDecoder
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.rtp import PAYLOADS, START, Assembler, CodedPicture, RtpPacket
from streams.pipeline.sources.rtsp import RtspConnection, base_of, resolved
from streams.pipeline.sources.sdp import SdpMedia, session

TRANSPORT_STREAM = "MP2T"
"""MPEG-TS inside of RTP, as encoders and relays send it."""


def open_rtsp(address: str, gate: Gate, open_s: float, read_s: float) -> RtspPictures | RtspContainer:
    """Asks an RTSP server to play its first video. Raises SourceDown with the reason why there is none."""
    connection = RtspConnection(address, gate, ReadPatience(open_s, read_s))
    try:
        media, channel = _play(connection)
        packets = _Packets(connection, media.payload, channel)
        return RtspContainer(packets) if media.codec == TRANSPORT_STREAM else RtspPictures(packets, media)
    except BaseException:
        connection.close()
        raise


class RtspPictures:
    """Pictures that RTP carries by themselves."""

    def __init__(self, packets: _Packets, media: SdpMedia) -> None:
        payload, decoder = PAYLOADS[media.codec]
        self._packets, self.decoder = packets, _decoder(decoder, media)
        self._assembler = Assembler(payload(), media.clock_hz)
        self._whole: deque[CodedPicture] = deque()

    def packet(self) -> Packet | None:
        self._packets.patience.next_picture()
        while not self._whole:
            self._whole.extend(self._assembler.add(next(self._packets)))
        picture = self._whole.popleft()
        return Packet(len(picture.data), picture.is_key, picture.media_s, picture.data)

    def decode(self, packet: Packet) -> Sequence[Picture]:
        return self.decoder.decode(packet)

    def close(self) -> None:
        self._packets.close()


class RtspContainer(Container):
    """A container that RTP carries piece by piece."""

    def __init__(self, packets: _Packets) -> None:
        self._rtp = packets
        try:
            super().__init__(packets, "mpegts")
        except NotVideo:
            raise SourceDown(Reason.NOT_VIDEO.said()) from None

    def packet(self) -> Packet | None:
        self._rtp.patience.next_picture()
        return super().packet()

    def close(self) -> None:
        super().close()
        self._rtp.close()


class _Packets(Iterator[RtpPacket]):
    """The RTP packets of one channel, whole or as a file of their payloads."""

    def __init__(self, connection: RtspConnection, payload_type: int, channel: int) -> None:
        self._connection, self._payload_type, self._channel = connection, payload_type, channel
        self.patience, self._rest = connection.patience, b""

    def __next__(self) -> RtpPacket:
        while True:
            channel, data = self._connection.frame()
            packet = RtpPacket.of(data) if channel == self._channel else None
            if packet and packet.type == self._payload_type:
                return packet

    def read(self, size: int, /) -> bytes:
        while not self._rest:
            self._rest = next(self).payload
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def close(self) -> None:
        self._connection.close()


def _play(connection: RtspConnection) -> tuple[SdpMedia, int]:
    """Makes the server send its first video over this connection; returns it and its channel."""
    described = connection.ask("DESCRIBE", connection.url, Accept="application/sdp")
    base, offered = base_of(described, connection.url), session(described.body)
    media = _video(offered.media)
    transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
    granted = connection.ask("SETUP", resolved(media.control, base), Transport=transport).header("transport")
    if granted and "tcp" not in granted.lower() and "interleaved" not in granted.lower():
        raise SourceDown(Reason.UDP_ONLY.said())
    connection.ask("PLAY", resolved(offered.control, base), Range="npt=0.000-")
    return media, _channel(granted)


def _video(media: tuple[SdpMedia, ...]) -> SdpMedia:
    video = [each for each in media if each.kind == "video" or each.codec == TRANSPORT_STREAM]
    if not video:
        raise SourceDown((Reason.STREAM_SOUND_ONLY if media else Reason.NOT_VIDEO).said())
    for each in video:
        if each.codec in PAYLOADS or each.codec == TRANSPORT_STREAM:
            return each
    raise SourceDown(Reason.OTHER_CODEC.said(codec=video[0].codec or f"type {video[0].payload}"))


def _channel(transport: str) -> int:
    first = transport.partition("interleaved=")[2].partition("-")[0].partition(";")[0]
    return int(first) if first.isascii() and first.isdigit() else 0


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
