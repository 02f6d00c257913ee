"""The main function of a short-lived process without Django that searches the network for cameras once."""

from __future__ import annotations

import os
import queue
import signal
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection

from streams.pipeline.errors import SourceDown
from streams.pipeline.onvif.found import FoundDevice, SearchResult
from streams.pipeline.onvif.probing import LISTEN_S, Matches, ProbeMatch, look
from streams.pipeline.onvif.profiles import streams_of
from streams.pipeline.onvif.soap import Conversation
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import redact
from streams.pipeline.sources.confinement import forbid_connections
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.logins import CameraLogin
from streams.pipeline.sources.networks import CameraNetworks

AT_ONCE = 8
"""Devices that are asked at a time."""
DEVICE_S = 8.0
"""For all questions to one device; about 20 of them, and small cameras take 0.1 to 0.3 s for one."""
ASKING_S = 16.0
"""For all devices: no further one is asked after it, and the one that was has the time that is left."""
SPARE_S = 1.0
"""For answers that come at the last moment."""
USUAL_SERVICE = "http://{address}/onvif/device_service"
"""Where ONVIF says that a device is asked, if it did not answer over UDP."""


@dataclass(frozen=True, slots=True)
class SearchOrder:
    """Parent to child, when the child starts: the networks that CAMERA_NETWORKS names.

    `device`: the IP address of the one device to ask; empty: everybody is asked, and nobody gets a login. A stranger's
    device could use a login that it was sent at other cameras.
    """

    networks: tuple[str, ...] = ()
    device: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


def run_search(order: SearchOrder, pipe: Connection) -> None:
    """Sends one SearchResult and leaves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    gates = gates_for(order)
    forbid_connections()
    pipe.send(search_once(order, gates))
    os._exit(0)  # a device that trickles would hold a thread


def gates_for(order: SearchOrder) -> list[Gate]:
    """Returns a gate for each device that is asked at a time. Make them before connections are forbidden."""
    networks = CameraNetworks.of(order.networks)
    return [Gate(networks) for _ in range(1 if order.device else AT_ONCE)]


def search_once(order: SearchOrder, gates: list[Gate], listen_s: float = LISTEN_S) -> SearchResult:
    """Returns the devices that answer within `listen_s`, with their streams."""
    networks = CameraNetworks.of(order.networks)
    if not networks.allowed:
        return SearchResult(reason=Reason.NO_NETWORK.said())
    matches = look(networks, order.device, listen_s)
    if order.device and not matches.devices:
        matches = Matches((ProbeMatch(order.device, (USUAL_SERVICE.format(address=order.device),)),))
    login = CameraLogin(order.username, order.password) if order.device else CameraLogin("", "")
    return SearchResult(_asked_all(matches.devices, login, gates), matches.left_out)


def _asked_all(matches: tuple[ProbeMatch, ...], login: CameraLogin, gates: list[Gate]) -> tuple[FoundDevice, ...]:
    """Asks each device, as many at a time as there are gates, and leaves those behind that hold their thread."""
    free: queue.SimpleQueue[Gate] = queue.SimpleQueue()
    for gate in gates:
        free.put(gate)
    ask = partial(_asked, login=login, free=free, until_s=time.monotonic() + ASKING_S)
    threads = ThreadPoolExecutor(len(gates))
    asked = [threads.submit(ask, match) for match in matches]
    done = wait(asked, ASKING_S + SPARE_S).done
    threads.shutdown(wait=False, cancel_futures=True)
    late = Reason.DEVICE_SLOW.said(within_s=DEVICE_S)
    return tuple(
        each.result() if each in done else FoundDevice(match.address, match.name, match.model, reason=late)
        for match, each in zip(matches, asked, strict=True)
    )


def _asked(match: ProbeMatch, login: CameraLogin, free: queue.SimpleQueue[Gate], until_s: float) -> FoundDevice:
    """Asks one device, if there is time."""
    said = partial(FoundDevice, match.address, match.name, match.model)
    within_s = min(DEVICE_S, until_s - time.monotonic())
    if within_s <= 0:
        return said(reason=Reason.NOT_ASKED.said())
    gate = free.get()
    try:
        device = Conversation(match.address, gate, login, within_s)
        return said(streams_of(device, _service(device, match)))
    except SourceDown as down:
        return said(reason=down.said)
    except Exception as surprise:  # noqa: BLE001 - one device's surprise costs the others nothing
        return said(reason=Reason.SURPRISE.said(why=redact(str(surprise))))
    finally:
        free.put(gate)


def _service(device: Conversation, match: ProbeMatch) -> str:
    """Returns the device's own address among those it names. Raises SourceDown if there is none."""
    for service in match.services:
        if device.is_own(service):
            return service
    raise SourceDown(Reason.NAMES_ELSEWHERE.said())
