"""Messages from browsers: three are understood, floods are noticed."""

import pytest

from streams.errors import BadMessage
from streams.live.incoming import LONGEST, MessageRate, read_message


def test_the_three_messages_are_understood() -> None:
    assert read_message('{"type": "watch", "cameras": ["hall"]}') == {"type": "watch", "cameras": ["hall"]}
    assert read_message('{"type": "ack", "camera": "hall", "frame": 3}') == {
        "type": "ack",
        "camera": "hall",
        "frame": 3,
    }
    assert read_message('{"type": "ping", "more": 1}') == {"type": "ping"}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "not json",
        "[]",
        "7",
        "null",
        "[" * 10_000,
        '{"type": "stop"}',
        '{"type": ["watch"]}',
        '{"type": "__class__"}',
        '{"type": "watch"}',
        '{"type": "watch", "cameras": "hall"}',
        '{"type": "watch", "cameras": [1]}',
        '{"type": "watch", "cameras": [' + ",".join(['""'] * 501) + "]}",
        '{"type": "ack", "camera": "hall"}',
        '{"type": "ack", "camera": "hall", "frame": "3"}',
        '{"type": "ack", "camera": null, "frame": 3}',
        '{"type": "ping", "x": "' + "x" * LONGEST + '"}',
    ],
    ids=lambda text: repr(text)[:40],
)
def test_anything_else_is_refused(text: str | None) -> None:
    with pytest.raises(BadMessage):
        read_message(text)


def test_a_flood_of_messages_is_noticed() -> None:
    rate = MessageRate(per_second=1, burst=5)
    assert [rate.allows_one_more() for _ in range(7)] == [True] * 5 + [False] * 2
