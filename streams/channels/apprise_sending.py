"""The channel kind Apprise: Telegram, Slack, Teams and others, each message by a process of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from streams.channels.apprise_services import service_of
from streams.channels.message import Message, Receiver
from streams.channels.reasons import ChannelReason, repeated
from streams.errors import NotDelivered

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
# 20 s: the process needs half a second for itself; services answer within seconds, or not at all.
WITHIN_S = 20.0


def deliver(message: Message, to: Receiver, within_s: float = WITHIN_S) -> None:
    """Sends `message`. Raises NotDelivered."""
    service = service_of(to.secret["url"]).name
    text = "\n".join(filter(None, [message.text, message.link]))
    networks = [str(network) for network in to.networks.allowed]
    asked = {"url": to.secret["url"], "title": message.title, "text": text, "networks": networks}
    try:
        # By its standard input: a command line can be read by others. Nothing of the environment: it holds secrets.
        ended = subprocess.run(
            [sys.executable, "-m", "streams.channels.apprise_child"], cwd=ROOT, env={}, input=json.dumps(asked),
            capture_output=True, text=True, timeout=within_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotDelivered(ChannelReason.SERVICE_SLOW.said(service=service, within_s=within_s)) from None
    problem = _problem(ended.stdout)
    if problem is None:
        logger.warning("what sends to %s ended with %s", service, ended.returncode)
        raise NotDelivered(ChannelReason.SERVICE_BROKE.said(service=service))
    if problem:
        raise NotDelivered(repeated(problem))


def _problem(answer: str) -> str | None:
    """Returns what the process said, or None if that cannot be read."""
    try:
        return str(json.loads(answer)["problem"])
    except (ValueError, KeyError, TypeError):
        return None
