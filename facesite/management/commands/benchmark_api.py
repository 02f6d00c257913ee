"""`manage.py benchmark_api`: how many pictures a second a running site recognises, end to end over HTTP."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facesite.lab.machine_speed import view_ms

HEAD = "clients  requests/s   p50 ms   p95 ms"
COST = "   CPU ms a request: web  recognisers   a core's worth, requests/s"


@dataclass(frozen=True, slots=True)
class Run:
    """What some seconds with so many clients came to."""

    clients: int
    seconds: float
    times: list[float]
    spent: dict[int, float]
    """CPU seconds of each process of the site; empty where none was named."""

    def line(self, web: int | None) -> str:
        """Under HEAD, and under COST where `web` is the site's own process."""
        p50, p95 = 1000 * statistics.median(self.times), 1000 * statistics.quantiles(self.times, n=20)[-1]
        line = f"{self.clients:7} {len(self.times) / self.seconds:11.1f} {p50:8.0f} {p95:8.0f}"
        if web is None:
            return line
        own, all_ = (1000 * seconds / len(self.times) for seconds in (self.spent[web], sum(self.spent.values())))
        return f"{line}{own:24.1f} {all_ - own:12.1f} {1000 / all_:28.1f}"


class Command(BaseCommand):
    help = (
        "Send a picture to a running site for some seconds with 1, 2, 4 … clients, and say how many are recognised "
        "and how quickly. With --pid it also says what each costs in processor time."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="address of the site, such as http://127.0.0.1:8000")
        parser.add_argument("key", help="an API key that may recognise")
        parser.add_argument("picture", type=Path)
        parser.add_argument("--seconds", type=float, default=10, help="time for each number of clients")
        parser.add_argument("--clients", type=int, nargs="+", default=[1, 2, 4])
        parser.add_argument("--faces", choices=["all", "biggest"], default="all")
        parser.add_argument("--pid", type=int, help="process id of the site's web process on this machine (Linux)")
        parser.add_argument("--core", type=int, help="with --pid: keep the site, with its recognisers, on this core")

    def handle(self, *, url: str, key: str, picture: Path, pid: int | None, core: int | None, **options: Any) -> None:
        call = Call(url, key, picture.read_bytes(), options["faces"])
        call.send_until(time.perf_counter() + 2)  # starts the recogniser and fills every cache
        site = family(pid) if pid else []
        if pid:
            self._tell_speed()
        self.stdout.write(HEAD + (COST if pid else ""))
        with kept_on(core, site):
            for clients in options["clients"]:
                self.stdout.write(measured(call, clients, options["seconds"], site).line(pid))
        if pid:
            self._tell_speed()

    def _tell_speed(self) -> None:
        self.stdout.write(f"One view of a face by SFace takes {view_ms(Path(settings.MODEL_CACHE))} ms of a core now.")


@contextmanager
def kept_on(core: int | None, site: list[psutil.Process]) -> Iterator[None]:
    """The site on one core and this process on the others, as long as the block runs."""
    if core is None or not site:
        yield
        return
    others = os.sched_getaffinity(0) - {core}
    with on_one_core(site, core), on_one_core([psutil.Process()], min(others or {core})):
        yield


@contextmanager
def on_one_core(processes: list[psutil.Process], core: int) -> Iterator[None]:
    """Keep all threads of `processes` on `core` while the block runs. Raises PermissionError for another user's.

    By the system's own call: psutil's cpu_affinity() moves the first thread of a process and those made later.
    """
    before = {thread: os.sched_getaffinity(thread) for process in processes for thread in _threads(process)}
    try:
        for thread in before:
            _keep(thread, {core})
        yield
    finally:
        for process in processes:
            for thread in _threads(process):  # those made meanwhile have inherited the core
                _keep(thread, before.get(thread, before[process.pid]))


def _threads(process: psutil.Process) -> list[int]:
    try:
        return [thread.id for thread in process.threads()]
    except psutil.NoSuchProcess:
        return []


def _keep(thread: int, cores: set[int]) -> None:
    with suppress(ProcessLookupError):  # it has just ended
        os.sched_setaffinity(thread, cores)


def family(pid: int) -> list[psutil.Process]:
    """The process and every living one below it. Raises CommandError where there is none."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess as error:
        raise CommandError(f"there is no process {pid}") from error


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time so far, with all its threads; 0 for one that has ended."""
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(spent.user + spent.system)


def measured(call: Call, clients: int, seconds: float, site: list[psutil.Process]) -> Run:
    before, began = [cpu_seconds(process) for process in site], time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [each for one in pool.map(call.send_until, [began + seconds] * clients) for each in one]
    after, took = [cpu_seconds(process) for process in site], time.perf_counter() - began
    if len(times) < 2:
        raise CommandError("fewer than two pictures were recognised: give it more --seconds")
    return Run(
        clients, took, times, {each.pid: now - then for each, now, then in zip(site, after, before, strict=True)}
    )


class Call:
    """One request, made ready once."""

    def __init__(self, url: str, key: str, picture: bytes, faces: str) -> None:
        self.site = urlsplit(url)
        boundary = uuid4().hex
        part = f"--{boundary}\r\nContent-Disposition: form-data; name="
        head = f'{part}"faces"\r\n\r\n{faces}\r\n{part}"image"; filename="picture"\r\n\r\n'
        self.body = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
        self.headers = {"X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"}

    def send(self, connection: http.client.HTTPConnection) -> None:
        """Raises CommandError for any answer but 200."""
        connection.request("POST", "/api/v1/recognise/", self.body, self.headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != http.client.OK:
            raise CommandError(f"the site answered {answer.status}: {said[:300].decode(errors='replace')}")

    def send_until(self, end: float) -> list[float]:
        """Seconds that each request took; one at least."""
        times: list[float] = []
        with closing(self.connect()) as connection:
            while not times or time.perf_counter() < end:
                began = time.perf_counter()
                self.send(connection)
                times.append(time.perf_counter() - began)
        return times

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.site.scheme == "https" else http.client.HTTPConnection
        return kind(self.site.netloc, timeout=60)
