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
# user:password@ of any address, also of one within a longer text; and the values of query parameters that are secrets.
_LOGIN = re.compile(r"(?P<scheme>\b[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/?#]*@")
_PARAMETER = re.compile(r"(?i)\b(password|passwd|pwd|pass|token|secret|api_?key|access_?token|signature)=[^\s&\"']+")
_HEADER = re.compile(r"(?i)\b(bearer|token|basic) +[A-Za-z0-9._~+/=-]{8,}")


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
    """`text` without the credentials in it."""
    text = _LOGIN.sub(r"\g<scheme>***@", text)
    text = _PARAMETER.sub(r"\1=***", text)
    return _HEADER.sub(r"\1 ***", text)


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
