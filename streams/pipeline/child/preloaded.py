"""What every camera's child needs, loaded once in the process that they are forked from (streams/running/forking.py).

Modules only: no session and no thread, which a fork would not take along. Nothing else imports this module.
"""

import os

# numpy and ONNX Runtime read these when they are loaded: one core for each child (child/process.py).
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
os.environ["ORT_NUM_THREADS"] = "1"

import gc

import people.recognition.engine.engine  # noqa: F401
import streams.pipeline.child.camera
import streams.pipeline.child.liveness
import streams.pipeline.child.orders
import streams.pipeline.child.outbox
import streams.pipeline.child.process
import streams.pipeline.child.trial  # noqa: F401

gc.collect()
gc.freeze()  # a collection in a child would write to the pages of all these objects, and so copy them
