"""The log file of `make run`: private, bounded, and the place of whatever would otherwise cover the console.

Whoever starts the site reads the address and the password on the console. Log lines, and what ONNX Runtime, OpenCV
and FFmpeg write to standard error in this process or in a child, would push them out of sight.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

from facesite.env import VAR

PATH = VAR / "log" / "facesite.log"
# 25 MB at most: some weeks of a site that is used by a few people, request lines included.
LARGEST_BYTES = 5_000_000
OLDER_FILES = 4
LONGEST_LINE = 10_000
"""Characters; a library that writes without line breaks must not fill the memory."""
_STDERR = 2
_END = "\0end of standard error\n"

logger = logging.getLogger(__name__)


class PrivateFile(RotatingFileHandler):
    """A log file that its owner alone may read. `console` is told, once, when a line cannot be written."""

    def __init__(self, path: Path, console: TextIO) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._console, self._failed = console, False
        super().__init__(path, maxBytes=LARGEST_BYTES, backupCount=OLDER_FILES, encoding="utf-8")

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - logging's own name
        """Returns whether the file is full. It is not asked whether this line still fits: each would be made twice."""
        return self.stream is not None and self.stream.tell() >= self.maxBytes

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        # Not on standard error as logging does it: that leads back into this file, and around for ever.
        self._tell(sys.exc_info()[1])

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:  # a full disk: it cannot take the last lines either
            self._tell(error)

    def _tell(self, error: BaseException | None) -> None:
        if not self._failed:
            self._failed = True
            self._console.write(f"A line could not be written to {self.baseFilename}: {error}\n")
            self._console.flush()

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors="backslashreplace", opener=_private)


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """Within the block, log lines and standard error of this process and its children go to `path`.

    Python's own dump of a crash still comes to the console, and so does everything after the block.
    """
    with os.fdopen(os.dup(_STDERR), "w") as console, closing(PrivateFile(path, console)) as handler:
        faulthandler.enable(console)
        try:
            with _handled_by(handler), _stderr_logged(console):
                yield
        finally:
            faulthandler.disable()  # or it would write to a closed file


@contextmanager
def _handled_by(handler: logging.Handler) -> Iterator[None]:
    """Root's handlers give way to `handler`, which writes in the format that they had."""
    root, before = logging.getLogger(), logging.getLogger().handlers
    handler.setFormatter(before[0].formatter if before else None)
    root.handlers = [handler]
    try:
        yield
    finally:
        root.handlers = before


@contextmanager
def _stderr_logged(console: TextIO) -> Iterator[None]:
    """Each line of standard error becomes a warning: a pipe instead of the file, which is renamed when it is full."""
    ours, theirs = os.pipe()
    os.dup2(theirs, _STDERR)  # children inherit this one
    os.close(theirs)
    reader = Thread(target=_log_lines, args=(ours,), name="standard-error", daemon=True)
    reader.start()
    try:
        yield
    finally:
        # Not by the pipe's end: a child that outlives the block would hold it open.
        os.write(_STDERR, f"\n{_END}".encode())  # what was said last may lack its line break
        os.dup2(console.fileno(), _STDERR)
        reader.join()


def _log_lines(pipe: int) -> None:
    with os.fdopen(pipe, errors="replace") as lines:
        while (line := lines.readline(LONGEST_LINE)) not in (_END, ""):
            if line.strip():
                logger.warning("%s", line.rstrip())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
