"""RTSP cameras that send over UDP, each a small server of our own: what comes through, and what must not."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, lost_of, open_source
from streams.pipeline.sources.transport import Transport
from streams.pipeline.sources.udp_ports import PORTS
from tests.streams.pipeline.coded import HEIGHT, WIDTH, rtp
from tests.streams.pipeline.servers import encrypted, serving
from tests.streams.pipeline.udp_camera import ELSEWHERE, Send, UdpCamera

ONE = CameraNetworks.of(["127.0.0.1/32"])
"""127.0.0.2 is where no camera may be."""


@contextmanager
def opened(camera: UdpCamera, transport: Transport = Transport.AUTOMATIC) -> Iterator[Source]:
    with closing(camera), serving(camera) as port:
        address = f"rtsp://127.0.0.1:{port}/cam"
        source = open_source(address, False, open_timeout_s=3, read_timeout_s=2, networks=ONE, transport=transport)
        with closing(source):
            yield source


def pictures(camera: UdpCamera, transport: Transport = Transport.AUTOMATIC) -> list[Image]:
    """Returns all that the camera sends until it hangs up."""
    seen = []
    with opened(camera, transport) as source, pytest.raises(SourceDown, match="hung up"):
        while (image := source.read()) is not None:
            seen.append(image)
    return seen


def shades(seen: list[Image]) -> list[int]:
    """Returns which pictures these are, by their shade."""
    return [round((int(image[60, 120, 0]) - 40) / 5) for image in seen]


@pytest.mark.parametrize(
    ("name", "encoder", "payload", "container"),
    [
        ("H264", "libx264", 96, "rtp"),
        ("H265", "libx265", 96, "rtp"),
        ("JPEG", "mjpeg", 26, "rtp"),
        ("MP4V-ES", "mpeg4", 96, "rtp"),
        ("MP2T", "libx264", 33, "rtp_mpegts"),
    ],
)
def test_pictures_come_out_as_they_went_in(name: str, encoder: str, payload: int, container: str) -> None:
    seen = pictures(UdpCamera(rtp(encoder, 25, container), name, payload))
    assert len(seen) >= 20 and all(image.shape == (HEIGHT, WIDTH, 3) for image in seen)
    assert all(abs(int(image[60, 120, 0]) - (40 + number * 5)) < 12 for number, image in enumerate(seen[:20]))


@pytest.mark.parametrize(
    ("accepts", "transport", "asked", "reason"),
    [
        (("udp",), Transport.AUTOMATIC, 2, ""),
        (("tcp", "udp"), Transport.AUTOMATIC, 1, ""),
        (("tcp", "udp"), Transport.UDP, 1, ""),
        (("tcp", "udp"), Transport.TCP, 1, ""),
        (("udp",), Transport.TCP, 1, "over UDP only, and this camera is set to TCP"),
        (("tcp",), Transport.UDP, 1, "no video over UDP, and this camera is set to UDP"),
        ((), Transport.AUTOMATIC, 2, "neither over TCP nor over UDP"),
    ],
)
def test_packets_travel_as_the_camera_is_set(
    accepts: tuple[str, ...], transport: Transport, asked: int, reason: str
) -> None:
    camera = UdpCamera(rtp(), accepts=accepts)
    if reason:
        with pytest.raises(SourceDown, match=reason), opened(camera, transport):
            pass
    else:
        assert pictures(camera, transport)
    assert sum(each.startswith("SETUP") for each in camera.asked) == asked


def test_encrypted_video_is_never_asked_for_in_clear() -> None:
    camera = UdpCamera(rtp(), accepts=("tcp", "udp"))
    with closing(camera), serving(encrypted(camera)) as port:
        address = f"rtsps://127.0.0.1:{port}/cam"
        with closing(open_source(address, False, open_timeout_s=5, networks=ONE)) as source:
            assert source.read() is not None
        camera.accepts = ("udp",)
        for transport in (Transport.AUTOMATIC, Transport.UDP):
            with pytest.raises(SourceDown, match="would not be encrypted"):
                open_source(address, False, open_timeout_s=5, networks=ONE, transport=transport)
        with pytest.raises(SourceDown, match="set to TCP"):
            open_source(address, False, open_timeout_s=5, networks=ONE, transport=Transport.TCP)


def test_an_answer_that_names_udp_where_tcp_was_asked_is_no_tcp() -> None:
    camera = UdpCamera(rtp(), accepts=("udp",))
    honest = camera._set_up
    camera._set_up = lambda head: "Transport: RTP/AVP;unicast\r\n" if "TCP" in head else honest(head)  # type: ignore[method-assign]
    assert pictures(camera)


def test_packets_in_disorder_cost_nothing() -> None:
    packets = list(rtp())
    mixed = random.Random(5)
    for at in range(0, len(packets), 6):
        some = packets[at : at + 6]
        mixed.shuffle(some)
        packets[at : at + 6] = some
    packets.insert(0, packets.pop(packets.index(rtp()[0])))  # what came before the first one is not waited for
    seen = pictures(UdpCamera(packets))
    assert shades(seen)[:20] == list(range(20))


@pytest.mark.parametrize(
    ("name", "encoder", "container"), [("H264", "libx264", "rtp"), ("MP2T", "libx264", "rtp_mpegts")]
)
def test_a_lost_packet_spoils_nothing_but_the_pictures_until_the_next_key_frame(
    name: str, encoder: str, container: str
) -> None:
    packets = list(rtp(encoder, 40, container))
    del packets[len(packets) * 13 // 40]  # key frames are 0, 10, 20 and 30
    seen, lost = [], 0
    with opened(UdpCamera(packets, name, 33 if name == "MP2T" else 96)) as source, suppress(SourceDown):
        while (image := source.read()) is not None:
            seen += shades([image])
            lost = lost_of(source)
    assert lost == 1
    missing = [number for number in range(35) if number not in seen]
    assert missing and missing == list(range(missing[0], missing[-1] + 1))
    assert len(missing) <= 12 and missing[-1] in (9, 19)


def test_a_camera_without_whole_pictures_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.sources.damage.LONGEST_S", 0.5)
    packets = [packet for number, packet in enumerate(rtp(pictures=200)) if number % 2]
    with (
        opened(UdpCamera(packets)) as source,
        pytest.raises(SourceDown, match="Packets are lost on their way"),
    ):
        while True:
            source.read()


def storm(packets: tuple[bytes, ...], times: int) -> Any:
    def send(ours: Send, others: Send) -> None:
        for packet in packets * times:
            others(packet)

    return send


def test_packets_of_other_addresses_are_not_heard() -> None:
    """They come before we know whom to hear, and ever after; they hold other pictures of the same kind."""
    others = rtp(pictures=3)[-3:]
    camera = UdpCamera(rtp(), before=storm(others, 30), meanwhile=storm(others, 1))
    assert shades(pictures(camera))[:20] == list(range(20))


@pytest.mark.parametrize("told", [True, False])
def test_packets_of_another_port_of_the_camera_are_not_heard(told: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        others = rtp(pictures=3)[-3:]
        camera = UdpCamera(rtp())
        if not told:  # then the first packet shows the port
            camera.granted = "RTP/AVP;unicast;client_port={client}"

        def send(_ours: Send, _others: Send) -> None:
            for packet in others if told or camera._sent else ():
                with suppress(OSError):
                    other.sendto(packet, camera._to)
            camera._sent = True

        camera._sent, camera.meanwhile = False, send  # type: ignore[attr-defined]
        assert shades(pictures(camera))[:20] == list(range(20))


@pytest.mark.parametrize(
    ("granted", "reason"),
    [
        (
            "RTP/AVP;unicast;client_port={client};server_port={server};source=127.0.0.2",
            r"own \(127.0.0.2\), which is not",
        ),
        ("RTP/AVP;unicast;client_port={client};server_port={server};source=::ffff:127.0.0.2", "which is not heard"),
        ("RTP/AVP;unicast;source=169.254.169.254;server_port={server}", "169.254.169.254"),
        ("RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16", "multicast"),
        ("RTP/AVP;unicast;destination=239.1.1.1;server_port={server}", "multicast"),
        ("RTP/AVP;unicast;client_port={client};server_port=22-23", "begin at 1024"),
        ("RTP/AVP;unicast;client_port={client};server_port=53", "begin at 1024"),
        ("RTP/AVP;unicast;client_port={client};server_port=5000-70000", "begin at 1024"),
        ("RTP/AVP;unicast;client_port={client};server_port=65535", "begin at 1024"),
        ("RTP/AVP/TCP;unicast;interleaved=0-1", "no video over UDP"),
    ],
)
def test_what_a_server_grants_does_not_lead_elsewhere(granted: str, reason: str) -> None:
    camera = UdpCamera(rtp(), accepts=("tcp", "udp"), granted=granted)
    with pytest.raises(SourceDown, match=reason), opened(camera, Transport.UDP):
        pass
    assert not camera.greetings and not camera.reports


def test_nothing_is_sent_where_a_server_says_that_we_are() -> None:
    """A server behind a router knows us by another address: it may say so, and nobody is asked there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind((ELSEWHERE, 0))
        there.setblocking(False)
        port = there.getsockname()[1]
        granted = f"RTP/AVP;unicast;destination={ELSEWHERE};client_port={port}-{port};server_port={{server}}"
        assert pictures(UdpCamera(rtp(), granted=granted))
        with pytest.raises(BlockingIOError):
            there.recv(1)


def test_packets_that_do_not_arrive_have_a_true_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.sources.datagrams.SILENT_S", 0.5)
    with opened(UdpCamera((), lasts_s=5)) as source, pytest.raises(SourceDown) as silent:
        source.read()
    assert f"nothing arrives: open the UDP ports {PORTS[0]} to {PORTS[-1]} towards the worker" in str(silent.value)


def test_a_camera_that_falls_silent_is_given_up() -> None:
    with opened(UdpCamera(rtp(), lasts_s=9)) as source, pytest.raises(SourceDown, match="The stream stopped"):
        while True:
            source.read()


def test_a_storm_of_the_camera_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.sources.datagrams.MOST_A_SECOND", 500)
    camera = UdpCamera(rtp(pictures=1)[:1] * 20_000, every_s=0, lasts_s=9)
    with opened(camera) as source, pytest.raises(SourceDown, match="more packets than any video"):
        while True:
            source.read()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\x80",
        b"\0" * 20,
        b"\x80\x60" + b"\xff" * 40,
        b"\xbf\x60" + b"\0" * 10,  # fifteen sources and an extension, of which there is nothing
        b"\xa0\x60" + b"\0" * 12 + b"\xff",  # more padding than packet
        b"\x90\x60" + b"\0" * 12 + b"\xff\xff",  # a longer extension than packet
        b"\x80\x60" + b"\xff" * 20_000,  # longer than any packet
        b"\x80\x60\xff\xff" + b"\0" * 8 + b"\x18\xff\xff\x41",  # units of which one claims 65,535 bytes
    ],
)
def test_packets_that_lie_are_passed_over(damage: bytes) -> None:
    camera = UdpCamera(rtp(), meanwhile=lambda ours, others: ours(damage))
    assert len(pictures(camera)) >= 15  # one that begins another sequence may cost the first group


def test_a_camera_gets_reports_and_a_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them some cameras stop, and all would go on sending for a minute."""
    monkeypatch.setattr("streams.pipeline.sources.datagrams.EVERY_S", 0.1)
    camera = UdpCamera(rtp(pictures=200), lasts_s=3)
    with opened(camera) as source:
        began = time.monotonic()
        while time.monotonic() - began < 1.2:
            source.read()
        source.close()
        began = time.monotonic()
        while not any(each.startswith("TEARDOWN") for each in camera.asked):
            assert time.monotonic() - began < 10
            time.sleep(0.05)
    assert camera.greetings[0][:1] == b"\x80" and len(camera.greetings[0]) == 12
    assert any(report[1] == 201 and b"facesite" in report for report in camera.reports)


def test_ports_are_a_pair_within_the_range_and_are_given_back() -> None:
    camera = UdpCamera(rtp())
    assert pictures(camera)
    number = camera._to[1]
    assert number in PORTS and number % 2 == 0
    began = time.monotonic()
    while True:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(("127.0.0.1", number))
            return
        assert time.monotonic() - began < 5


def test_no_free_port_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        monkeypatch.setattr("streams.pipeline.sources.udp_ports.PORTS", range(number - 1, number + 1))
        with pytest.raises(SourceDown, match="All UDP ports for cameras are in use"), opened(UdpCamera(rtp())):
            pass
