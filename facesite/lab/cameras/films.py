"""The films that measured cameras send: a still hall, somebody who steps into it, and people in sight all the time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from facesite.lab.cameras.stream_kinds import FPS, GROUP, StreamKind
from facesite.lab.demo.cast import SCENES, SECONDS, Scene
from facesite.lab.demo.clip import Film
from people.recognition.types import Image

STILL_S, VISIT_S = 20.0, 16.0
IN_SIGHT = 0.01
"""Share of the picture that a visitor covers when the visit counts as begun."""
NOISE = 2.0
"""Standard deviation of the sensor's noise in grey levels, at full size."""
POOL_PX = 40_000_000
"""Numbers from which each picture takes its noise, from another place: an encoder must not find it again."""
PACKET_BYTES = 1400
FORMAT = 1
"""Goes up when films change, so that older ones are drawn anew."""


@dataclass(frozen=True, slots=True)
class CodedFilm:
    """Whole groups of pictures, each picture as its RTP packets."""

    pictures: tuple[tuple[bytes, ...], ...]

    @property
    def mbit_s(self) -> float:
        size = sum(len(packet) for picture in self.pictures for packet in picture)
        return 8 * size * FPS / len(self.pictures) / 1e6


@dataclass(frozen=True, slots=True)
class Films:
    still: CodedFilm
    visit: CodedFilm
    busy: CodedFilm
    visit_begins: int
    """The picture of `visit` from which on the visitor is in sight."""


class FilmStudio:
    """Draws and codes films once, and keeps them in a folder. A film takes 20 to 90 s."""

    def __init__(self, portraits: Path, folder: Path) -> None:
        self._portraits, self._folder = portraits, folder

    def films(self, kind: StreamKind, rate: str) -> Films:
        """Raises OSError if a portrait is missing or the folder cannot be written."""
        visitor = SCENES[:1]
        return Films(
            still=self._film("still", kind, rate, (), STILL_S),
            visit=self._film("visit", kind, rate, visitor, VISIT_S),
            busy=self._film("busy", kind, rate, SCENES, SECONDS),
            visit_begins=_first_in_sight(Film(self._portraits, visitor), Film(self._portraits, ())),
        )

    def _film(self, name: str, kind: StreamKind, rate: str, scenes: Sequence[Scene], seconds: float) -> CodedFilm:
        kept = self._folder / f"{kind.name}-{rate}-{name}-{FORMAT}.npz"
        if kept.exists():
            return _read(kept)
        pictures = drawn(Film(self._portraits, scenes), kind, round(seconds * FPS / GROUP) * GROUP)
        film = CodedFilm(coded(pictures, kind, rate))
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(film, kept)
        return film


def drawn(film: Film, kind: StreamKind, number: int) -> Iterator[Image]:
    """Yields pictures (height, width, 3) RGB of the kind's size, each with noise of its own."""
    numbers = np.random.default_rng(1)
    pool = (numbers.standard_normal(POOL_PX, np.float32) * NOISE).round().astype(np.int8)
    begins = numbers.integers(0, POOL_PX - kind.height_px * kind.width_px, number)

    def picture(at: int) -> Image:
        large = cv2.resize(film.drawn(at / FPS), (kind.width_px, kind.height_px), interpolation=cv2.INTER_CUBIC)
        noise = pool[begins[at] :][: kind.height_px * kind.width_px].reshape(kind.height_px, kind.width_px)
        return np.asarray(cv2.add(large, cv2.merge([noise] * 3), dtype=cv2.CV_8U), np.uint8)

    with ThreadPoolExecutor(2) as threads:  # a second at a time, to bound memory
        for first in range(0, number, FPS):
            yield from threads.map(picture, range(first, min(first + FPS, number)))


def coded(pictures: Iterable[Image], kind: StreamKind, rate: str) -> tuple[tuple[bytes, ...], ...]:
    """Codes pictures as a camera does, and returns the RTP packets of each."""
    sent = _Sent()
    with av.open(sent, "w", format="rtp", buffer_size=PACKET_BYTES) as output:
        stream = output.add_stream(kind.encoder, rate=FPS, options=kind.options(rate))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = kind.width_px, kind.height_px, "yuv420p"
        stream.time_base, stream.gop_size = Fraction(1, FPS), GROUP
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return sent.pictures()


class _Sent:
    """Keeps what the muxer writes packet by packet."""

    def __init__(self) -> None:
        self._packets: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._packets.append(bytes(data))
        return len(data)

    def pictures(self) -> tuple[tuple[bytes, ...], ...]:
        """Returns the packets by their RTP time, without those of RTCP."""
        of_pictures: dict[bytes, list[bytes]] = {}
        for packet in self._packets:
            if not 72 <= packet[1] & 0x7F <= 76:
                of_pictures.setdefault(packet[4:8], []).append(packet)
        return tuple(map(tuple, of_pictures.values()))


def _first_in_sight(visit: Film, still: Film) -> int:
    for number in range(round(VISIT_S * FPS)):
        differs = (visit.drawn(number / FPS) != still.drawn(number / FPS)).any(axis=2)
        if differs.mean() >= IN_SIGHT:
            return number
    raise ValueError("expected a visitor in the film of a visit")


def _write(film: CodedFilm, path: Path) -> None:
    packets = [packet for picture in film.pictures for packet in picture]
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            data=np.frombuffer(b"".join(packets), np.uint8),
            lengths=np.array([len(packet) for packet in packets]),
            packets=np.array([len(picture) for picture in film.pictures]),
        )
    unfinished.replace(path)


def _read(path: Path) -> CodedFilm:
    with np.load(path, allow_pickle=False) as kept:
        data, ends = kept["data"].tobytes(), np.cumsum(kept["lengths"]).tolist()
        last = np.cumsum(kept["packets"]).tolist()
    packets = [data[begin:end] for begin, end in itertools.pairwise([0, *ends])]
    return CodedFilm(tuple(tuple(packets[begin:end]) for begin, end in itertools.pairwise([0, *last])))
