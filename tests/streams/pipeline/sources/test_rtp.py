"""Packets of RTP put together to pictures: what a loss does to them, and that nothing sent can break the reader."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from streams.pipeline.sources.rtp import Assembler, CodedPicture, RtpPacket
from streams.pipeline.sources.rtp_payloads import MOST_AHEAD_BYTES, PAYLOADS
from tests.streams.pipeline.coded import rtp


def assembler(codec: str = "H264") -> Assembler:
    return Assembler(PAYLOADS[codec][0](), 90_000)


def sent(pictures: int = 12) -> list[RtpPacket]:
    packets = [RtpPacket.of(packet) for packet in rtp(pictures=pictures)]
    return [packet for packet in packets if packet]


def put_together(packets: list[RtpPacket]) -> list[CodedPicture]:
    reader = assembler()
    return [picture for packet in packets for picture in reader.add(packet)]


def test_whole_pictures_are_told_from_damaged_ones() -> None:
    assert not any(picture.is_damaged for picture in put_together(sent()))
    assert [picture.is_key for picture in put_together(sent())].count(True) == 2


def test_a_loss_damages_the_picture_under_way_and_the_one_that_follows() -> None:
    packets = sent()
    last = next(number for number, packet in enumerate(packets) if number > 6 and packet.is_last)
    lost = [*packets[:last], replace(packets[last + 1], follows_loss=True), *packets[last + 2 :]]
    damaged = [number for number, picture in enumerate(put_together(lost)) if picture.is_damaged]
    assert damaged and damaged == list(range(damaged[0], damaged[-1] + 1)) and len(damaged) <= 2


def test_a_loss_between_two_pictures_damages_the_second_alone() -> None:
    """A whole picture may be missing between them, or the beginning of the second."""
    packets = sent()
    first = next(number for number, packet in enumerate(packets) if number > 6 and packets[number - 1].is_last)
    packets[first] = replace(packets[first], follows_loss=True)
    assert sum(picture.is_damaged for picture in put_together(packets)) == 1


@pytest.mark.parametrize("codec", PAYLOADS)
def test_no_packet_breaks_the_reader(codec: str) -> None:
    chance, reader = random.Random(codec), assembler(codec)
    for number in range(5_000):
        payload = chance.randbytes(chance.choice((0, 1, 2, 3, 5, 9, 13, 40, 400)))
        packet = RtpPacket(payload, 96, number & 0xFFFF, chance.choice((0, 3600, 1 << 31)), chance.random() < 0.2)
        reader.add(replace(packet, follows_loss=chance.random() < 0.1))


def test_no_datagram_breaks_the_reader() -> None:
    chance = random.Random(7)
    for size in range(200):
        for _ in range(20):
            data = bytes([0x80 | chance.randrange(64)]) + chance.randbytes(size)
            packet = RtpPacket.of(data)
            assert packet is None or len(packet.payload) <= len(data) - 12


@pytest.mark.parametrize(("codec", "sets"), [("H264", b"\x67"), ("H265", b"\x42\x01")])
def test_what_comes_ahead_of_a_picture_that_never_comes_is_not_kept_without_end(codec: str, sets: bytes) -> None:
    payload = PAYLOADS[codec][0]()
    for _ in range(1000):
        payload.add(sets + bytes(1000))
        assert payload.taken() is None
    payload.add(b"\x65 picture" if codec == "H264" else b"\x26\x01 picture")
    taken = payload.taken()
    assert taken and taken[1] and len(taken[0]) < MOST_AHEAD_BYTES + 2000
