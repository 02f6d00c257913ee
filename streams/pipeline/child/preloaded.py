"""What every camera's child needs, loaded once in the process that they are forked from (streams/running/forking.py).

Modules, and the networks of the folder that the environment names. No thread, which a fork would not take along.
Nothing else imports this module.
"""

import os

# numpy and ONNX Runtime read these when they are loaded: one core for each child (child/process.py).
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
os.environ["ORT_NUM_THREADS"] = "1"

import gc
from contextlib import suppress
from pathlib import Path

import cv2

import streams.pipeline.child.camera
import streams.pipeline.child.liveness
import streams.pipeline.child.orders
import streams.pipeline.child.outbox
import streams.pipeline.child.process
import streams.pipeline.child.trial
from people.recognition.engine.networks import open_for_forks
from people.recognition.errors import RecognitionError

cv2.setNumThreads(1)
if folder := os.environ.get(streams.pipeline.child.process.NETWORKS_FOLDER):
    with suppress(RecognitionError):  # each child tries anew, and says why it cannot
        open_for_forks(Path(folder))
gc.collect()
gc.freeze()  # a collection in a child would write to the pages of all these objects, and so copy them
