"""UDP ports that the gate makes: for the judged address of one connection alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from streams.pipeline.errors import AddressRefused
from streams.pipeline.sources import confinement
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.udp_ports import PORTS, UdpPorts
from tests.streams.pipeline.servers import black_hole, serving
from tests.streams.pipeline.sources.test_confinement import in_a_thread

HERE = CameraNetworks.of(["127.0.0.0/8", "::1/128"])


@contextmanager
def gate_to_a_server(networks: CameraNetworks = HERE) -> Iterator[tuple[Gate, socket.socket]]:
    gate = Gate(networks)
    with serving(black_hole) as port, closing(gate), gate.dial("127.0.0.1", port, 2) as connection:
        yield gate, connection


def sender(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    line.bind((host, port))
    return line


def heard(ports: UdpPorts, times: int = 5) -> list[bytes]:
    return [packet for _ in range(times) if (packet := ports.receive(0.05)) is not None]


def test_a_pair_is_even_and_odd_within_the_range_and_on_this_end_of_the_connection() -> None:
    with gate_to_a_server() as (gate, connection), closing(gate.ports_beside(connection)) as ports:
        first, second = ports.numbers
        assert first in PORTS and first % 2 == 0 and second == first + 1
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as same, pytest.raises(OSError, match="in use"):
            same.bind((connection.getsockname()[0], first))
        sender("127.0.0.9", first).close()  # other addresses of this machine are not listened on


def test_only_the_told_port_of_the_judged_address_is_heard() -> None:
    with gate_to_a_server() as (gate, connection), ExitStack() as stack:
        ports = stack.enter_context(closing(gate.ports_beside(connection)))
        camera, reports, other = (stack.enter_context(sender()) for _ in range(3))
        stranger = stack.enter_context(sender("127.0.0.2", camera.getsockname()[1]))
        at = "127.0.0.1", ports.numbers[0]
        for line in (other, stranger):
            line.sendto(b"early", at)
        ports.lead_to((camera.getsockname()[1], reports.getsockname()[1]))
        for line in (other, stranger, camera):
            line.sendto(str(line is camera).encode(), at)
        assert heard(ports) == [b"True"]
        ports.report(b"report")
        assert [reports.recv(99)[:2], reports.recv(99)] == [b"\x80\xc9", b"report"]
        assert camera.recv(99)[:1] == b"\x80"


def test_without_a_told_port_the_first_packet_of_the_judged_address_shows_it() -> None:
    with gate_to_a_server() as (gate, connection), ExitStack() as stack:
        ports = stack.enter_context(closing(gate.ports_beside(connection)))
        camera, other = stack.enter_context(sender()), stack.enter_context(sender())
        stranger = stack.enter_context(sender("127.0.0.2"))
        at = "127.0.0.1", ports.numbers[0]
        ports.lead_to(None)
        ports.report(b"nobody is asked")
        for line, packet in ((stranger, b"no"), (camera, b"first"), (other, b"no"), (camera, b"second")):
            line.sendto(packet, at)
        assert heard(ports) == [b"first", b"second"]


def test_datagrams_longer_than_any_packet_are_passed_over() -> None:
    with gate_to_a_server() as (gate, connection), closing(gate.ports_beside(connection)) as ports, sender() as camera:
        for size in (60_000, 16_385, 16_384):
            camera.sendto(bytes(size), ("127.0.0.1", ports.numbers[0]))
        assert [len(packet) for packet in heard(ports)] == [16_384]


def test_a_camera_that_listens_on_no_port_is_heard_all_the_same() -> None:
    with gate_to_a_server() as (gate, connection), closing(gate.ports_beside(connection)) as ports:
        with sender() as gone:
            number = gone.getsockname()[1]
        ports.lead_to((number, number))  # our greeting comes back as "connection refused"
        assert ports.receive(0.2) is None
        with sender(port=number) as camera:
            camera.sendto(b"here", ("127.0.0.1", ports.numbers[0]))
            assert heard(ports) == [b"here"]


def test_the_gate_makes_no_ports_for_where_no_camera_may_be() -> None:
    elsewhere = CameraNetworks.of(["127.0.0.2/32"])
    with (
        gate_to_a_server() as (_gate, connection),
        closing(Gate(elsewhere)) as strict,
        pytest.raises(AddressRefused),
    ):
        strict.ports_beside(connection)


def test_ports_are_for_ipv6_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        gate = stack.enter_context(closing(Gate(HERE)))
        connection = stack.enter_context(gate.dial("::1", server.getsockname()[1], 2))
        ports = stack.enter_context(closing(gate.ports_beside(connection)))
        camera = stack.enter_context(sender("::1"))
        ports.lead_to((camera.getsockname()[1], camera.getsockname()[1]))
        camera.sendto(b"six", ("::1", ports.numbers[0]))
        assert heard(ports, 1) == [b"six"]


@pytest.mark.skipif(not confinement.can_confine(), reason="this kernel has no Landlock rules for networks")
def test_the_gate_makes_ports_for_a_confined_thread() -> None:
    with gate_to_a_server() as (gate, connection), sender() as camera:

        def listens() -> None:
            assert confinement.forbid_connections()
            with closing(gate.ports_beside(connection)) as ports:
                ports.lead_to((camera.getsockname()[1], camera.getsockname()[1]))
                camera.sendto(b"x", ("127.0.0.1", ports.numbers[0]))
                assert heard(ports, 1) == [b"x"]

        in_a_thread(listens)
