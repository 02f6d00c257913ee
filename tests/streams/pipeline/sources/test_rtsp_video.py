"""RTSP cameras of many kinds, each a small server of our own."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing

import pytest

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.sources.connection import ReadPatience
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.rtsp import MOST_EARLY, RtspConnection, resolved
from streams.pipeline.sources.sources import open_source, packets_of
from tests.streams.pipeline.coded import HEIGHT, WIDTH, rtp
from tests.streams.pipeline.rtsp_camera import RtspCamera
from tests.streams.pipeline.servers import serving

HERE = CameraNetworks.of(["127.0.0.0/8"])


def pictures(camera: RtspCamera, path: str = "/cam", login: str = "") -> list[Image]:
    """Returns all that the camera sends until it hangs up."""
    seen = []
    with serving(camera) as port:
        address = f"rtsp://{login}127.0.0.1:{port}{path}"
        source = open_source(address, False, open_timeout_s=3, read_timeout_s=1, networks=HERE)
        with pytest.raises(SourceDown, match="hung up") as down:
            while (image := source.read()) is not None:
                seen.append(image)
        source.close()
    assert not isinstance(down.value, SourceEnded)
    return seen


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
    seen = pictures(RtspCamera(rtp(encoder, 25, container), name, payload))
    assert len(seen) >= 20
    for number, image in enumerate(seen[:20]):
        assert image.shape == (HEIGHT, WIDTH, 3)
        assert image[60, 10].min() > 240
        assert abs(int(image[60, 120, 0]) - (40 + number * 5)) < 12


@pytest.mark.parametrize("hashing", ["md5", "sha256"])
def test_a_login_is_given_as_the_camera_hashes_it(hashing: str) -> None:
    camera = RtspCamera(rtp(), login="ann:s@c/r et", hashing=hashing)
    assert pictures(camera, login="ann:s%40c%2Fr%20et@")
    assert not any("ann" in asked for asked in camera.asked)


@pytest.mark.parametrize(
    ("camera", "path", "login", "reason"),
    [
        (RtspCamera((), login="ann:right"), "/cam", "", "asks for a login"),
        (RtspCamera((), login="ann:right"), "/cam", "ann:wrong@", "refuses the login"),
        (RtspCamera((), login="ann:right"), "/other", "ann:right@", "nothing under this path"),
        (RtspCamera((), login="ann:right", hashing="sha512"), "/other", "ann:right@", "login"),
        (RtspCamera((), media="audio", codec="PCMA"), "/cam", "", "sound only"),
        (RtspCamera((), codec="VP8"), "/cam", "", "VP8 cannot be read over RTSP: set it to H.264"),
    ],
)
def test_the_sentence_says_exactly_what_is_wrong(camera: RtspCamera, path: str, login: str, reason: str) -> None:
    with serving(camera) as port, pytest.raises(SourceDown, match=reason):
        open_source(f"rtsp://{login}127.0.0.1:{port}{path}", False, open_timeout_s=2, networks=HERE)


def test_a_camera_that_says_how_long_it_lasts_has_not_ended_when_it_stops() -> None:
    assert pictures(RtspCamera(rtp(), more_sdp="a=range:npt=0-1\r\n"))


def test_an_address_may_be_long() -> None:
    assert pictures(RtspCamera(rtp()), path="/cam?" + "x" * 4000)


def test_packets_that_are_lost_cost_the_pictures_that_need_them_and_no_more() -> None:
    packets = list(rtp())
    del packets[3:6]
    assert len(pictures(RtspCamera(packets))) >= 15


@pytest.mark.parametrize("damage", [b"", b"\0" * 5, b"\x80\x60" + b"\xff" * 40, b"\xbf\x60" + b"\0" * 10])
def test_packets_that_make_no_sense_are_passed_over(damage: bytes) -> None:
    packets = [each for packet in rtp() for each in (damage, packet)]
    assert len(pictures(RtspCamera(packets, every_s=0.001))) >= 15


def numbered(packet: bytes, number: int) -> bytes:
    return packet[:2] + (number % 65_536).to_bytes(2, "big") + packet[4:]


@pytest.mark.parametrize("own_source", [True, False])
def test_what_is_sent_beside_the_video_is_no_loss(own_source: bool) -> None:
    """Repairs or descriptions of the camera: of a source with numbers of its own, or numbered with the video."""
    packets = []
    for number, packet in enumerate(rtp()):
        beside = b"\x80\x7f\0\0" + packet[4:8] + (b"else" if own_source else packet[8:12]) + b"not video"
        first, second = (number, 40_000 + number) if own_source else (2 * number, 2 * number + 1)
        packets += [numbered(packet, first), numbered(beside, second)]
    assert len(pictures(RtspCamera(packets, every_s=0.002))) >= 24


def sets_apart(packets: Sequence[bytes], *, own_time: bool) -> list[bytes]:
    """Returns the same with parameter sets and the like each in a packet that says that it ends a picture."""
    apart = list[bytes]()
    for packet in packets:
        payload, timestamp = packet[12:], int.from_bytes(packet[4:8], "big")
        for unit in together(payload) if payload[0] & 31 == 24 else [payload]:
            is_ahead = unit[0] & 31 > 5 and unit[0] & 31 < 24
            at = timestamp - 1 if is_ahead and own_time else timestamp
            head = packet[:1] + bytes([packet[1] | 0x80 if is_ahead else packet[1]])
            apart.append(numbered(head + b"\0\0" + at.to_bytes(4, "big") + packet[8:12] + unit, len(apart)))
    return apart


def together(payload: bytes) -> list[bytes]:
    units, at = [], 1
    while at + 2 <= len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        units.append(payload[at + 2 : at + 2 + size])
        at += 2 + size
    return units


@pytest.mark.parametrize("own_time", [True, False])
def test_parameter_sets_that_end_like_a_picture_are_none(own_time: bool) -> None:
    """Nobody wants a picture for 3 s, as where one is looked at seldom: they are sound all the same."""
    wanted = []
    with serving(RtspCamera(sets_apart(rtp(pictures=150), own_time=own_time), every_s=0.02)) as port:
        source = open_source(f"rtsp://127.0.0.1:{port}/cam", False, read_timeout_s=1, networks=HERE)
        with closing(source), pytest.raises(SourceDown, match="hung up"):
            while True:
                wanted.append(source.read(lambda: False))
    assert len(wanted) == 150


def test_a_key_frame_whose_parameter_sets_came_apart_is_decoded_by_itself() -> None:
    with serving(RtspCamera(sets_apart(rtp(pictures=50), own_time=False), every_s=0.005)) as port:
        source = open_source(f"rtsp://127.0.0.1:{port}/cam", False, read_timeout_s=1, networks=HERE)
        with closing(source):
            reader = packets_of(source)
            assert reader
            packets = [reader.stream.packet() for _ in range(50)]
            assert [reader.alone(key) is not None for key in packets if key and key.is_key] == [True] * 5


def test_parameter_sets_that_sdp_alone_tells_count_without_their_fill() -> None:
    """Some cameras leave out the = at the end of base64, and send no sets beside the pictures."""
    sets, packets = dict[int, bytes](), list[bytes]()
    for packet in sets_apart(rtp(), own_time=False):
        if (kind := packet[12] & 31) in {7, 8}:
            sets[kind] = packet[12:]
        else:
            packets.append(numbered(packet, len(packets)))
    assert any(len(each) % 3 for each in sets.values())
    said = ",".join(b64encode(sets[kind]).decode().rstrip("=") for kind in (7, 8))
    camera = RtspCamera(packets, after_sdp=f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={said}\r\n")
    assert len(pictures(camera)) >= 20


def test_a_storm_before_an_answer_is_not_kept() -> None:
    def camera(connection: socket.socket) -> None:
        connection.recv(4096)
        for _ in range(3 * MOST_EARLY):
            connection.sendall(b"$\0\0\4late")
        connection.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n$\0\0\3new")

    gate = Gate(HERE)
    with serving(camera) as port, closing(gate):
        connection = RtspConnection(f"rtsp://127.0.0.1:{port}/cam", gate, ReadPatience(5, 5))
        with closing(connection):
            assert connection.ask("OPTIONS", connection.url).status == 200
            kept = [connection.frame()[1] for _ in range(MOST_EARLY + 1)]
    assert kept == [b"late"] * MOST_EARLY + [b"new"]


def test_a_storm_of_packets_that_never_ends_a_picture_is_given_up() -> None:
    def camera(connection: socket.socket) -> None:
        RtspCamera(())(connection)
        packet = b"\x80\x60\0\0" + bytes(8) + b"\x41" + bytes(60_000)
        for number in range(2000):
            connection.sendall(
                b"$\0" + len(packet).to_bytes(2, "big") + packet[:2] + number.to_bytes(2, "big") + packet[4:]
            )

    with serving(camera) as port, pytest.raises(SourceDown, match="too large"):
        open_source(f"rtsp://127.0.0.1:{port}/cam", False, open_timeout_s=5, networks=HERE).read()


@pytest.mark.parametrize(
    ("control", "base", "named"),
    [
        ("track1", "rtsp://h/cam/", "rtsp://h/cam/track1"),
        ("track1", "rtsp://h/cam", "rtsp://h/cam/track1"),
        ("*", "rtsp://h/cam", "rtsp://h/cam"),
        ("rtsp://h/cam/2", "rtsp://h/cam", "rtsp://h/cam/2"),
        ("a\r\nLocation: b c", "rtsp://h/", "rtsp://h/aLocation:bc"),
    ],
)
def test_a_control_names_an_address_of_one_line(control: str, base: str, named: str) -> None:
    assert resolved(control, base) == named
