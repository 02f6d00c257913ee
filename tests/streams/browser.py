"""A browser's end of a socket, for tests; channels.testing has one, but wants daphne, which nothing else needs."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class BrowserSocket(ApplicationCommunicator):  # type: ignore[misc]
    def __init__(self, application: Any, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        super().__init__(application, scope)

    async def connect(self) -> int | None:
        """None when the socket was accepted, else the code that it was closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=5)
        return None if answer["type"] == "websocket.accept" else int(answer.get("code") or 1000)

    async def say(self, message: dict[str, Any]) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> str | bytes:
        """The next message. AssertionError when the socket is closed instead."""
        said = await self.receive_output(timeout=5)
        assert said["type"] == "websocket.send", said
        return said["text"] if said.get("text") is not None else said["bytes"]

    async def hear_close(self) -> int:
        """Pass over everything until the socket is closed; its code."""
        while (said := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return int(said["code"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)
