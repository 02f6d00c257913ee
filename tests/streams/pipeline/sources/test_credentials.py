"""User and password leave an address when it is written and return when it is opened."""

from __future__ import annotations

import pytest

from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.credentials import Parts, joined, split


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("rtsp://ann:s%40cret@host:554/1", Parts("rtsp://host:554/1", "ann", "s@cret")),
        ("rtsp://ann:s@cret@host/1", Parts("rtsp://host/1", "ann", "s@cret")),
        ("rtsp://ann@[2001:db8::1]/1", Parts("rtsp://[2001:db8::1]/1", "ann", "")),
        ("rtsp://:s@host/1", Parts("rtsp://host/1", "", "s")),
        ("http://h/v?usr=ann&PWD=s&x=1", Parts("http://h/v?usr={username}&PWD={password}&x=1", "ann", "s")),
        ("http://ann:t@h/v?token=t", Parts("http://h/v?token={password}", "ann", "t")),
        ("http://ann:s@h/v?token=t", Parts("http://h/v?token={token}", "ann", "s", "t")),
        ("http://h/v?pwd=a&token=b", Parts("http://h/v?pwd={password}&token={token}", "", "a", "b")),
        (
            "http://h/v?usr=ann&pwd=a&auth=b",
            Parts("http://h/v?usr={username}&pwd={password}&auth={token}", "ann", "a", "b"),
        ),
        (
            "rtsp://h:554/user=ann_password=tl_J_channel=1_stream=0.sdp?real",
            Parts("rtsp://h:554/user={username}_password={password}_channel=1_stream=0.sdp?real", "ann", "tl_J"),
        ),
        ("rtsp://h/user=ann&password=s&id=1", Parts("rtsp://h/user={username}&password={password}&id=1", "ann", "s")),
        ("http://h/token=t/live", Parts("http://h/token={password}/live", "", "t")),
        ("rtsp://ann:p#w@h/1", Parts("rtsp://h/1", "ann", "p#w")),
        ("rtsp://ann:p/w@h:554/1", Parts("rtsp://h:554/1", "ann", "p/w")),
        ("rtsp://ann:p?w@h", Parts("rtsp://h", "ann", "p?w")),
        ("rtsp://ann:p@w@h/1", Parts("rtsp://h/1", "ann", "p@w")),
        ("rtsp://ann:p:w@h/1", Parts("rtsp://h/1", "ann", "p:w")),
        ("rtsp://ann:100%@h/1", Parts("rtsp://h/1", "ann", "100%")),
        ("rtsp://ann:#/?@:%@[2001:db8::1]:554/1", Parts("rtsp://[2001:db8::1]:554/1", "ann", "#/?@:%")),
        ("rtsp://10.0.0.9:554/stream@1", Parts("rtsp://10.0.0.9:554/stream@1")),
        ("http://h/v?mail=a@b.c", Parts("http://h/v?mail=a@b.c")),
        ("http://h/v?monkey=1&keyboard=2", Parts("http://h/v?monkey=1&keyboard=2")),
        ("http://h/v?channel=1", Parts("http://h/v?channel=1")),
        ("rtsp://h/stream@1", Parts("rtsp://h/stream@1")),
        ("clips/a@b.mp4", Parts("clips/a@b.mp4")),
        ("0", Parts("0")),
    ],
)
def test_secrets_are_taken_out_and_put_back(written: str, parts: Parts) -> None:
    assert split(written) == parts
    again = split(joined(parts.source, parts.username, parts.password, parts.token))
    assert again == parts
    assert split(parts.source).source == parts.source


@pytest.mark.parametrize(
    "written",
    [
        "rtsp://a:b@h/c@d",
        "rtsp://ann:12/3@host/1",
        "rtsp://ann:p@w/x@h/1",
        "rtsp://ann:p%41#w@h/1",
        "http://ann:p@h/v?mail=a@b",
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_for(written: str) -> None:
    with pytest.raises(BadAddress, match="where the password ends"):
        split(written)


@pytest.mark.parametrize("written", ["http://a:b@h/?pwd=c", "http://h/?token=a&key=b", "http://a@h/?usr=b"])
def test_two_of_a_kind_are_refused(written: str) -> None:
    with pytest.raises(BadAddress, match="two different"):
        split(written)


def test_a_password_is_not_in_the_text_of_its_parts() -> None:
    assert "hunter2" not in repr(split("rtsp://ann:hunter2@host/1"))
