"""What a server's Transport header grants."""

from __future__ import annotations

import pytest

from streams.pipeline.errors import SourceDown
from streams.pipeline.sources.transport import Granted


@pytest.mark.parametrize(
    ("header", "is_tcp", "channel"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", True, 0),
        ("RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1234", True, 4),
        ("rtp/avp; unicast; interleaved = 2", True, 2),
        ("RTP/AVP;unicast;client_port=20000-20001", False, 0),
        ("", False, 0),
        ("RTP/AVP/TCP;interleaved=x", True, 0),
    ],
)
def test_tcp_and_its_channel(header: str, is_tcp: bool, channel: int) -> None:
    assert (Granted(header).is_tcp, Granted(header).channel) == (is_tcp, channel)


@pytest.mark.parametrize(
    ("told", "ports"),
    [
        ("server_port=6970-6971", (6970, 6971)),
        ("server_port=6970", (6970, 6971)),
        ('Server_Port="6970-7000"', (6970, 7000)),
        ("server_port=", None),
        ("server_port=-1", None),
        ("server_port=six", None),
        ("server_port=９９９９", None),
        ("", None),
    ],
)
def test_the_servers_ports(told: str, ports: tuple[int, int] | None) -> None:
    assert Granted(f"RTP/AVP;unicast; {told} ;ssrc=1").server_ports() == ports


@pytest.mark.parametrize("told", ["0", "1023", "65536", "65535", "99999999", "6970-80", "6970-0", "22-6971"])
def test_ports_that_no_camera_uses_are_refused(told: str) -> None:
    with pytest.raises(SourceDown, match="no camera uses"):
        Granted(f"RTP/AVP;unicast;server_port={told}").server_ports()


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        ("RTP/AVP;unicast;source=10.0.0.9", "10.0.0.9"),
        ("RTP/AVP;unicast;source=::ffff:10.0.0.9", "10.0.0.9"),
        ("RTP/AVP;unicast;source=10.0.0.9", "::ffff:10.0.0.9"),
        ("RTP/AVP;unicast;source=fe80::1", "fe80::1%eth0"),
        ("RTP/AVP;unicast;source=0.0.0.0", "10.0.0.9"),
        ("RTP/AVP;unicast;source=camera.local", "10.0.0.9"),
        ("RTP/AVP;unicast;destination=203.0.113.7", "10.0.0.9"),
        ("", "10.0.0.9"),
    ],
)
def test_the_address_of_the_server_itself_is_taken(header: str, peer: str) -> None:
    Granted(header).check(peer)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("RTP/AVP;unicast;source=10.0.0.8", "another address than its own"),
        ("RTP/AVP;unicast;SOURCE = ::1", "another address than its own"),
        ("RTP/AVP;multicast", "multicast"),
        ("RTP/AVP; Multicast ;destination=10.0.0.1", "multicast"),
        ("RTP/AVP;unicast;destination=ff02::1", "multicast"),
    ],
)
def test_another_source_and_a_group_are_refused(header: str, reason: str) -> None:
    with pytest.raises(SourceDown, match=reason):
        Granted(header).check("10.0.0.9")
