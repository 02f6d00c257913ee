"""Makes an RTSP server play its first video: asks what there is, how it is to travel, and to begin."""

from __future__ import annotations

from streams.pipeline.errors import AddressRefused, SourceDown, StatusRefused
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.datagrams import Datagrams
from streams.pipeline.sources.diagnosis import why_unreachable
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.rtp_packets import Carrier, Interleaved, RtpPackets
from streams.pipeline.sources.rtp_payloads import PAYLOADS
from streams.pipeline.sources.rtsp import RtspConnection, base_of, resolved
from streams.pipeline.sources.sdp import SdpMedia, session
from streams.pipeline.sources.transport import OVER_TCP, OVER_UDP, Granted, Transport
from streams.pipeline.sources.udp_ports import PORTS, UdpPorts

TRANSPORT_STREAM = "MP2T"
"""MPEG-TS inside of RTP, as encoders and relays send it."""
_UNSUPPORTED = 461


def play(connection: RtspConnection, gate: Gate, transport: Transport) -> tuple[RtpPackets, SdpMedia]:
    """Returns the packets of the first video, and what it is. Raises SourceDown; the connection stays open then."""
    described = connection.ask("DESCRIBE", connection.url, Accept="application/sdp")
    base, offered = base_of(described, connection.url), session(described.body)
    media = _video(offered.media)
    carrier = _carrier(connection, gate, resolved(media.control, base), transport)
    try:
        connection.ask("PLAY", resolved(offered.control, base), Range="npt=0.000-")
    except BaseException:
        carrier.close()
        raise
    return RtpPackets(carrier, media.payload), media


def _video(media: tuple[SdpMedia, ...]) -> SdpMedia:
    video = [each for each in media if each.kind == "video" or each.codec == TRANSPORT_STREAM]
    if not video:
        raise SourceDown((Reason.STREAM_SOUND_ONLY if media else Reason.NOT_VIDEO).said())
    for each in video:
        if each.codec in PAYLOADS or each.codec == TRANSPORT_STREAM:
            return each
    raise SourceDown(Reason.OTHER_CODEC.said(codec=video[0].codec or f"type {video[0].payload}"))


def _carrier(connection: RtspConnection, gate: Gate, track: str, transport: Transport) -> Carrier:
    if transport is Transport.UDP:
        return _over_udp(connection, gate, track, Reason.TCP_ONLY)
    granted = _granted(connection, track, OVER_TCP)
    if granted and (granted.is_tcp or not granted.header):
        return Interleaved(connection, granted.channel)
    if transport is Transport.TCP:
        raise SourceDown(Reason.UDP_ONLY.said())
    return _over_udp(connection, gate, track, Reason.NO_TRANSPORT)


def _over_udp(connection: RtspConnection, gate: Gate, track: str, refused: Reason) -> Carrier:
    if connection.is_encrypted:
        raise SourceDown(Reason.UDP_IN_CLEAR.said())
    ports = _ports(connection, gate)
    try:
        granted = _granted(connection, track, OVER_UDP.format(*ports.numbers))
        if granted is None or granted.is_tcp:
            raise SourceDown(refused.said())
        granted.check(connection.socket.getpeername()[0])
        ports.lead_to(granted.server_ports())
    except OSError as error:
        ports.close()
        raise SourceDown(why_unreachable(error, connection.patience.limit_s)) from None
    except BaseException:
        ports.close()
        raise
    return Datagrams(connection, ports)


def _granted(connection: RtspConnection, track: str, asked: str) -> Granted | None:
    """Returns what the server grants; None if it supports nothing of what was asked."""
    try:
        return Granted(connection.ask("SETUP", track, Transport=asked).header("transport"))
    except StatusRefused as refused:
        if refused.status == _UNSUPPORTED:
            return None
        raise


def _ports(connection: RtspConnection, gate: Gate) -> UdpPorts:
    try:
        return gate.ports_beside(connection.socket)
    except AddressRefused as refused:
        raise SourceDown(refused.said) from None
    except OSError:
        raise SourceDown(Reason.NO_UDP_PORT.said(first=PORTS[0], last=PORTS[-1])) from None
