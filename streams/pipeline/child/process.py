"""The main function of a camera child, a process without Django that ends on Stop or with its pipe."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if multiprocessing.current_process().name != "MainProcess":
    # We plan one core per child. numpy and ONNX Runtime read these variables when they are loaded, so they are set
    # before: spawn imports this module before it unpickles the arguments. (parent_process() is not known by then.)
    # Where children are forked, preloaded.py has done it.
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ORT_NUM_THREADS"):
        os.environ[_name] = "1"

if TYPE_CHECKING:
    from streams.pipeline.child.camera import CameraRun
    from streams.pipeline.messages import CameraConfig
    from streams.pipeline.sources.sending import SentPictures

NETWORKS_FOLDER = "NETWORKS_OF_CHILDREN"
"""In the environment of the process that children are forked from: the folder of the networks to open there."""
NICE = 5
"""Cameras that want more than the processor has must not keep their worker from renewing leases."""
ANALYSIS_NICE = 5
"""Added for the analysis, which may take the newest frame a little later: reading and decoding may not. A camera that
somebody wakes decodes the 2 s before, in 0.16 s of processor time. Beside nine awake ones on two cores that took up to
0.6 s; with this it takes 0.3 s, and frames of busy cameras become events as fast as before."""
FLUSH_S = 3.0
"""How long the last sighting changes may take to pass the pipe when the child leaves."""


def run_camera(config: CameraConfig, pipe: Connection) -> None:
    """Recognises faces on one camera until the parent sends Stop, dies, or sends SIGTERM.

    Sends GaveUp and leaves when a network is needed that cannot be loaded or computes wrong values.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent tells us to stop
    os.nice(NICE)
    _call_this_process(f"camera-{config.slug}")

    import cv2

    from people.recognition.engine.engine import Engine
    from people.recognition.engine.kinds import OFFERED, offered
    from people.recognition.errors import RecognitionError
    from streams.pipeline.child.camera import CameraRun
    from streams.pipeline.child.liveness import liveness_of
    from streams.pipeline.child.outbox import PipeOutbox
    from streams.pipeline.messages import GaveUp
    from streams.pipeline.reasons import Reason
    from streams.pipeline.sources.addresses import is_address
    from streams.pipeline.sources.confinement import forbid_connections
    from streams.pipeline.sources.gate import Gate
    from streams.pipeline.sources.networks import CameraNetworks
    from streams.pipeline.sources.sending import SentPictures
    from streams.pipeline.sources.sources import open_source

    cv2.setNumThreads(1)
    weights_dir = Path(config.weights_dir) if config.weights_dir else None  # "": use the installed package's
    engine = Engine.resting(Path(config.cache_dir), offered(config.engine) or OFFERED[0], weights_dir=weights_dir)
    gate = Gate(CameraNetworks.of(config.networks))
    if is_address(config.source):  # a video in cloud storage is fetched by Google's client, which connects by itself
        forbid_connections()  # from here on only the gate connects: every thread below is started by this one
    outbox = PipeOutbox(pipe)
    outbox.start()
    sent = SentPictures()
    liveness, lacks = liveness_of(config)
    camera = CameraRun(
        config,
        engine,
        outbox.put,
        open_source=partial(
            open_source,
            gate=gate,
            smallest_face_px=config.smallest_face_px,
            snapshot_every_s=config.snapshot_seconds,
            transport=config.transport,
            seen_live=set(),
            sent=sent,
            videos=config.videos,
        ),
        overlays_dropped=lambda: outbox.overlays_dropped,
        footage_dropped=lambda: outbox.footage_dropped,
        liveness=liveness,
        lacks=lacks,
        analysis_nice=ANALYSIS_NICE,
    )
    signal.signal(signal.SIGTERM, lambda *_: camera.stop())
    Thread(target=_listen, args=(pipe, camera, sent), name="orders", daemon=True).start()
    gave_up = None
    try:
        camera.run()
    except RecognitionError as error:  # a network is needed, and cannot be had
        gave_up = GaveUp(Reason.NO_ENGINE.said(why=str(error)))
    outbox.close(FLUSH_S)
    if gave_up:
        with suppress(OSError):  # the parent is gone
            pipe.send(gave_up)
    # Skip the interpreter's own clean-up: the capture thread may sit in a native read for many seconds.
    os._exit(0)


def _call_this_process(name: str) -> None:
    """Shows the name's first 15 characters in lists of processes (Linux): a forked child has no command line."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)


def _listen(pipe: Connection, camera: CameraRun, sent: SentPictures) -> None:
    """Passes on the parent's orders and pictures; stops the camera when the parent's end of the pipe closes."""
    from streams.pipeline.child.orders import Orders
    from streams.pipeline.messages import SentPicture

    orders = Orders(pipe)
    while True:
        try:
            message = orders.receive()
        except (EOFError, OSError):
            camera.stop()
            return
        if isinstance(message, SentPicture):
            sent.put(message.jpeg)
        else:
            camera.order(message)
