"""The protocols that the installed FFmpeg knows, asked of its own library."""

from __future__ import annotations

import ctypes
from pathlib import Path

import av


def known_protocols() -> list[str]:
    """Returns what `ffmpeg -protocols` lists for input."""
    (path,) = (Path(av.__file__).parent.parent / "av.libs").glob("libavformat-*.so*")
    library = ctypes.CDLL(str(path))
    library.avio_enum_protocols.restype = ctypes.c_char_p
    state, names = ctypes.c_void_p(), []
    while name := library.avio_enum_protocols(ctypes.byref(state), 0):
        names.append(name.decode())
    return names


def addresses(protocol: str, place: str) -> list[str]:
    """Returns the ways in which FFmpeg would write an address at `place` for this protocol."""
    return [
        f"{protocol}://{place}/x",
        f"{protocol}:http://{place}/x",
        f"{protocol}+http://{place}/x",
        f"{protocol},,start,0,end,9,,:http://{place}/x",
    ]
