"""The process that sends one message through Apprise, and can do nothing else.

Apprise's plugins open connections by themselves, to hosts that stand in the channel's address. This process has no
Django, no database and no secrets but this address. An audit hook of Python's, which nothing takes back, lets it
connect to the networks that are allowed, and refuses it programs, other sockets, and files outside of Python's own
folders.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from html import escape
from importlib import import_module
from ipaddress import ip_address
from typing import Any

import requests  # noqa: F401 - loaded before the wall stands, with all that it needs
from apprise.common import NotifyFormat

from streams.channels.apprise_services import service_of
from streams.channels.reasons import ChannelReason
from streams.pipeline.sources.networks import CameraNetworks

_FORBIDDEN = re.compile(
    r"subprocess\.|os\.(system|exec|fork|forkpty|posix_spawn|spawn|startfile|putenv|remove|rename|rmdir|mkdir|chmod"
    r"|chown|link|symlink|truncate|listdir|scandir|kill)|pty\.|ctypes\.|socket\.(bind|sendto|sendmsg)|syslog\.|signal\."
)
_READABLE = (sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix))
_STATUS = re.compile(r"error=(\d{3})\b")


class Wall:
    """The audit hook. `refused` is the last address to which the plugin was not let."""

    def __init__(self, networks: CameraNetworks) -> None:
        self._networks = networks
        self.refused = ""

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Raises PermissionError, in the code that tried, for what is not allowed."""
        if event == "socket.connect":
            self._connect(args[1])
        elif event == "open":
            self._open(*args)
        elif _FORBIDDEN.match(event):
            raise PermissionError(f"{event} is not allowed here")

    def _connect(self, address: Any) -> None:
        try:
            host = ip_address(str(address[0]).split("%", 1)[0])
        except (ValueError, IndexError, TypeError):  # a socket of this machine, or a name that nobody checked
            raise PermissionError("only checked addresses are connected to") from None
        if not self._networks.permit(host):
            self.refused = str(host)
            raise PermissionError(f"{host} is not allowed")

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if writes or not (isinstance(path, str) and os.path.realpath(path).startswith(_READABLE)):
            raise PermissionError(f"{path} is not opened here")


class Heard(logging.Handler):
    """Keeps of Apprise's log what tells why: the number of an HTTP error. Its lines may hold secrets."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.status = 0

    def emit(self, record: logging.LogRecord) -> None:
        if found := _STATUS.search(record.getMessage()):
            self.status = int(found[1])


def send(url: str, title: str, text: str, networks: CameraNetworks) -> str:
    """Sends it and returns "", or returns the sentence that says why it did not arrive."""
    service = service_of(url)
    plugin = getattr(import_module(f"apprise.plugins.{service.module}"), service.plugin)
    heard, wall = Heard(), Wall(networks)
    log = logging.getLogger("apprise")
    log.addHandler(heard)
    log.propagate = False
    sys.addaudithook(wall)
    parts = plugin.parse_url(url)
    try:
        made = plugin(**parts) if parts else None
    except TypeError:  # what Apprise raises for an address that lacks something
        made = None
    if made is None:
        return ChannelReason.BAD_SERVICE_ADDRESS.said(service=service.name)
    made.verify_certificate = True
    if made.resolve_format() == NotifyFormat.HTML:  # Telegram's usual: it refuses what it takes for an unknown tag
        title, text = escape(title, quote=False), escape(text, quote=False)
    if made.notify(title=title, body=text):
        return ""
    return _why(service.name, heard.status, wall.refused)


def _why(service: str, status: int, refused: str) -> str:
    if refused:
        return ChannelReason.NETWORK.said(host=refused)
    if status:
        return ChannelReason.SERVICE_ANSWERED.said(service=service, status=status)
    return ChannelReason.SERVICE_SILENT.said(service=service)


def main() -> None:
    asked = json.load(sys.stdin)
    networks = CameraNetworks.of(asked["networks"])
    json.dump({"problem": send(asked["url"], asked["title"], asked["text"], networks)}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # what the plugin may have left running ends here


if __name__ == "__main__":
    main()
