"""The films that measured cameras send: coded as cameras code, and kept for the next time."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from facesite.lab.cameras.films import FORMAT, CodedFilm, Films, coded
from facesite.lab.cameras.rtsp_server import RtspServer
from facesite.lab.cameras.stream_kinds import FPS, GROUP, KINDS, StreamKind
from people.recognition.types import Image
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.rtp import Assembler, RtpPacket
from streams.pipeline.sources.rtp_payloads import H264
from streams.pipeline.sources.sources import open_source
from tests.facesite.lab.cameras.small_films import SMALL, small_films


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def films(portraits: Path, folder: Path) -> Films:
    return small_films(portraits, folder)


def pictures_of(film: CodedFilm) -> list[tuple[bool, Image]]:
    """Returns each picture as a camera's child decodes it, and whether it is a key frame."""
    assembler, context, shown = Assembler(H264(), 90_000), av.CodecContext.create("h264", "r"), []
    for packets in film.pictures:
        for packet in map(RtpPacket.of, packets):
            assert packet
            for whole in assembler.add(packet):
                shown += [(whole.is_key, f.to_ndarray(format="rgb24")) for f in context.decode(av.Packet(whole.data))]
    return shown


def test_every_group_begins_with_a_key_frame_and_no_other_picture_is_one(films: Films) -> None:
    for film, seconds in ((films.still, 4), (films.visit, 8), (films.busy, 8)):
        keys = [is_key for is_key, _ in pictures_of(film)]
        assert len(film.pictures) == seconds * FPS
        assert [number for number, is_key in enumerate(keys) if is_key] == [*range(0, len(film.pictures), GROUP)]


def test_the_visitor_is_in_sight_from_the_picture_that_is_said(films: Films) -> None:
    visit, (_, still) = [image for _, image in pictures_of(films.visit)], pictures_of(films.still)[0]

    def changed(number: int) -> float:
        blurred = np.abs(visit[number].astype(int) - still).reshape(45, 8, 80, 8, 3).mean((1, 3, 4))
        return float((blurred > 12).mean())

    assert changed(films.visit_begins - 15) < 0.005 < changed(films.visit_begins + 5)


def test_films_are_drawn_once(films: Films, portraits: Path, folder: Path) -> None:
    before = (folder / f"small-vbr-still-{FORMAT}.npz").stat().st_mtime_ns
    again = small_films(portraits, folder)
    assert again == films
    assert (folder / f"small-vbr-still-{FORMAT}.npz").stat().st_mtime_ns == before


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("rate", ["vbr", "cbr"])
def test_every_kind_of_stream_can_be_coded_without_b_frames(kind: StreamKind, rate: str) -> None:
    numbers = np.random.default_rng(0)
    images = [numbers.integers(0, 255, (kind.height_px, kind.width_px, 3), np.uint8) for _ in range(3)]
    assert len(coded(images, kind, rate)) == 3


@pytest.mark.integration
@pytest.mark.alone
def test_a_camera_plays_at_its_pace_and_is_visited_when_it_is_wanted(films: Films) -> None:
    with RtspServer(films, SMALL) as server:
        source = open_source(server.address("idle-0"), False, networks=CameraNetworks.of(["127.0.0.0/8"]))
        source.read()
        began = time.monotonic()
        for _ in range(2 * FPS):
            source.read()
        assert time.monotonic() - began == pytest.approx(2.0, abs=0.5)
        server.visit("idle-0")
        for _ in range(4 * FPS):
            source.read()
        (visit,) = server.sent()["idle-0"].visits
        assert time.time() - 4 < visit.began_s < time.time()
        source.close()
