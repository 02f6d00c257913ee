"""Base64 as clients in the field send it."""

from __future__ import annotations

import base64

import pytest

from people.dialect.base import from_base64, subject_name

DATA = bytes(range(256)) + b"ab"
PLAIN = base64.b64encode(DATA).decode()
LINES = "\r\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76))


@pytest.mark.parametrize(
    "sent",
    [
        PLAIN,
        PLAIN.rstrip("="),
        LINES,
        f"  {PLAIN}\n",
        " ".join(PLAIN),
        f"data:image/jpeg;base64,{PLAIN}",
        f"DATA:image/jpeg;base64,{LINES}",
        f"data:,{PLAIN.rstrip('=')}",
    ],
)
def test_it_is_read_however_it_is_written(sent: str) -> None:
    assert from_base64(sent) == DATA


@pytest.mark.parametrize("sent", ["a", "ab$c", "päd", PLAIN.replace("A", "-"), f"url:x,{PLAIN}", "ab==cd"])
def test_what_is_no_base64_is_refused(sent: str) -> None:
    with pytest.raises(ValueError):
        from_base64(sent)


def test_a_no_break_space_in_a_name_is_a_space() -> None:
    assert subject_name("Ada\u00a0Lovelace") == "Ada Lovelace"
