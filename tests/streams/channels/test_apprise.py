"""Services through Apprise: which there are, and what the process that sends may do."""

from __future__ import annotations

import inspect
import json
import socket
import subprocess
import sys
import time
import warnings
from datetime import UTC, datetime

import pytest
from apprise.manager_plugins import NotificationManager

from streams.channels import apprise_sending
from streams.channels.apprise_services import SERVICES, service_of
from streams.channels.message import Message, Receiver
from streams.channels.reasons import ChannelReason
from streams.errors import BadChannel, NotDelivered
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.channels.receivers import receiving
from tests.streams.pipeline.servers import black_hole, serving

KNOWN = NotificationManager()
OTHER_WAYS = ("subprocess", "dbus", "ctypes", "smtplib", "paho", "slixmpp", "gntp", "smpplib", "pika", "socket")
"""Modules of plugins that send in other ways than by HTTPS."""
MESSAGE = Message("d1", "alert", datetime.now(UTC), "An unknown person at Hall", "12:03:00 CET", {})


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """All plugins, as this test alone loads them: some import what Python is about to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        KNOWN.load_modules()


def plugin_of(scheme: str) -> type:
    return next(each for each in KNOWN.plugins(include_disabled=True) if scheme in each.schemas(each))


def test_a_channel_takes_exactly_the_words_of_the_list_of_all_that_apprise_knows() -> None:
    for scheme in KNOWN.schemas():
        if scheme in SERVICES:
            assert service_of(f"{scheme}://host/token") is SERVICES[scheme]
        else:
            with pytest.raises(BadChannel):
                service_of(f"{scheme}://host/token")
    assert len(KNOWN.schemas()) > 200 and SERVICES.keys() <= set(KNOWN.schemas())


@pytest.mark.parametrize("scheme", sorted(SERVICES))
def test_each_of_them_speaks_https_alone(scheme: str) -> None:
    plugin, ours = plugin_of(scheme), SERVICES[scheme]
    source = inspect.getsource(sys.modules[plugin.__module__])
    assert (plugin.__module__, plugin.__name__) == (f"apprise.plugins.{ours.module}", ours.plugin)
    secure = plugin.secure_protocol
    assert scheme in ((secure,) if isinstance(secure, str) else secure)
    assert "requests" in source and not any(f"import {way}" in source for way in OTHER_WAYS)


@pytest.mark.parametrize("scheme", ["syslog", "dbus", "gnome", "macosx", "windows", "json", "form", "mailto", "mqtt"])
def test_what_writes_to_this_machine_or_has_a_kind_of_its_own_is_none_of_them(scheme: str) -> None:
    assert scheme in KNOWN.schemas() and scheme not in SERVICES


@pytest.mark.parametrize("url", ["", "tgram", "file:///etc/passwd", "exec://id", "tgram://a\nb", "TGRAM ://x", "//x"])
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(BadChannel):
        service_of(url)


def refused(url: str, *networks: str, within_s: float = 20) -> str:
    with pytest.raises(NotDelivered) as error:
        apprise_sending.deliver(MESSAGE, Receiver({}, {"url": url}, CameraNetworks.of(networks)), within_s)
    return str(error.value)


def test_a_host_of_this_network_is_refused_unless_the_setting_names_it() -> None:
    reached: list[socket.socket] = []
    with serving(reached.append) as port:
        said = refused(f"gotifys://127.0.0.1:{port}/AbCdEfGhIjKlMnO")
        assert said == ChannelReason.NETWORK.said(host="127.0.0.1") and not reached
        assert "could not be reached" in refused(f"gotifys://127.0.0.1:{port}/AbCdEfGhIjKlMnO", "127.0.0.0/8")
    assert reached


def test_a_service_that_hangs_costs_the_time_and_no_more() -> None:
    started = time.monotonic()
    with serving(black_hole) as port:
        said = refused(f"gotifys://127.0.0.1:{port}/AbCdEfGhIjKlMnO", "127.0.0.0/8", within_s=2)
    assert said == ChannelReason.SERVICE_SLOW.said(service="Gotify", within_s=2) and time.monotonic() - started < 10


def test_an_address_that_lacks_something_is_told_without_its_secrets() -> None:
    assert refused("tgram://nothing-here/") == ChannelReason.BAD_SERVICE_ADDRESS.said(service="Telegram")


def in_child(code: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` as the process that sends does, behind its wall, which lets it connect to this machine."""
    begin = (
        "import sys, os, json\nimport streams.channels.apprise_child as child\n"
        "from streams.pipeline.sources.networks import CameraNetworks\n"
        "here = CameraNetworks.of(['127.0.0.0/8'])\n"
    )
    run = [sys.executable, "-c", begin + code]
    return subprocess.run(
        run, cwd=apprise_sending.ROOT, env={}, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_message_arrives() -> None:
    code = """
from streams.channels.apprise_services import SERVICES, AppriseService
SERVICES["gotify"] = AppriseService("Gotify", "gotify", "NotifyGotify")  # without encryption, for this test
print(json.dumps(child.send("gotify://127.0.0.1:PORT/AbCdEfGhIjKlMnO", "A title", "A text", here)))
"""
    with receiving(200, 401) as receiver:
        ended = in_child(code.replace("PORT", str(receiver.port)))
        told = in_child(code.replace("PORT", str(receiver.port)))
    assert ended.stdout.strip() == '""', ended.stderr
    assert json.loads(receiver.got[0][1])["message"] == "A text"
    assert json.loads(told.stdout) == ChannelReason.SERVICE_ANSWERED.said(service="Gotify", status=401)


HOSTILE = "Gate <-> Yard: <b>R&D</b> & “&lt;” < 3"


def test_telegram_is_sent_names_as_text_and_no_marks_of_its_own() -> None:
    """It refuses a message with a mark that it does not know, and with it, for a day, whatever waits behind."""
    code = f"""
import requests
from html.parser import HTMLParser
got = []
class Answer:
    status_code, content, headers = 200, b'{{"ok": true}}', {{}}
    text = content.decode()
requests.Session.request = lambda self, method, url, **more: got.append(more["data"]) or Answer()
said = child.send("tgram://123456789:abcdefg_hijklmnop/123456", {HOSTILE!r}, {HOSTILE!r} + chr(10) + "Rule: A_b", here)
parts = []
class Read(HTMLParser):
    def handle_starttag(self, tag, attributes): parts.append("<" + tag)
    def handle_data(self, data): parts.append(data)
message = json.loads(got[0])
Read().feed(message["text"])
print(json.dumps([said, message["parse_mode"], "".join(parts)]))
"""
    ended = in_child(code)
    said, mode, shown = json.loads(ended.stdout.splitlines()[-1] if ended.stdout else ended.stderr)
    assert (said, mode) == ("", "HTML")
    assert shown.split() == f"<b{HOSTILE} {HOSTILE} Rule: A_b".split()


TRIED = [
    "subprocess.run(['true'])",
    "os.system('true')",
    "os.fork()",
    "open('/etc/passwd')",
    "open('/tmp/written-by-a-plugin', 'w')",
    "os.open('/tmp/written-by-a-plugin', os.O_CREAT)",
    "socket.socket().bind(('127.0.0.1', 0))",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
    "socket.socket(socket.AF_UNIX).connect('/run/socket')",
    "socket.create_connection(('10.0.0.1', 9), 1)",
    "socket.socket().connect(('localhost', 9))",
    "ctypes.CDLL(None)",
]


def test_the_process_can_do_nothing_else() -> None:
    code = f"""
import ctypes, socket, subprocess
sys.addaudithook(child.Wall(here))
for tried in {TRIED!r}:
    try:
        exec(tried)
    except PermissionError as error:
        print("refused", flush=True)
    except BaseException as error:
        print(tried, repr(error), flush=True)
    else:
        print(tried, "was done", flush=True)
"""
    ended = in_child(code)
    assert ended.stdout.splitlines() == ["refused"] * len(TRIED), ended.stderr
