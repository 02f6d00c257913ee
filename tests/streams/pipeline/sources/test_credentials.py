"""User and password leave an address when it is written and return when it is opened."""

from __future__ import annotations

import pytest

from streams.pipeline.sources.credentials import Parts, joined, split, split_before_host


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("rtsp://ann:s%40cret@host:554/1", Parts("rtsp://host:554/1", "ann", "s@cret")),
        ("rtsp://ann:s@cret@host/1", Parts("rtsp://host/1", "ann", "s@cret")),
        ("rtsp://ann@[2001:db8::1]/1", Parts("rtsp://[2001:db8::1]/1", "ann", "")),
        ("rtsp://:s@host/1", Parts("rtsp://host/1", "", "s")),
        ("http://h/v?usr=ann&PWD=s&x=1", Parts("http://h/v?usr={username}&PWD={password}&x=1", "ann", "s")),
        ("http://ann:t@h/v?token=t", Parts("http://h/v?token={password}", "ann", "t")),
        ("http://h/v?channel=1", Parts("http://h/v?channel=1")),
        ("rtsp://h/stream@1", Parts("rtsp://h/stream@1")),
        ("clips/a@b.mp4", Parts("clips/a@b.mp4")),
        ("0", Parts("0")),
    ],
)
def test_secrets_are_taken_out_and_put_back(written: str, parts: Parts) -> None:
    assert split(written) == parts
    again = split(joined(parts.source, parts.username, parts.password))
    assert again == parts
    assert split(parts.source).source == parts.source


@pytest.mark.parametrize("written", ["rtsp://a:b/c@host/1", "http://a:b@h/?pwd=c", "http://h/?pwd=a&token=b"])
def test_what_is_ambiguous_is_refused(written: str) -> None:
    if "?" in written:
        with pytest.raises(ValueError, match="two different"):
            split(written)
    else:
        assert split_before_host("rtsp://a:b@h/c@d").username == "a"
        with pytest.raises(ValueError, match="where the password ends"):
            split("rtsp://a:b@h/c@d")


def test_a_password_is_not_in_the_text_of_its_parts() -> None:
    assert "hunter2" not in repr(split("rtsp://ann:hunter2@host/1"))
