"""What a log line looks like, what it says of its request or camera, and what it must never say.

Credentials in addresses are taken out at the handler: whatever library wrote them, whatever format is used.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_CONTEXT: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)
# Whoever reads a log must not be able to use what stands there. Each pattern begins where no word goes on to the left,
# so that a line of 64 kB, which a client can send as an address, is read once and not once for each character.
_SECRETS = [
    # user:password@ of any address, also of one within a longer text.
    (re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^\s/?#]*@"), r"\1***@"),
    # Query parameters and cookies, by the last word of their name: X-Goog-Signature, access_token, sessionid.
    (
        re.compile(
            r"(?i)(?<![\w-])((?:[a-z0-9]+[_-])*(?:password|passwd|pwd|pass|token|secret|api[_-]?key|accesstoken|signature"
            r"|credential|sessionid|csrftoken|csrfmiddlewaretoken))=[^\s&\"']+"
        ),
        r"\1=***",
    ),
    # Names that are secrets in an address alone: `code` and `state` of a single sign-on.
    (re.compile(r"(?i)(?<=[?&;])(key|code|state|sig|auth)=[^\s&\"']+"), r"\1=***"),
    (re.compile(r"(?i)\b(bearer|token|basic) +[A-Za-z0-9._~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"(?i)\b(key:? +)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), r"\1***"),
    # Links to pictures, also as a part of another address (?next=%2Fmedia…), and whatever else Django has signed.
    (re.compile(r"(?i)(/by-link/|%2Fby-link%2F)[^\s/?#&\"']+"), r"\1***"),
    (re.compile(r"(?<![\w.-])[\w.-]{6,}(?::|%3A)[A-Za-z0-9]{5,8}(?::|%3A)[A-Za-z0-9_-]{43}(?![\w-])"), "***"),
    # One-time links (a new password), and tokens of the API: a number or a time, and a hash.
    (re.compile(r"(?<![\w-])(?:[0-9A-Za-z]{1,13}-)?[0-9a-z]{1,18}-(?:[0-9a-f]{40}|[0-9a-f]{32})(?![\w-])"), "***"),
]

# C0 and C1 but for the tab, and the two separators of Unicode that end a line for many readers.
_SPELT_OUT = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), *range(127, 160))}
_SPELT_OUT |= {0x2028: "\\u2028", 0x2029: "\\u2029"}
# Those of them that JSON writes as they are.
_LEFT_BY_JSON = {code: f"\\u{code:04x}" for code in (*range(127, 160), 0x2028, 0x2029)}

_PROCESS: dict[str, str] = {}


def identify(**said: str) -> None:
    """Say these with every line of this process in JSON, as `worker`."""
    _PROCESS.update(said)


def bind(**said: str) -> None:
    """Say these with every further line of this task or thread, as `request_id`."""
    _CONTEXT.set({**(_CONTEXT.get() or {}), **said})


def _context() -> dict[str, str]:
    return _CONTEXT.get() or {}


def redacted(text: str) -> str:
    """Returns `text` without the credentials in it."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


def one_line(text: str) -> str:
    """Returns `text` with its control characters spelt out, so that no path or name can begin a line of its own."""
    return text.translate(_SPELT_OUT)


class LineFormatter(logging.Formatter):
    """For people: one line, and the traceback below."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        context = "".join(f" {name}={value}" for name, value in _context().items())
        record.message = one_line(record.message)
        return super().formatMessage(record) + one_line(context)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """For machines: an object per line, with the fields that Google's and other collectors know."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
            "process": record.process,
            **_PROCESS,
            **_context(),
        }
        if camera := getattr(record, "camera", None):  # logger.warning(…, extra={"camera": slug})
            said["camera"] = str(camera)
        if record.exc_info:
            said["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False).translate(_LEFT_BY_JSON)
