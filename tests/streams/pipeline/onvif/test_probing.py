"""WS-Discovery on loopback: who is asked, and whose answers count."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address, ip_address

import pytest

from streams.pipeline.onvif import probing
from streams.pipeline.onvif.probing import GROUP, MOST_ASKED, MOST_DATAGRAM_BYTES, hosts_to_ask, look
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.pipeline.onvif.camera import PORT, a_host, onvif_camera, probe_match

LISTEN_S = 1.5
Answers = Callable[[bytes], list[bytes]]


@contextmanager
def answering_with(host: str, answers: Answers, also_from: tuple[str, ...] = ()) -> Iterator[list[bytes]]:
    """A host that answers a probe with any datagrams, also in the name of other hosts; gives what it was asked."""
    asked: list[bytes] = []
    over = threading.Event()
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in (host, *also_from)]
        for line, own in zip(lines, (host, *also_from), strict=True):
            line.bind((own, PORT))
        lines[0].settimeout(0.1)

        def listen() -> None:
            while not over.is_set():
                try:
                    data, peer = lines[0].recvfrom(65_535)
                except TimeoutError:
                    continue
                asked.append(data)
                for line in lines:
                    for answer in answers(data):
                        line.sendto(answer, peer)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield asked
        finally:
            over.set()
            thread.join()


def usual(asked: bytes) -> bytes:
    return probe_match(asked.decode(), "http://127.0.0.1/onvif/device_service")


def found(host: str, answers: Answers, *more: str) -> list[str]:
    with answering_with(host, answers, more):
        matches = look(CameraNetworks.of([host]), listen_s=LISTEN_S)
    return [match.address for match in matches.devices]


def test_a_device_tells_its_name_its_model_and_where_it_is_asked() -> None:
    with onvif_camera() as camera:
        (match,) = look(CameraNetworks.of([camera.host]), listen_s=LISTEN_S).devices
    assert (match.address, match.name, match.model) == (camera.host, "Front door", "X1")
    assert match.services == (camera.address,)


HOSTILE: dict[str, Answers] = {
    "an answer to another question": lambda asked: [probe_match("<MessageID>uuid:other<", "http://127.0.0.1/")],
    "a bomb": lambda asked: [b'<!DOCTYPE a [<!ENTITY b "c">]>' + usual(asked)],
    "too long": lambda asked: [usual(asked) + b" " * MOST_DATAGRAM_BYTES],
    "the question itself": lambda asked: [asked],
    "an empty datagram": lambda asked: [b""],
    "noise": lambda asked: [bytes(range(256))] * 20,
}


@pytest.mark.parametrize("answers", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_answer_does_not_count(answers: Answers) -> None:
    assert found(a_host(), answers) == []


def test_a_device_counts_once_and_bad_answers_beside_it_do_no_harm() -> None:
    host = a_host()
    assert found(host, lambda asked: [b"noise", usual(asked), usual(asked)]) == [host]


def test_answers_from_outside_of_the_networks_do_not_count() -> None:
    host, stranger = a_host(), a_host()
    assert found(host, lambda asked: [usual(asked)], stranger) == [host]


def test_a_device_in_a_large_network_is_found_by_multicast() -> None:
    host = a_host()
    loopback = socket.if_nametoindex("lo")
    membership = struct.pack("@4s4si", socket.inet_aton(GROUP), b"", loopback)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as group,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line,
    ):
        group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        group.bind((GROUP, PORT))
        group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        group.settimeout(5)
        line.bind((host, PORT))

        def answer() -> None:
            data, peer = group.recvfrom(65_535)
            line.sendto(usual(data), peer)

        thread = threading.Thread(target=answer)
        thread.start()
        matches = look(CameraNetworks.of(["127.0.0.0/8"]), listen_s=LISTEN_S)
        thread.join()
    assert [match.address for match in matches.devices] == [host]


def test_of_thousands_of_devices_a_hundred_are_taken_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MOST_DEVICES", 3)
    host = a_host()
    network = CameraNetworks.of([f"{host}/24"])
    crowd = tuple(dict.fromkeys(f"{host.rsplit('.', 1)[0]}.{last}" for last in range(1, 9)))
    with answering_with(host, lambda asked: [usual(asked)], tuple(each for each in crowd if each != host)):
        matches = look(network, listen_s=LISTEN_S)
    assert len(matches.devices) == 3
    assert len(matches.devices) + matches.left_out == len({host, *crowd})
    assert [match.address for match in matches.devices] == sorted(
        (match.address for match in matches.devices), key=IPv4Address
    )


def test_a_storm_of_answers_ends_the_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MOST_DATAGRAMS", 50)
    begun = time.monotonic()
    assert found(a_host(), lambda asked: [b"storm"] * 60) == []
    assert time.monotonic() - begun < LISTEN_S


def test_one_device_is_asked_alone_and_answers_of_others_do_not_count() -> None:
    host, other = a_host(), a_host()
    with answering_with(host, lambda asked: [usual(asked)], (other,)), onvif_camera() as bystander:
        networks = CameraNetworks.of([host, other, bystander.host])
        matches = look(networks, only=host, listen_s=LISTEN_S)
    assert [match.address for match in matches.devices] == [host]


def test_one_device_outside_of_the_networks_is_not_asked() -> None:
    host = a_host()
    with answering_with(host, lambda asked: [usual(asked)]) as asked:
        look(CameraNetworks.of([a_host()]), only=host, listen_s=0.3)
    assert asked == []


@pytest.mark.parametrize(
    ("networks", "asked"),
    [
        (["10.1.2.3"], 1),
        (["10.1.2.0/24"], 254),
        (["10.1.0.0/22"], 1022),
        (["10.1.0.0/21"], 0),
        (["10.1.2.0/24", "10.1.2.0/25"], 254),
        (["0.0.0.0/0", "fd00::/120"], 0),
        ([f"10.{number}.0.0/22" for number in range(9)], MOST_ASKED),
    ],
)
def test_hosts_of_small_networks_are_asked_one_by_one(networks: list[str], asked: int) -> None:
    assert len(hosts_to_ask(CameraNetworks.of(networks).allowed)) == asked


@pytest.mark.parametrize(
    ("networks", "address", "named"),
    [
        (["10.0.0.0/8"], "10.1.2.3", True),
        (["10.0.0.0/8"], "192.168.1.1", False),
        (["10.0.0.0/8"], "93.184.216.34", False),
        (["0.0.0.0/0"], "93.184.216.34", True),
        (["0.0.0.0/0"], "169.254.169.254", False),
        (["0.0.0.0/0"], "239.255.255.250", False),
        ([], "10.1.2.3", False),
    ],
)
def test_only_networks_that_are_named_are_searched(networks: list[str], address: str, named: bool) -> None:
    assert CameraNetworks.of(networks).names(ip_address(address)) is named
