"""Posting to receivers that are as they should be, and to those that are not."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from streams.channels.posting import MOST_READ_BYTES, post, webhook_url
from streams.channels.reasons import ChannelReason
from streams.errors import BadChannel, NotDelivered
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.channels.receivers import receiving
from tests.streams.pipeline.servers import Behave, answering, black_hole, encrypted, hang_up, serving

HERE = CameraNetworks.of(["127.0.0.0/8"])
NOWHERE = CameraNetworks()
BODY = b'{"type":"test"}'


def refused(address: str, networks: CameraNetworks = HERE, within_s: float = 2, trusted: str = "") -> NotDelivered:
    with pytest.raises(NotDelivered) as error:
        post(address, BODY, {}, networks, within_s=within_s, trusted=trusted)
    return error.value


def test_a_receiver_gets_the_body_and_the_headers() -> None:
    with receiving() as receiver:
        post(receiver.address, BODY, {"webhook-id": "d1"}, HERE)
    [(headers, body, _)] = receiver.got
    assert body == BODY and headers["webhook-id"] == "d1"
    assert headers["content-type"] == "application/json" and headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_success_counts(status: int) -> None:
    with receiving(status) as receiver:
        post(receiver.address, BODY, {}, HERE)


@pytest.mark.parametrize(("status", "is_down"), [(400, False), (422, False), (404, True), (429, True), (500, True)])
def test_an_error_is_told_and_says_whether_others_would_fail(status: int, is_down: bool) -> None:
    with receiving(status) as receiver:
        error = refused(receiver.address)
    assert error.said == ChannelReason.ANSWERED.said(status=status) and error.receiver_is_down is is_down


def test_a_receiver_may_ask_for_patience() -> None:
    with serving(answering("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n")) as port:
        assert refused(f"http://127.0.0.1:{port}/").retry_after_s == 120
    for digits in (8, 5000):  # Python reads no number of 5,000 digits
        with serving(answering(f"HTTP/1.1 503 Busy\r\nRetry-After: {'9' * digits}\r\n\r\n")) as port:
            assert refused(f"http://127.0.0.1:{port}/").retry_after_s == 3600


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_not_even_inside(status: int) -> None:
    with receiving() as inside:
        answer = f"HTTP/1.1 {status} There\r\nLocation: {inside.address}\r\n\r\n"
        with serving(answering(answer)) as port:
            error = refused(f"http://127.0.0.1:{port}/")
    assert error.said == ChannelReason.REDIRECTS.said(status=status) and not inside.got


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "10.0.0.1"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_inside_addresses_are_refused_unless_the_setting_names_them(scheme: str, host: str) -> None:
    started = time.monotonic()
    assert "CHANNEL_NETWORKS" in refused(f"{scheme}://{host}:9/", NOWHERE).said
    assert time.monotonic() - started < 1


def test_in_clear_nothing_leaves_the_networks_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CameraNetworks, "permit", lambda self, address: True)  # as if this machine were a public one
    with receiving() as receiver:
        assert refused(receiver.address, NOWHERE).said == ChannelReason.IN_CLEAR.said()
    assert not receiver.got


def test_a_receiver_that_hangs_costs_the_time_and_no_more() -> None:
    started = time.monotonic()
    with serving(black_hole) as port:
        error = refused(f"http://127.0.0.1:{port}/", within_s=0.5)
    assert "does not answer" in error.said and time.monotonic() - started < 3


def test_a_receiver_that_trickles_costs_the_time_and_no_more() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.recv(4096)
        for letter in "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 1000:
            connection.sendall(letter.encode())
            time.sleep(0.05)

    started = time.monotonic()
    with serving(trickle) as port:
        error = refused(f"http://127.0.0.1:{port}/", within_s=0.5)
    assert "does not answer" in error.said and time.monotonic() - started < 3


def test_no_more_than_64_kb_of_an_answer_are_read() -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-More: " + b"x" * 8192 + b"\r\n")
            sent += 8192

    with serving(flood) as port:
        post(f"http://127.0.0.1:{port}/", BODY, {}, HERE, within_s=5)  # it said 200, and the rest is its own affair
    assert sent < 100 * MOST_READ_BYTES  # what the kernel holds for both sides; an unbounded reader takes all


@pytest.mark.parametrize("answer", ["", "220 mail ready\r\n", "HTTP/1.1 hello\r\n\r\n"])
def test_what_speaks_no_http_is_told(answer: str) -> None:
    with serving(answering(answer) if answer else hang_up) as port:
        assert refused(f"http://127.0.0.1:{port}/").said


def test_nothing_that_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "refuses the connection" in refused(f"http://127.0.0.1:{port}/").said


def test_a_certificate_that_nobody_knows_is_refused_until_it_is_entered() -> None:
    with serving(encrypted(answering("HTTP/1.1 204 Fine\r\n\r\n"))) as port:
        said = refused(f"https://127.0.0.1:{port}/").said
        pem = ssl.get_server_certificate(("127.0.0.1", port))
        named = refused(f"https://127.0.0.1:{port}/", trusted=pem).said
    assert "not trusted" in said and "not trusted" in named  # its name is "camera", so it is refused for that still
    assert said != named


def test_a_receiver_that_changes_its_certificate_is_refused_until_the_new_one_is_entered() -> None:
    def fine() -> Behave:
        return encrypted(answering("HTTP/1.1 204 Fine\r\n\r\n"), "127.0.0.1")

    with serving(fine()) as port:
        first = ssl.get_server_certificate(("127.0.0.1", port))
        post(f"https://127.0.0.1:{port}/", BODY, {}, HERE, trusted=first)
    with serving(fine()) as port:  # the same receiver, with another certificate
        error = refused(f"https://127.0.0.1:{port}/", trusted=first)
        assert "certificate is not trusted" in error.said and error.receiver_is_down
        second = ssl.get_server_certificate(("127.0.0.1", port))
        for trusted in (second, first + second):  # or both, while it changes
            post(f"https://127.0.0.1:{port}/", BODY, {}, HERE, trusted=trusted)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://example.com/", ChannelReason.SCHEME),
        ("file:///etc/passwd", ChannelReason.SCHEME),
        ("//example.com/", ChannelReason.SCHEME),
        ("https:///path", ChannelReason.NO_HOST),
        ("https://ann:secret@example.com/", ChannelReason.LOGIN_IN_ADDRESS),
        ("https://example.com:port/", ChannelReason.UNREADABLE_ADDRESS),
        ("https://[::1/", ChannelReason.UNREADABLE_ADDRESS),
        ("https://exa mple.com/", ChannelReason.UNREADABLE_ADDRESS),
        ("https://example.com/\r\nX-Evil: 1", ChannelReason.UNREADABLE_ADDRESS),
        (f"https://{'a' * 80}.example/", ChannelReason.UNREADABLE_ADDRESS),
    ],
)
def test_addresses_that_no_webhook_has(address: str, reason: ChannelReason) -> None:
    with pytest.raises(BadChannel) as error:
        webhook_url(address)
    assert error.value.said == reason.said() and error.value.field == "url"
