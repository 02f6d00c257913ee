"""A camera's child without a camera, for measuring galleries; without Django, so that spawn can run it."""

from __future__ import annotations

from multiprocessing.connection import Connection

import numpy as np

from streams.pipeline.child.orders import Orders
from streams.pipeline.messages import CameraConfig, Stop, UseGallery

FACES_IN_VIEW = 5
"""Encodings that it looks up before it says that it decides by a new gallery: a sighting's, of a stranger."""


def decides(config: CameraConfig, pipe: Connection) -> None:
    """Says each gallery's version when it has looked up faces in it, and 0 at the start."""
    orders = Orders(pipe)
    pipe.send(0)
    while not isinstance(said := orders.receive(), Stop):
        if isinstance(said, UseGallery):
            faces = np.random.default_rng(0).standard_normal((FACES_IN_VIEW, said.gallery.width), np.float32)
            said.gallery.identify_many(faces / np.linalg.norm(faces, axis=1, keepdims=True))
            pipe.send(said.gallery.version)
