"""What a server sends is told by content: no name and no type of it means anything."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.sources import pictures
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.sources import Source, open_source, pace_of
from tests.streams.pipeline.coded import video
from tests.streams.pipeline.servers import Behave, serving

HERE = CameraNetworks.of(["127.0.0.0/8"])
NAMES = ["/live.mp4", "/index.php?x=1", "/snapshot.jpg", "/a.m3u8"]
TYPES = ["video/mp4", "text/html", "image/jpeg", "application/octet-stream", ""]


def opened(port: int, path: str = "/", loop: bool = False, every_s: float = 0.05) -> Source:
    address, limits = f"http://127.0.0.1:{port}{path}", {"open_timeout_s": 3, "read_timeout_s": 1}
    return open_source(address, loop, **limits, networks=HERE, snapshot_every_s=every_s)


def picture(shade: int = 100, form: str = "JPEG", size: tuple[int, int] = (160, 120)) -> bytes:
    file = BytesIO()
    Pillow.new("RGB", size, (shade, shade, shade)).save(file, form)
    return file.getvalue()


def sending(*chunks: bytes, type: str = "", every_s: float = 0.0, length: bool = False) -> Behave:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        said = f"Content-Type: {type}\r\n" if type else ""
        said += f"Content-Length: {sum(map(len, chunks))}\r\n" if length else ""
        connection.sendall(f"HTTP/1.1 200 OK\r\n{said}\r\n".encode())
        for chunk in chunks:
            connection.sendall(chunk)
            time.sleep(every_s)

    return answer


def read(source: Source, most: int) -> list[Image]:
    seen = [source.read() for _ in range(most)]
    source.close()
    return [image for image in seen if image is not None]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("type", TYPES)
def test_no_name_and_no_type_changes_what_is_seen(name: str, type: str) -> None:
    whole = video()
    contents: list[tuple[Behave, int]] = [
        (sending(picture(), type=type), 1),
        (sending(whole, type=type, length=True), 10),
        (sending(*[picture()] * 3, type=type), 3),
    ]
    for behave, most in contents:
        with serving(behave) as port:
            seen = read(opened(port, name), most)
        assert {image.shape for image in seen} == {(120, 160, 3)}


PARTS: dict[str, Callable[[int], bytes]] = {
    "as the book says": lambda n: b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture()),
    "without lengths": lambda n: b"--cut\r\nContent-Type: image/jpeg\r\n\r\n",
    "image/jpg": lambda n: b"--cut\r\nContent-Type: image/jpg\r\n\r\n",
    "with parameters": lambda n: b'--cut\r\nContent-Type: image/jpeg; charset=utf-8; q="1"\r\nX-Time: 1\r\n\r\n',
    "without types": lambda n: b"--cut\r\n\r\n",
    "without dashes": lambda n: b"cut\r\nContent-Type: image/jpeg\r\n\r\n",
    "without the first boundary": lambda n: b"--cut\r\nContent-Type: image/jpeg\r\n\r\n" if n else b"",
    "another boundary than announced": lambda n: b"--other\r\nContent-Type: image/jpeg\r\n\r\n",
    "line feeds alone": lambda n: b"--cut\nContent-Type: image/jpeg\n\n",
    "a length that lies": lambda n: b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: 99999999\r\n\r\n",
    "nothing but pictures": lambda n: b"",
}


SHADES = [40, 90, 140, 190]


@pytest.mark.parametrize("how", PARTS)
@pytest.mark.parametrize("type", ["multipart/x-mixed-replace; boundary=cut", "multipart/x-mixed-replace"])
def test_mjpeg_is_read_however_it_is_framed(how: str, type: str) -> None:
    chunks = [PARTS[how](n) + picture(shade) + b"\r\n" for n, shade in enumerate(SHADES)]
    with serving(sending(*chunks, type=type)) as port:
        seen = read(opened(port), 4)
    assert [round(float(image.mean()), -1) for image in seen] == SHADES


@pytest.mark.parametrize("bytes_said", [0, len(picture())])
def test_mjpeg_goes_on_whatever_its_answer_says_of_its_length(bytes_said: int) -> None:
    chunks = [PARTS["as the book says"](n) + picture(shade) + b"\r\n" for n, shade in enumerate(SHADES)]

    def camera(connection: socket.socket) -> None:
        connection.recv(4096)
        head = f"Content-Type: multipart/x-mixed-replace; boundary=cut\r\nContent-Length: {bytes_said}\r\n"
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + b"".join(chunks))

    with serving(camera) as port:
        seen = read(opened(port), 4)
    assert [round(float(image.mean()), -1) for image in seen] == SHADES


def test_a_slow_stream_is_read_at_its_own_pace() -> None:
    """One picture in 1.5 s, where a stream counts as silent after a second."""
    with serving(sending(*[picture()] * 5, type="multipart/x-mixed-replace", every_s=1.5)) as port:
        assert len(read(opened(port), 4)) == 4


def test_a_picture_address_that_is_asked_seldom_does_not_lack_a_key_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.sources.reading.LONGEST_WITHOUT_S", 0.1)
    with serving(sending(picture())) as port:
        source = opened(port, every_s=0.3)
        assert pace_of(source) == 0.3
        assert len(read(source, 3)) == 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP"])
def test_a_picture_address_is_asked_at_its_own_pace(form: str) -> None:
    asked: list[float] = []

    def camera(connection: socket.socket) -> None:
        asked.append(time.monotonic())
        sending(picture(form=form), length=True)(connection)

    with serving(camera) as port:
        assert len(read(opened(port, every_s=0.3), 4)) == 4
    assert len(asked) == 4
    assert all(later - before > 0.25 for before, later in itertools.pairwise(asked))


def test_a_picture_address_whose_nonces_hold_once_is_no_wrong_login() -> None:
    given: list[str] = []

    def camera(connection: socket.socket) -> None:
        head = connection.recv(4096).decode()
        if given and f'nonce="n{len(given)}"' in head and "nc=00000001" in head:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + picture())
            return
        given.append(head)
        said = f'WWW-Authenticate: Digest realm="r", nonce="n{len(given)}", qop="auth"'
        connection.sendall(f"HTTP/1.1 401 No\r\n{said}\r\nContent-Length: 0\r\n\r\n".encode())

    with serving(camera) as port:
        source = open_source(f"http://ann:right@127.0.0.1:{port}/", False, networks=HERE, snapshot_every_s=0.05)
        assert len(read(source, 4)) == 4


def test_a_picture_address_is_asked_once_a_second_unless_somebody_says_otherwise() -> None:
    assert pictures.EVERY_S == 1.0


@pytest.mark.parametrize("length", [True, False])
def test_empty_lines_before_a_picture_make_no_recording_of_it(length: bool) -> None:
    with serving(sending(b"\r\n\n" + picture(), length=length)) as port:
        assert len(read(opened(port), 3)) == 3


@pytest.mark.parametrize("too_much", [-20, 20])
def test_a_picture_that_is_whole_needs_no_right_length(too_much: int) -> None:
    whole = picture()

    def camera(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole) + too_much}\r\n\r\n".encode() + whole)

    with serving(camera) as port:
        assert len(read(opened(port), 3)) == 3


@pytest.mark.parametrize("said", ["", "Content-Length: 9999\r\n", "Transfer-Encoding: chunked\r\n"])
def test_a_picture_after_which_the_camera_falls_silent_is_shown_and_the_next_one_asked_for(said: str) -> None:
    def camera(connection: socket.socket) -> None:
        connection.recv(4096)
        whole = picture()
        chunk = f"{len(whole):x}\r\n".encode() if "chunked" in said else b""
        connection.sendall(f"HTTP/1.1 200 OK\r\n{said}\r\n".encode() + chunk + whole)
        time.sleep(5)

    with serving(camera) as port:
        source = opened(port)
        began = time.monotonic()
        assert len(read(source, 4)) == 4
    assert time.monotonic() - began < 2.5, "no picture waits for the end of its answer"


def test_a_picture_turned_by_its_camera_is_upright() -> None:
    file, exif = BytesIO(), Pillow.Exif()
    exif[0x0112] = 6
    Pillow.new("RGB", (160, 120)).save(file, "JPEG", exif=exif)
    with serving(sending(file.getvalue(), length=True)) as port:
        assert read(opened(port), 1)[0].shape == (160, 120, 3)


@pytest.mark.parametrize(
    ("aspect", "shape"), [(Fraction(2), (120, 320)), (Fraction(1, 2), (240, 160)), (None, (120, 160))]
)
def test_pixels_that_are_not_square_are_stretched(aspect: Fraction | None, shape: tuple[int, int]) -> None:
    whole = video("mpegts", aspect=aspect)
    with serving(sending(whole, length=True)) as port:
        assert {image.shape[:2] for image in read(opened(port), 5)} == {shape}


@pytest.mark.parametrize(("turn", "corner"), [(90, (150, 60)), (-90, (10, 60)), (180, (60, 150))])
def test_a_stream_that_says_it_is_turned_is_upright(turn: int, corner: tuple[int, int]) -> None:
    whole = video("mov", turn=turn)
    with serving(sending(whole, length=True)) as port:
        image = read(opened(port), 3)[-1]
    assert image[corner].min() > 200, "the white edge is where a player shows it"


@pytest.mark.parametrize("length", [True, False])
def test_a_recording_without_ranges_plays_as_fast_as_life_and_begins_again(length: bool) -> None:
    with serving(sending(video(), length=length)) as port:
        source, began = opened(port, loop=True), time.monotonic()
        read(source, 40)
        assert 1.3 < time.monotonic() - began < 3


def test_a_recording_that_is_not_looped_has_ended() -> None:
    with serving(sending(video(), length=True)) as port:
        source = opened(port)
        with pytest.raises(SourceEnded):
            read(source, 100)
        source.close()


def test_a_live_stream_is_not_paced_and_has_not_ended_when_it_breaks_off() -> None:
    whole = video(pictures=75)
    pieces = [whole[at : at + 1880] for at in range(0, len(whole), 1880)]
    with serving(sending(*pieces, every_s=3 / len(pieces))) as port:
        source = opened(port)
        with pytest.raises(SourceDown) as down:
            read(source, 100)
        source.close()
    assert not isinstance(down.value, SourceEnded)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>no", "not with video"),
        (b'{"error": 1}', "not with video"),
        (b"", "not with video"),
        (b"G" * 5000, "not with video"),
        (picture()[:300], r"\w"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 3000, r"\w"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 3000, "cannot be decoded"),
        (b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 2000, r"\w"),
    ],
)
def test_what_is_no_video_has_a_sentence(content: bytes, reason: str) -> None:
    with serving(sending(content, length=True)) as port, pytest.raises(SourceDown, match=reason):
        read(opened(port), 200)


def test_a_picture_of_ten_thousand_pixels_is_refused_before_it_is_decoded() -> None:
    huge = picture(size=(10_000, 4_000))
    with (
        serving(sending(huge, length=True)) as port,
        pytest.raises(SourceDown, match="10000 × 4000 pixels are too large"),
    ):
        read(opened(port), 1)


def test_a_video_of_ten_thousand_pixels_is_refused_before_it_is_decoded() -> None:
    huge = video(size=(10_000, 4_000), pictures=1)
    with (
        serving(sending(huge, length=True)) as port,
        pytest.raises(SourceDown, match="10000 × 4000 pixels are too large"),
    ):
        read(opened(port), 1)


def test_a_picture_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100_000)

    def endless() -> Iterator[bytes]:
        yield b"\x89PNG\r\n\x1a\n"
        while True:
            yield b"\0" * 10_000

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        for chunk in endless():
            connection.sendall(chunk)

    with serving(answer) as port, pytest.raises(SourceDown, match="too much"):
        read(opened(port), 1)


def test_a_picture_that_trickles_is_given_up() -> None:
    whole = picture()
    with serving(sending(*[whole[at : at + 1] for at in range(300)], every_s=0.1, type="image/jpeg")) as port:
        began = time.monotonic()
        with pytest.raises(SourceDown):
            read(opened(port), 1)
    assert time.monotonic() - began < 8


def test_pixels_of_a_picture_are_numpy_rows() -> None:
    with serving(sending(picture(), length=True)) as port:
        image = read(opened(port), 1)[0]
    assert image.dtype == np.uint8 and image.flags.c_contiguous and image.flags.writeable
