"""CompreFace's JavaScript client in a process of Node, one call after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NODE = Path(sys.executable).with_name("node")
SCRIPT = Path(__file__).with_name("clients") / "compreface_sdk.mjs"
PACKAGE = Path(__file__).resolve().parents[3] / "node_modules" / "@exadel" / "compreface-js-sdk" / "package.json"


class JavaScriptSdk:
    """Sends each call as a line to the script, and reads its outcome as a line."""

    def __init__(self, process: subprocess.Popen[str], key: str) -> None:
        self._process, self._key = process, key

    def answer(self, call: str, *values: object, **options: object) -> Any:
        """Returns what a call such as `faces.add` resolves to; `options` are the client's own, for all its calls."""
        outcome = self._outcome(call, values, options)
        assert "answer" in outcome, outcome
        return outcome["answer"]

    def refusal(self, call: str, *values: object, key: str | None = None) -> tuple[int, int]:
        """Returns the status and the code of CompreFace with which the site refuses a call."""
        outcome = self._outcome(call, values, {}, key)
        assert "refusal" in outcome, outcome
        return outcome["status"], outcome["refusal"]["code"]

    def _outcome(
        self, call: str, values: tuple[object, ...], options: dict[str, object], key: str | None = None
    ) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        service, name = call.split(".")
        asked = {"service": service, "name": name, "values": values, "options": options, "key": key or self._key}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the client ended"
        outcome: dict[str, Any] = json.loads(line)
        return outcome


@contextmanager
def javascript_sdk(served: tuple[str, int], key: str, folder: Path) -> Iterator[JavaScriptSdk]:
    """Yields the client for the site at `served`; its relative paths start from `folder`."""
    host, port = served
    with subprocess.Popen(
        [NODE, SCRIPT, f"http://{host}", str(port)],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield JavaScriptSdk(process, key)
        finally:
            process.kill()
