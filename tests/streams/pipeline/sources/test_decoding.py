"""The decoder of video: what it leaves out when there is no time, and key frames by themselves."""

from __future__ import annotations

from io import BytesIO

import av
import numpy as np
import pytest

from streams.pipeline.sources.decoding import Packet, VideoDecoder
from tests.streams.pipeline.coded import frames

SIZE = (160, 120)
PICTURES = 40
CODED = "bframes=3:b-adapt=0:b-pyramid=none:keyint=20:min-keyint=20:scenecut=0:open-gop=0"
END = Packet(0, False, None, b"")


@pytest.fixture(scope="module")
def with_b_frames() -> list[Packet]:
    file = BytesIO()
    with av.open(file, "w", format="h264") as output:
        stream = output.add_stream("libx264", rate=25, options={"x264-params": CODED})
        stream.width, stream.height = SIZE
        for frame in frames(PICTURES, SIZE):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with av.open(BytesIO(file.getvalue()), format="h264") as coded:
        return [Packet(packet.size, packet.is_keyframe, None, bytes(packet)) for packet in coded.demux() if packet.size]


def decoder() -> VideoDecoder:
    return VideoDecoder(av.CodecContext.create("h264", "r"))


def test_in_a_hurry_pictures_to_which_none_refers_are_left_out_and_the_others_are_the_same(
    with_b_frames: list[Packet],
) -> None:
    def shown(is_behind: bool) -> list[bytes]:
        one = decoder()
        one.hurry(is_behind)
        pictures = [picture for packet in [*with_b_frames, END] for picture in one.decode(packet)]
        return [picture.rgb().tobytes() for picture in pictures]

    every, some = shown(False), shown(True)
    assert len(every) == PICTURES
    assert len(some) <= PICTURES * 0.4
    assert set(some) <= set(every)


def test_hurrying_can_be_begun_and_ended_at_any_packet(with_b_frames: list[Packet]) -> None:
    one, shown = decoder(), 0
    for number, packet in enumerate(with_b_frames):
        one.hurry(10 <= number < 20)
        shown += len(one.decode(packet))
    assert PICTURES * 0.6 < shown < PICTURES


def test_a_key_frame_is_shown_by_itself_though_others_would_come_before_it(with_b_frames: list[Packet]) -> None:
    one, through = decoder(), decoder()
    keys = [packet for packet in with_b_frames if packet.is_key]
    assert len(keys) == 2
    alone = [picture.rgb() for key in keys for picture in one.alone(key)]
    every = [picture.rgb() for packet in with_b_frames for picture in through.decode(packet)]
    assert [len(alone), (alone[0] == every[0]).all()] == [2, True]
    assert any((alone[1] == picture).all() for picture in every)


def test_after_key_frames_by_themselves_decoding_begins_at_the_next(with_b_frames: list[Packet]) -> None:
    one, fresh = decoder(), decoder()
    one.alone(with_b_frames[0])
    ours = [picture.rgb().tobytes() for packet in with_b_frames for picture in one.decode(packet)]
    theirs = [picture.rgb().tobytes() for packet in with_b_frames for picture in fresh.decode(packet)]
    assert ours == theirs


@pytest.mark.parametrize(("width_px", "size"), [(160, (120, 160)), (80, (60, 80)), (1000, (120, 160))])
def test_the_brightness_of_a_picture_is_that_of_its_colours(
    with_b_frames: list[Packet], width_px: int, size: tuple[int, int]
) -> None:
    (picture,) = decoder().alone(with_b_frames[0])
    grey = picture.grey(width_px)
    assert grey.shape == size
    full_range = (grey.astype(float) - 16) * 255 / 219 if grey.max() < picture.rgb().max() else grey
    assert abs(float(np.mean(full_range)) - float(picture.rgb().mean())) < 3
