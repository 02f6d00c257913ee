"""`manage.py benchmark_api`: how many pictures a second a running site recognises, end to end over HTTP."""

from __future__ import annotations

import http.client
import statistics
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Send a picture to a running site for some seconds, and say how many were recognised and how quickly."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="of the site, such as http://127.0.0.1:8000")
        parser.add_argument("key", help="an API key that may recognise")
        parser.add_argument("picture", type=Path)
        parser.add_argument("--seconds", type=float, default=10)
        parser.add_argument("--clients", type=int, default=2)
        parser.add_argument("--faces", choices=["all", "biggest"], default="all")

    def handle(self, *, url: str, key: str, picture: Path, **options: Any) -> None:
        call = Call(url, key, picture.read_bytes(), options["faces"])
        call.send()  # the first one starts the recogniser
        end = time.perf_counter() + options["seconds"]
        with ThreadPoolExecutor(options["clients"]) as pool:
            times = [each for one in pool.map(call.send_until, [end] * options["clients"]) for each in one]
        rate, median = len(times) / options["seconds"], statistics.median(times)
        slow = statistics.quantiles(times, n=20)[-1]
        self.stdout.write(f"{rate:.1f} requests/s; median {1000 * median:.0f} ms, 95 % within {1000 * slow:.0f} ms")


class Call:
    """One request, made ready once."""

    def __init__(self, url: str, key: str, picture: bytes, faces: str) -> None:
        self.site = urlsplit(url)
        boundary = uuid4().hex
        part = f"--{boundary}\r\nContent-Disposition: form-data; name="
        head = f'{part}"faces"\r\n\r\n{faces}\r\n{part}"image"; filename="picture"\r\n\r\n'
        self.body = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
        self.headers = {"X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"}

    def send(self, connection: http.client.HTTPConnection | None = None) -> None:
        """Raises CommandError for any answer but 200."""
        connection = connection or self.connect()
        connection.request("POST", "/api/v1/recognise/", self.body, self.headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != http.client.OK:
            raise CommandError(f"the site answered {answer.status}: {said[:300].decode(errors='replace')}")

    def send_until(self, end: float) -> list[float]:
        """Seconds that each request took."""
        connection, times = self.connect(), []
        while (began := time.perf_counter()) < end:
            self.send(connection)
            times.append(time.perf_counter() - began)
        return times

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.site.scheme == "https" else http.client.HTTPConnection
        return kind(self.site.netloc, timeout=60)
