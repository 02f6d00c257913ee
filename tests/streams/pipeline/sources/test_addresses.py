"""What a source means and what may be shown of it."""

import pytest

from streams.pipeline.sources.addresses import SourceKind, kind_of, redact


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("0", SourceKind.DEVICE),
        ("rtsp://camera/1", SourceKind.NETWORK),
        ("HTTPS://camera/1", SourceKind.NETWORK),
        ("/media/clips/door.mp4", SourceKind.FILE),
    ],
)
def test_a_source_is_a_device_an_address_or_a_file(source: str, kind: SourceKind) -> None:
    assert kind_of(source) is kind


@pytest.mark.parametrize(
    "source", ["", "  ", "file:///etc/passwd", "concat://a", "rtsp://", "http://host:99999/", "http://[::1/"]
)
def test_other_schemes_and_broken_addresses_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        kind_of(source)


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://admin:s3cret@10.0.0.1/1",
        "cannot open rtsp://s3cret@host/x now",
        "http://host/live?user=a&password=s3cret&x=1",
        "http://u:p@s3cret@host/",
        "https://host/live.m3u8?token=s3cret#t",
    ],
)
def test_credentials_never_survive_redaction(text: str) -> None:
    assert "s3cret" not in redact(text)


def test_redaction_leaves_the_rest_readable() -> None:
    assert redact("rtsp://a:b@host:554/one?channel=2") == "rtsp://***@host:554/one?channel=2"
