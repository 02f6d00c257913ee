"""HLS: recordings and live streams, restarted, encrypted, in several qualities, by any name."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.playlists import StreamQuality, playlist, qualities, suitable
from streams.pipeline.sources.sources import open_source
from tests.streams.pipeline.coded import RATE, video, write
from tests.streams.pipeline.servers import serving

HERE = CameraNetworks.of(["127.0.0.0/8"])
KEY = b"0123456789abcdef"
PIECE_S = 0.4
PIECE_PICTURES = round(RATE * PIECE_S)


def piece(number: int) -> bytes:
    """The pictures of one piece, with the timestamps that follow the piece before."""
    file = BytesIO()
    write(file, "mpegts", "libx264", PIECE_PICTURES, (160, 120), first=number * PIECE_PICTURES)
    return file.getvalue()


@dataclass
class HlsServer:
    """Answers paths with what stands in `files`; a test changes them while it plays."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket) -> None:
        path = connection.recv(8192).split(b" ")[1].decode()
        self.asked.append(path)
        body = self.files.get(path)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n" if body else "HTTP/1.1 404 No\r\n\r\n"
        connection.sendall(head.encode() + (body or b""))

    def list(self, path: str, *lines: str) -> None:
        self.files[path] = "\n".join(("#EXTM3U", f"#EXT-X-TARGETDURATION:{PIECE_S}", *lines, "")).encode()


def play(server: HlsServer, path: str = "/live", seen_live: set[str] | None = None) -> tuple[list[Image], SourceDown]:
    """Returns what was seen and why it stopped."""
    seen = []
    with serving(server) as port:
        source = open_source(
            f"http://127.0.0.1:{port}{path}", False, open_timeout_s=3, networks=HERE, seen_live=seen_live
        )
        with pytest.raises(SourceDown) as down:
            while (image := source.read()) is not None:
                seen.append(image)
        source.close()
    return seen, down.value


def entries(*numbers: int, name: str = "/piece{}") -> list[str]:
    return [line for number in numbers for line in (f"#EXTINF:{PIECE_S},", name.format(number))]


@pytest.mark.parametrize("path", ["/live.m3u8", "/live", "/live.php?x=1", "/live.jpg"])
@pytest.mark.parametrize("name", ["/piece{}.ts", "/piece{}", "/piece{}.php", "/piece{}.jpg?session=1"])
def test_a_recording_is_played_whatever_its_pieces_are_called(path: str, name: str) -> None:
    server = HlsServer({name.format(number): piece(number) for number in range(2)})
    server.list(path, *entries(0, 1, name=name), "#EXT-X-ENDLIST")
    began = time.monotonic()
    seen, why = play(server, path)
    assert len(seen) == 2 * PIECE_PICTURES
    assert isinstance(why, SourceEnded)
    assert time.monotonic() - began > 2 * PIECE_S - 0.2


def encrypted(data: bytes, iv: bytes) -> bytes:
    padder, cipher = PKCS7(128).padder(), Cipher(AES(KEY), CBC(iv)).encryptor()
    return cipher.update(padder.update(data) + padder.finalize()) + cipher.finalize()


@pytest.mark.parametrize("iv", [None, bytes(range(16))])
def test_encrypted_pieces_are_opened(iv: bytes | None) -> None:
    server = HlsServer({"/key": KEY, "/piece0": encrypted(piece(0), iv or bytes(16))})
    said = f",IV=0x{iv.hex()}" if iv else ""
    server.list("/live", f'#EXT-X-KEY:METHOD=AES-128,URI="key"{said}', *entries(0), "#EXT-X-ENDLIST")
    assert len(play(server)[0]) == PIECE_PICTURES
    server.files["/key"] = b"x" * 16
    assert "key does not open it" in play(server)[1].said
    server.list("/live", '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"', *entries(0), "#EXT-X-ENDLIST")
    assert "SAMPLE-AES" in play(server)[1].said


def test_pieces_may_be_parts_of_one_file_and_of_a_fragmented_mp4() -> None:
    whole = piece(0) + piece(1)
    server = HlsServer({"/all": whole})
    size = len(piece(0))
    parts = (f"#EXT-X-BYTERANGE:{size}@0", "#EXTINF:1,", "/all", f"#EXT-X-BYTERANGE:{len(whole) - size}", "#EXTINF:1,")
    server.list("/live", *parts, "/all", "#EXT-X-ENDLIST")
    assert len(play(server)[0]) == 2 * PIECE_PICTURES
    fragmented = video("mp4", container_options=(("movflags", "frag_keyframe+empty_moov+default_base_moof"),))
    begin = fragmented.index(b"moof") - 4
    server = HlsServer({"/head": fragmented[:begin], "/rest": fragmented[begin:]})
    server.list("/live", '#EXT-X-MAP:URI="head"', "#EXTINF:1,", "/rest", "#EXT-X-ENDLIST")
    assert len(play(server)[0]) == 25


@pytest.mark.parametrize("with_head", [True, False])
def test_what_stands_before_encrypted_pieces_may_be_encrypted_or_not(with_head: bool) -> None:
    fragmented = video("mp4", container_options=(("movflags", "frag_keyframe+empty_moov+default_base_moof"),))
    begin, iv = fragmented.index(b"moof") - 4, bytes(range(16))
    head, rest = fragmented[:begin], encrypted(fragmented[begin:], iv)
    server = HlsServer({"/key": KEY, "/head": encrypted(head, iv) if with_head else head, "/rest": rest})
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x{iv.hex()}'
    server.list("/live", key, '#EXT-X-MAP:URI="head"', "#EXTINF:1,", "/rest", "#EXT-X-ENDLIST")
    assert len(play(server)[0]) == 25


@pytest.mark.parametrize("between", ["", "# made by a recorder", "#EXT-X-OTHER:1"])
def test_lines_between_a_quality_and_its_address_mean_nothing(between: str) -> None:
    server = HlsServer({"/piece0": piece(0)})
    server.list("/one", *entries(0), "#EXT-X-ENDLIST")
    server.list("/live", "#EXT-X-STREAM-INF:BANDWIDTH=1", between, "/one", between)
    assert len(play(server)[0]) == PIECE_PICTURES


@pytest.mark.parametrize(
    "lines",
    [
        ("#EXT-X-STREAM-INF:BANDWIDTH=1", "http://[here/x"),
        ("#EXTINF:1,", "http://[here/x", "#EXT-X-ENDLIST"),
        ("#EXT-X-TARGETDURATION:nan", *entries(0)),
        ("#EXTINF:inf,", "/piece0", "#EXT-X-ENDLIST"),
    ],
)
def test_a_list_with_an_address_or_a_number_that_is_none_has_a_sentence(lines: tuple[str, ...]) -> None:
    server = HlsServer({"/piece0": piece(0)})
    server.list("/live", *lines)
    with serving(server) as port, pytest.raises(SourceDown, match="playlist cannot be read"):
        open_source(f"http://127.0.0.1:{port}/live", False, networks=HERE)


def test_a_piece_that_is_gone_and_a_list_that_is_none_have_a_sentence() -> None:
    server = HlsServer()
    server.list("/live", *entries(0), "#EXT-X-ENDLIST")
    assert "nothing under this path" in play(server)[1].said
    server.list("/live", "#EXT-X-MEDIA-SEQUENCE:many", *entries(0))
    with serving(server) as port, pytest.raises(SourceDown, match="playlist cannot be read"):
        open_source(f"http://127.0.0.1:{port}/live", False, networks=HERE)


class Encoder(threading.Thread):
    """Writes pieces and their list like ffmpeg does, three at a time."""

    def __init__(self, server: HlsServer, pieces: int, first: int = 0, *, ends: bool = True) -> None:
        super().__init__(daemon=True)
        self._server, self._pieces, self._first, self._ends = server, pieces, first, ends
        self._coded = [piece(number) for number in range(pieces)]

    def run(self) -> None:
        for number in range(self._pieces):
            self._server.files[f"/piece{self._first + number}"] = self._coded[number]
            self._list(number, ended=False)
            time.sleep(PIECE_S)
        if self._ends:
            self._list(self._pieces - 1, ended=True)

    def _list(self, newest: int, *, ended: bool) -> None:
        oldest = max(0, newest - 2)
        numbers = [self._first + number for number in range(oldest, newest + 1)]
        end = ["#EXT-X-ENDLIST"] if ended else []
        self._server.list("/live", f"#EXT-X-MEDIA-SEQUENCE:{numbers[0]}", *entries(*numbers), *end)


def test_a_live_stream_begins_with_what_appears_while_we_watch() -> None:
    server = HlsServer()
    encoder = Encoder(server, 8, first=100)
    encoder.start()
    time.sleep(2.5 * PIECE_S)
    seen, why = play(server)
    encoder.join()
    asked = [path for path in server.asked if path.startswith("/piece")]
    assert asked[0] in {"/piece103", "/piece104"}, "those of before are old"
    assert len(asked) == len(set(asked)), "each is fetched once"
    assert len(seen) >= 3 * PIECE_PICTURES
    assert not isinstance(why, SourceEnded)


def test_what_an_encoder_left_behind_is_not_shown_and_its_restart_is() -> None:
    server, seen_live = HlsServer(), set[str]()
    first = Encoder(server, 4)
    first.start()
    time.sleep(PIECE_S / 2)
    with serving(server) as port:

        def tries() -> int:
            """Returns how many pictures came until the stream stopped."""
            seen = 0
            with suppress(SourceDown):
                source = open_source(f"http://127.0.0.1:{port}/live", False, networks=HERE, seen_live=seen_live)
                try:
                    while source.read() is not None:
                        seen += 1
                finally:
                    source.close()
            return seen

        assert tries() >= PIECE_PICTURES
        first.join()
        assert tries() == 0, "the list has ended: its pieces are old"
        second = Encoder(server, 4)
        second.start()
        time.sleep(PIECE_S / 2)
        assert tries() >= PIECE_PICTURES, "the same numbers and names again, but new"
        second.join()


def test_a_list_that_stands_still_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.pipeline.sources.hls_pieces.SHORTEST_SILENCE_S", 1.0)
    server = HlsServer({"/piece7": piece(0)})
    server.list("/live", "#EXT-X-MEDIA-SEQUENCE:7", *entries(7))
    seen, why = play(server)
    assert not seen and "nothing new for" in why.said
    assert "/piece7" not in server.asked


def test_of_several_qualities_one_is_downloaded() -> None:
    server = HlsServer({f"/{name}/piece0": piece(0) for name in ("small", "middle", "large")})
    for name in ("small", "middle", "large"):
        server.list(f"/{name}/list", *entries(0, name="piece{}"), "#EXT-X-ENDLIST")
    offered = (("large", "3840x2160"), ("small", "640x360"), ("middle", "2880x1620"))
    lines = [f"#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION={size}\n{name}/list" for name, size in offered]
    server.list("/live", '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="sound"', *lines)
    assert len(play(server)[0]) == PIECE_PICTURES
    assert server.asked == ["/live", "/middle/list", "/middle/piece0"], "a face of 40 px is 30 px wide in it"


@pytest.mark.parametrize(("smallest_face_px", "width"), [(20, 1920), (40, 1920), (60, 960), (90, 640), (200, 320)])
def test_the_smallest_quality_that_shows_the_wanted_face(smallest_face_px: int, width: int) -> None:
    offered = [StreamQuality(str(each), each, each, each, True) for each in (320, 640, 960, 1920)]
    chosen = suitable(offered, smallest_face_px, 28)
    assert chosen and chosen.width_px == width


def test_without_sizes_the_one_of_most_bits_and_of_sound_none() -> None:
    text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5\na\n#EXT-X-STREAM-INF:BANDWIDTH=9\nb\n"
    chosen = suitable(qualities(text, "http://h/"), 40, 28)
    assert chosen and chosen.url == "http://h/b"
    sound = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS="mp4a.40.2"\na\n'
    assert suitable(qualities(sound, "http://h/"), 40, 28) is None


def test_a_gap_is_no_piece() -> None:
    text = "#EXTM3U\n#EXTINF:1,\na\n#EXT-X-GAP\n#EXTINF:1,\nb\n#EXTINF:1,\nc\n"
    assert [(each.number, each.part.url) for each in playlist(text, "http://h/x").pieces] == [
        (0, "http://h/a"), (2, "http://h/c"),
    ]  # fmt: skip
