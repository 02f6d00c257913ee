"""Asks a device for its profiles: each has a stream with size and codec, and mostly an address of single pictures."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from streams.pipeline.errors import BadAddress, SourceDown
from streams.pipeline.onvif.documents import LONGEST_WORD, all_named, first, number, text, word
from streams.pipeline.onvif.found import FoundStream
from streams.pipeline.onvif.soap import Conversation, RefusedByDevice
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import is_address
from streams.pipeline.sources.credentials import PASSWORD, TOKEN, USERNAME, split

MOST_PROFILES = 16
"""Of one device: each costs two questions."""
_DEVICE, _MEDIA, _MEDIA2 = (
    f"http://www.onvif.org/{kind}/wsdl" for kind in ("ver10/device", "ver10/media", "ver20/media")
)
_SERVICES = f'<GetServices xmlns="{_DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
_CAPABILITIES = f'<GetCapabilities xmlns="{_DEVICE}"><Category>Media</Category></GetCapabilities>'
_SETUP = (
    '<StreamSetup><Stream xmlns="http://www.onvif.org/ver10/schema">RTP-Unicast</Stream>'
    '<Transport xmlns="http://www.onvif.org/ver10/schema"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
)


def streams_of(device: Conversation, service: str) -> tuple[FoundStream, ...]:
    """Returns the streams on the device itself, largest first. Raises SourceDown with the reason for none."""
    device.set_clock(service)
    media, is_second = _media_service(device, service)
    kind = "<Type>VideoEncoder</Type>" if is_second else ""
    namespace = _MEDIA2 if is_second else _MEDIA
    profiles = device.ask(media, f'<GetProfiles xmlns="{namespace}">{kind}</GetProfiles>')
    streams = list(_streams(device, media, namespace, profiles))
    if not streams:
        raise SourceDown(Reason.NO_STREAMS.said())
    own = [stream for stream in streams if stream.address]
    if not own:
        raise SourceDown(Reason.STREAMS_ELSEWHERE.said())
    return tuple(sorted(own, key=lambda stream: -stream.pixels))


def _media_service(device: Conversation, service: str) -> tuple[str, bool]:
    """Returns the address of the media service, and whether it is the second one, which alone knows H.265."""
    try:
        offered = device.ask(service, _SERVICES)
    except RefusedByDevice:  # devices of before 2011
        return text(device.ask(service, _CAPABILITIES), "Media", "XAddr") or service, False
    places = {text(each, "Namespace"): text(each, "XAddr") for each in all_named(offered, "Service")}
    if places.get(_MEDIA2):
        return places[_MEDIA2], True
    return places.get(_MEDIA) or service, False


def _streams(device: Conversation, media: str, namespace: str, profiles: Element) -> Iterator[FoundStream]:
    """Yields the profiles with video; one whose stream is elsewhere has no address."""
    for number_, profile in enumerate(all_named(profiles, "Profiles")):
        encoder = first(profile, "VideoEncoder" if namespace == _MEDIA2 else "VideoEncoderConfiguration")
        token = profile.get("token", "")
        if number_ >= MOST_PROFILES or encoder is None or not 0 < len(token) <= LONGEST_WORD:
            continue
        yield FoundStream(
            name=word(text(profile, "Name") or token),
            codec=word(text(encoder, "Encoding")).upper(),
            width_px=number(encoder, "Resolution", "Width"),
            height_px=number(encoder, "Resolution", "Height"),
            address=_place(device, media, _stream_question(namespace, token)),
            snapshot=_place(device, media, _question("GetSnapshotUri", namespace, token)),
        )


def _stream_question(namespace: str, token: str) -> str:
    return _question("GetStreamUri", namespace, token, _SETUP if namespace == _MEDIA else "<Protocol>RTSP</Protocol>")


def _question(name: str, namespace: str, token: str, before: str = "") -> str:
    return f'<{name} xmlns="{namespace}">{before}<ProfileToken>{escape(token)}</ProfileToken></{name}>'


def _place(device: Conversation, media: str, question: str) -> str:
    """Returns the address that the device answers, without login; "" if it has none, or one that is elsewhere."""
    try:
        address = text(device.ask(media, question), "Uri")
    except RefusedByDevice:
        return ""
    return _without_login(address) if is_address(address) and device.is_own(address) else ""


def _without_login(address: str) -> str:
    """Takes out what the device wrote of users and passwords; "" if it is unclear where one ends.

    A device may not write the marks itself: a camera's own password would be put into their place.
    """
    if any(mark in address for mark in (USERNAME, PASSWORD, TOKEN)):
        return ""
    try:
        return split(address).source
    except BadAddress:
        return ""
