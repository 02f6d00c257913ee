"""A camera that dozes: little is decoded, and nobody who steps in is lost."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

import pytest

from people.recognition.types import Image
from streams.pipeline.analysis.area import Area
from streams.pipeline.child.attention import DECODES_FOR_S, DOZES_AFTER_S, MANY, REMEMBERS_S, Attention
from streams.pipeline.child.doze import TOLD_WITHIN_S, Doze
from streams.pipeline.child.health import Health
from streams.pipeline.child.naps import Naps
from streams.pipeline.frames import Frame, LatestFrame
from streams.pipeline.reasons import NONE, Reason
from streams.pipeline.sources.decoding import Packet
from streams.pipeline.sources.kept_group import LONGEST_S
from streams.pipeline.sources.packet_sizes import LEARNS_FROM, SETTLES, PacketSizes
from streams.pipeline.sources.reading import PictureReader
from streams.pipeline.states import ChildState
from tests.streams.pipeline.fakes import BEGIN, FakeClock
from tests.streams.pipeline.still_scene import HEIGHT, RATE, WIDTH, LiveStream, coded

Packets = tuple[tuple[bytes, bool], ...]


class Taken(LatestFrame):
    """An analysis that takes every frame at once."""

    def __init__(self) -> None:
        super().__init__(5)
        self.frames: list[Frame] = []

    def put(self, frame: Frame) -> None:
        self.frames.append(frame)

    def put_when_taken(self, frame: Frame, timeout_s: float) -> None:
        self.frames.append(frame)


@dataclass
class Dozing:
    """A camera that falls asleep over these packets."""

    packets: Packets
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.stream, self.taken = LiveStream(self.packets, self.clock), Taken()
        self.reader, self.health = PictureReader(self.stream), Health(self.clock)
        self.attention = Attention(self.clock, always=False)
        self.began_s = self.clock.s

    def doze(self) -> Dozing:
        Doze(
            self.reader,
            self.attention,
            self.taken,
            self.health,
            clock=self.clock,
            stop=Event(),
            area=Area(),
            viewed=lambda pixels: pixels,
            framed=self.framed,
        ).run()
        return self

    def framed(self, image: Image, came_s: float) -> Frame:
        return Frame(1, image, BEGIN + timedelta(seconds=came_s), came_s)

    @property
    def woken_s(self) -> float:
        """Seconds of the stream until it woke."""
        return self.clock.s - self.began_s

    def seen_s(self) -> list[float]:
        return [round(frame.monotonic_s - self.began_s, 2) for frame in self.taken.frames]


@pytest.fixture(autouse=True)
def without_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream's clock is the test's own."""
    monkeypatch.setattr(Naps, "next_s", lambda *_: 0.0)


@pytest.fixture(scope="module")
def variable() -> Packets:
    return coded(9.0, 3.0, 1.0)


@pytest.fixture(scope="module")
def constant() -> Packets:
    return coded(9.0, 3.0, 1.0, constant=True)


def test_a_still_scene_costs_one_picture_in_two_seconds(variable: Packets) -> None:
    camera = Dozing(variable[: 9 * RATE]).doze()
    assert camera.stream.given == 9 * RATE
    assert camera.stream.decoder.decoded == 5
    assert camera.seen_s() == [0.04, 8.04]
    assert camera.health.size_px == (WIDTH, HEIGHT)
    camera.health.loop_turned(analysed=True)
    assert camera.health.condition().state == ChildState.LIVE


def test_larger_packets_wake_it_within_a_fifth_of_a_second_and_show_all_since_the_last_look(variable: Packets) -> None:
    camera = Dozing(variable).doze()
    assert 9.0 < camera.woken_s < 9.2
    assert camera.seen_s()[2:] == [8.24, 8.44, 8.64, 8.84, 9.04, 9.08]


def test_what_came_long_before_packets_told_is_not_shown(variable: Packets) -> None:
    camera = Dozing(coded(7.8, 3.0)).doze()
    assert 7.8 < camera.woken_s < 8.0
    seen = camera.seen_s()[1:]
    assert seen[0] == pytest.approx(camera.woken_s - TOLD_WITHIN_S, abs=0.1)
    assert max(b - a for a, b in itertools.pairwise(seen)) < 0.25


def test_a_key_frame_that_nobody_looked_at_is_shown_when_the_next_one_differs() -> None:
    camera = Dozing(coded(7.0, 3.0, constant=True)).doze()
    assert camera.woken_s == pytest.approx(8.04)
    assert camera.seen_s()[1:5] == [6.04, 6.24, 6.44, 6.64]
    assert [frame.is_of_past for frame in camera.taken.frames[:2]] == [False, True]


def test_after_it_woke_the_next_packets_are_decoded_as_if_it_had_not_dozed(variable: Packets) -> None:
    camera = Dozing(variable).doze()
    through = PictureReader(LiveStream(variable, FakeClock()))
    for _ in range(camera.stream.given):
        expected = through.next()
    for _ in range(10):
        picture, expected = camera.reader.next(), through.next()
        assert picture and expected
        assert (picture.rgb() == expected.rgb()).all()


def test_where_the_bit_rate_is_constant_the_next_key_frame_wakes_it_and_nobody_is_lost(constant: Packets) -> None:
    camera = Dozing(constant).doze()
    assert camera.woken_s == pytest.approx(10.04)
    # Somebody steps in after 9.0 s: from then on there are five pictures a second, and the key frame.
    assert [s for s in camera.seen_s() if s > 9.0] == [9.04, 9.24, 9.44, 9.64, 9.84, 10.04]


def test_a_viewer_wakes_it_at_once_and_sees_whole_pictures(variable: Packets) -> None:
    camera = Dozing(variable)
    packet = camera.stream.packet

    def watched_after_five_seconds() -> object:
        camera.attention.watched(camera.woken_s > 5)
        return packet()

    camera.stream.packet = watched_after_five_seconds  # type: ignore[method-assign, assignment]
    camera.doze()
    assert camera.woken_s == pytest.approx(5.04)
    picture = camera.reader.next()
    assert picture
    assert abs(int(picture.rgb().mean()) - int(camera.taken.frames[0].image.mean())) <= 1


def test_a_storm_of_key_frames_is_looked_at_twice_a_second() -> None:
    camera = Dozing(coded(4.0, 0.0, group=1)).doze()
    assert camera.stream.decoder.decoded == 8
    assert len(camera.seen_s()) == 1


def test_packets_that_come_late_and_at_once_are_looked_at_by_the_streams_own_time(variable: Packets) -> None:
    camera = Dozing(variable[: 9 * RATE])
    packet = camera.stream.packet

    def late() -> Packet | None:
        before_s = camera.clock.s
        given = packet()
        camera.clock.s = before_s + (12.0 if camera.stream.given == 1 else 0.0)
        return given

    camera.stream.packet = late  # type: ignore[method-assign, assignment]
    camera.doze()
    assert camera.stream.decoder.decoded == 5
    assert camera.attention.says() != Reason.RARE_KEYS.said()


def test_key_frames_are_looked_at_also_after_the_streams_time_has_stepped_back(variable: Packets) -> None:
    camera = Dozing(variable[: 9 * RATE])
    packet = camera.stream.packet

    def stepping_back() -> Packet | None:
        given = packet()
        assert given is None or given.media_s is not None
        return given and replace(given, media_s=given.media_s - (1000 if camera.stream.given > 120 else 0))

    camera.stream.packet = stepping_back  # type: ignore[method-assign, assignment]
    camera.doze()
    assert camera.stream.decoder.decoded == 5


def test_a_stream_without_further_key_frames_is_decoded_and_says_so() -> None:
    camera = Dozing(coded(9.0, 0.0, group=10_000)).doze()
    assert camera.woken_s == pytest.approx(4.08, abs=0.05)
    assert camera.attention.says() == Reason.RARE_KEYS.said()
    camera.clock.s += DECODES_FOR_S - 1
    assert camera.attention.is_awake()
    picture = camera.reader.next()
    assert picture and picture.rgb().any()


def test_a_stream_that_begins_between_key_frames_is_followed_until_there_is_one(variable: Packets) -> None:
    camera = Dozing(variable[10:])
    assert camera.doze().seen_s()[0] == pytest.approx(1.64)


def test_a_stream_that_never_sends_a_key_frame_is_decoded_and_says_so(variable: Packets) -> None:
    """Encoders of broadcasts, and cameras that refresh their pictures bit by bit, send none to whoever joins late."""
    camera = Dozing(tuple((data, False) for data, _ in variable)).doze()
    assert camera.woken_s == pytest.approx(LONGEST_S, abs=0.1)
    assert camera.attention.is_awake()
    assert camera.attention.says() == Reason.RARE_KEYS.said()
    assert camera.stream.decoder.decoded == camera.stream.given, "the decoder is as far as the stream"


def test_a_damaged_key_frame_is_passed_over(variable: Packets) -> None:
    torn = [(data if number != 100 else b"\0\0\0\1\x65\xff\xff", key) for number, (data, key) in enumerate(variable)]
    camera = Dozing(tuple(torn)).doze()
    assert 9.0 < camera.woken_s < 9.2


def test_what_is_kept_is_bounded() -> None:
    packets = coded(3.0, 0.0, group=10_000)
    large = tuple((data + bytes(1_000_000), key) for data, key in packets)
    assert Dozing(large).doze().woken_s < 1


def test_packets_that_are_wrong_again_and_again_are_no_longer_believed() -> None:
    clock = FakeClock()
    attention = Attention(clock, always=False)
    attention.dozes(True)
    assert attention.says() == Reason.DOZES.said()
    for _ in range(MANY):
        assert attention.believes_packets()
        attention.suspected()
        attention.dozes(False)
        clock.s += DOZES_AFTER_S
        attention.dozes(True)
    assert not attention.believes_packets()
    assert attention.says() == Reason.LOOKS_AT_KEYS.said()
    clock.s += REMEMBERS_S
    assert attention.believes_packets()


def test_packets_that_keep_silent_while_something_moves_are_told_of() -> None:
    attention = Attention(FakeClock(), always=False)
    for _ in range(MANY):
        attention.missed()
    attention.dozes(True)
    assert attention.believes_packets()
    assert attention.says() == Reason.LOOKS_AT_KEYS.said()


def test_packets_that_are_right_stay_believed() -> None:
    clock = FakeClock()
    attention = Attention(clock, always=False)
    for _ in range(10):
        attention.suspected()
        attention.stirred()
        assert attention.is_awake()
        clock.s += DOZES_AFTER_S
        assert not attention.is_awake()
        attention.dozes(True)
        attention.dozes(False)
    assert attention.believes_packets()
    assert attention.says() == NONE


def test_a_camera_begins_by_dozing() -> None:
    assert not Attention(FakeClock(), always=False).is_awake()


def test_a_camera_that_decodes_always_never_dozes() -> None:
    clock = FakeClock()
    attention = Attention(clock, always=True)
    clock.s += 1000
    assert attention.is_awake()


def test_one_large_packet_tells_nothing_and_two_do() -> None:
    sizes = PacketSizes()
    assert not any(sizes.tells(1000 + number % 50) for number in range(SETTLES + LEARNS_FROM))
    assert not sizes.tells(3000)
    assert not sizes.tells(1000)
    assert not sizes.tells(1000)
    assert not sizes.tells(3000)
    assert sizes.tells(3000)


def test_nothing_is_told_before_it_is_known_what_is_usual() -> None:
    sizes = PacketSizes()
    assert not any(sizes.tells(100 * number) for number in range(SETTLES + LEARNS_FROM))


def test_packets_right_after_a_key_frame_tell_nothing() -> None:
    sizes = PacketSizes()
    for _ in range(SETTLES + LEARNS_FROM):
        sizes.tells(1000)
    sizes.key()
    assert not any(sizes.tells(2500) for _ in range(SETTLES))
    assert not sizes.tells(2500)
    assert sizes.tells(2500)
