"""Builds CompreFace's JSON for faces and results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from people.dialect.options import Options
from people.dialect.similarity import probability
from people.recognition.engine.kinds import DLIB, FUSED
from people.recognition.reading.probing import Probe, Probes

DETECTOR, LANDMARKS = "libfacedetection.YuNet", "dlib.FivePoints"
CALCULATORS = {FUSED.key: "dlib.FaceResNet+SFace", DLIB.key: "dlib.FaceResNet"}


def told_face(probe: Probe, picture: Probes, options: Options, **own: Any) -> dict[str, Any]:
    """Returns one face with the requested plug-ins that exist here; `own` are the fields of the particular call."""
    box = probe.face.box
    told: dict[str, Any] = {
        "box": {
            "probability": probability(probe.face.score),
            "x_max": min(box.right, picture.width_px),
            "y_max": min(box.bottom, picture.height_px),
            "x_min": max(box.left, 0),
            "y_min": max(box.top, 0),
        }
    }
    if "landmarks" in options.plugins:
        told["landmarks"] = [[round(float(x)), round(float(y))] for x, y in probe.face.landmarks]
    if options.wants_embedding and probe.vector is not None:
        told["embedding"] = [float(number) for number in probe.vector]
    told.update(own)
    if options.status:
        told["execution_time"] = times(picture)
    return told


def times(picture: Probes) -> dict[str, float]:
    """Returns the times for a picture in milliseconds."""
    return {"detector": round(picture.detector_ms, 1), "calculator": round(picture.encoder_ms, 1)}


def versions(engine: str) -> dict[str, str]:
    """Returns the names of the networks that look at a picture, by their task."""
    return {"detector": DETECTOR, "calculator": CALCULATORS.get(engine, engine), "landmarks": LANDMARKS}


def told_result(result: Iterable[dict[str, Any]], options: Options, engine: str) -> dict[str, Any]:
    """Returns the whole answer."""
    answer: dict[str, Any] = {"result": list(result)}
    if options.status:
        wanted = {"detector", "calculator", *options.plugins}
        answer["plugins_versions"] = {name: version for name, version in versions(engine).items() if name in wanted}
    return answer
