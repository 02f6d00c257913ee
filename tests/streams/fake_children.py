"""Camera children that need no camera: module level functions without Django, so that spawn can run them."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from facesite.lab.processes import memory_mb
from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import OFFERED
from people.recognition.engine.networks import networks_of
from people.recognition.pictures.images import decode
from streams.pipeline.child.orders import Orders
from streams.pipeline.messages import CameraConfig, GaveUp, Stop, UseGallery, WatchMode
from streams.pipeline.states import ChildState
from tests.streams.said import heartbeat, overlay, sighting_change

BEAT_S = 0.1


def talks(config: CameraConfig, pipe: Connection) -> None:
    """Says every tenth of a second that it lives, shows frames while watched, and has one visitor."""
    version, watching, frame = 0, WatchMode(False, False), 0
    change = sighting_change(first_seen_at=datetime.now(UTC), last_seen_at=datetime.now(UTC))
    pipe.send(change)
    orders = Orders(pipe)
    while True:
        while pipe.poll(BEAT_S):
            said = orders.receive()
            if isinstance(said, Stop):
                pipe.send(replace(change, ended=True))
                return
            if isinstance(said, UseGallery):
                version = said.gallery.version
            if isinstance(said, WatchMode):
                watching = said
        frame += 1
        pipe.send(heartbeat(gallery_version=version))
        if watching.preview or watching.annotated:
            pipe.send(overlay(frame, annotated=b"\xff\xd8 boxes \xff\xd9"))


def falls_silent(config: CameraConfig, pipe: Connection) -> None:
    """Speaks once and hangs."""
    pipe.send(heartbeat())
    time.sleep(600)


def connects(config: CameraConfig, pipe: Connection) -> None:
    """Says that it tries to reach its camera, and never reaches it."""
    pipe.send(heartbeat(state=ChildState.CONNECTING))
    orders = Orders(pipe)
    while not isinstance(orders.receive(), Stop):
        pass


def dies(config: CameraConfig, pipe: Connection) -> None:
    """Leaves with an error after its first word."""
    pipe.send(heartbeat())
    os._exit(3)


def ends(config: CameraConfig, pipe: Connection) -> None:
    """Says that its file has ended, and leaves."""
    pipe.send(heartbeat(state="ended", reason="The file has ended."))


def is_deaf(config: CameraConfig, pipe: Connection) -> None:
    """Speaks, and does not listen."""
    while True:
        pipe.send(heartbeat())
        time.sleep(BEAT_S)


def hangs_with_a_visitor(config: CameraConfig, pipe: Connection) -> None:
    """Has a visitor, and never ends the sighting, as it does not listen."""
    pipe.send(sighting_change(first_seen_at=datetime.now(UTC), last_seen_at=datetime.now(UTC)))
    is_deaf(config, pipe)


def floods(config: CameraConfig, pipe: Connection) -> None:
    """Says more than anybody reads: 400 overlays of 50 KB, then one sighting."""
    for frame in range(400):
        pipe.send(overlay(frame, preview=bytes(50_000)))
    pipe.send(sighting_change())
    pipe.recv()


def gives_up(config: CameraConfig, pipe: Connection) -> None:
    """Says why it cannot work, and leaves."""
    pipe.send(GaveUp("The recognition engine cannot be used: the encodings are not what they should be."))


def loaded(pipe: Connection) -> None:
    """Says who it is, who its parent is, how many threads it began with, and whether it began with the libraries."""
    pipe.send((os.getpid(), os.getppid(), len([*Path("/proc/self/task").iterdir()]), "dlib" in sys.modules))


def encodes(folder: str, portrait: str, pipe: Connection) -> None:
    """Says a portrait's encoding, whether this process had the networks, and the memory that it alone has, in MB."""
    networks = networks_of(Path(folder))
    had_them = {"yunet", "landmarks", "encoder", "sface"} <= set(vars(networks))
    engine = Engine(OFFERED[0], networks)
    image = decode(Path(portrait).read_bytes(), max_bytes=50_000_000)
    encoded = engine.encode(image, engine.detect(image))
    engine.rest()
    pipe.send((encoded[0], had_them, memory_mb(os.getpid())[1]))


def hangs_until_its_parent_is_gone(pipe: Connection) -> None:
    """Says who its own parent is."""
    pipe.send(os.getppid())
    pipe.poll(None)
