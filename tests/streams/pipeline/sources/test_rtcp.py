"""A receiver's reports, byte by byte."""

from __future__ import annotations

import struct

from streams.pipeline.sources.rtcp import Reception
from streams.pipeline.sources.rtp import RtpPacket
from streams.pipeline.sources.rtp_order import PacketOrder


def test_a_report_tells_the_highest_number_and_what_was_lost_since_the_last() -> None:
    order = PacketOrder()
    reception = Reception(order, ours=5)
    for number in (1, 2, 3, 4, 8):
        order.add(RtpPacket(b"", 96, number, 0, True, 77), 0)
    report = reception.report()
    kind, size, ours, theirs, losses, highest = struct.unpack(">xBHIIII", report[:20])
    assert (kind, size, ours, theirs, highest) == (201, 7, 5, 77, 8)
    assert (losses >> 24, losses & 0xFFFFFF) == (256 * 3 // 8, 3)
    assert report[32:40] == struct.pack(">BBHI", 0x81, 202, (len(report) - 32) // 4 - 1, 5)
    assert report[40:50] == b"\1\x08facesite" and len(report) % 4 == 0 and report[-1] == 0
    again = reception.report()
    assert struct.unpack(">I", again[12:16])[0] == 3


def test_a_report_before_the_first_packet_tells_nothing() -> None:
    assert struct.unpack(">5I", Reception(PacketOrder(), ours=5).report()[4:24]) == (5, 0, 0, 0, 0)
