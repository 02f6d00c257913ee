"""What a spawned child has loaded. In a module without Django of its own, as the child imports it."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection

import streams.pipeline.child.process  # noqa: F401 - first, as in a camera's child: it sets the number of threads
from streams.pipeline.messages import CameraConfig

UNWANTED = {"django", "channels", "rest_framework", "face_recognition"}


def report_modules(config: CameraConfig, pipe: Connection) -> None:
    """What a child has loaded that has imported everything run_camera needs."""
    import people.recognition.engine.engine  # noqa: F401
    import streams.pipeline.child.camera
    import streams.pipeline.child.outbox  # noqa: F401

    strange = sorted({name.split(".")[0] for name in sys.modules} & UNWANTED)
    pipe.send((strange, os.environ.get("OMP_NUM_THREADS"), config.slug))
