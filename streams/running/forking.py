"""Starts children for cameras and trials from a process that has their libraries and networks loaded already.

On Linux a fork server does it: a child is there in hundredths of a second instead of two, and shares the memory of the
libraries and of the networks' weights with its siblings. It is started with the first child, ends with the worker, and
is started anew if it was killed; children that run do not need it. Elsewhere each child starts its own interpreter (on
macOS system libraries do not survive a fork).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from django.conf import settings

from streams.pipeline.child.process import NETWORKS_FOLDER

DYING_S = 5.0
"""A killed process answers nobody, but only when its memory is given back is it known to be dead (0.1 s)."""
PRELOADED = "streams.pipeline.child.preloaded"
"""It is found from the folder that the worker was started in; from another one children start as without it."""


def children() -> ForkServerContext | SpawnContext:
    """Returns the context in which pipes and processes of children are made."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    return context


def start(process: BaseProcess) -> None:
    """Starts a process of `children`; waits for a new fork server if the old one dies just now. Raises OSError."""
    until = time.monotonic() + DYING_S
    while True:
        try:
            _ensure_server()
            return process.start()
        except (EOFError, ConnectionError):
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


def _ensure_server() -> None:
    """Starts the fork server with the folder of the networks in its environment, if there is none."""
    if sys.platform != "linux":
        return
    os.environ[NETWORKS_FOLDER] = str(settings.MODEL_CACHE)
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop(NETWORKS_FOLDER, None)
