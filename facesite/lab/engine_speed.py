"""Measures how fast the engine is beside dlib and face_recognition: one run, one core, one thread each.

Times are processor time. On a free core this is the time by the clock, and it stays right while other work shares the
core.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.kinds import width_of
from people.recognition.engine.landmarks import chip
from people.recognition.engine.mmod import resized
from people.recognition.engine.sface import SIDE_PX as SFACE_PX
from people.recognition.evaluation import reference
from people.recognition.gallery.gallery import Gallery
from people.recognition.pictures.images import decode, jpeg
from people.recognition.reading.photo import read_photo
from people.recognition.types import Image, Vector

FRAME_PX = (640, 480)
MAX_BYTES = 50_000_000
GALLERY_SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}
BATCH = 16
PEOPLE_REFUSED, COUNTER_EXAMPLES = 100, 3
"""So many people have so many counter-examples each in the search that is measured with them."""
Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Step:
    """Median processor time of one step in milliseconds, ours and the reference's."""

    name: str
    ours_ms: float
    reference_ms: float
    reference: str

    @property
    def ratio(self) -> float:
        return self.reference_ms / self.ours_ms


@dataclass(frozen=True, slots=True)
class SpeedReport:
    steps: tuple[Step, ...]
    search_ms: dict[str, dict[str, float]]
    """Milliseconds by gallery size: for one probe alone, and for each of a batch of 16; `…_refusing` with
    counter-examples of PEOPLE_REFUSED people."""
    enrol_photos_per_s: float
    vector_difference: float
    """Largest difference of any component between our raw vectors and dlib's."""
    engine: str

    def as_json(self) -> dict[str, Any]:
        """Returns the stable keys of `manage.py benchmark --json`."""
        ratios = {step.name: step.ratio for step in self.steps}
        return {
            "encode_ratio": _rounded(ratios["encode"]),
            "detect_cnn_ratio": _rounded(ratios["detect_cnn"]),
            "search_ms": {size: _rounded(times["alone"]) for size, times in self.search_ms.items()},
            "search_batch_ms": {size: _rounded(times["batch"]) for size, times in self.search_ms.items()},
            "counter_examples_ratio": {
                size: round(times["batch_refusing"] / max(times["batch"], 1e-6), 2)
                for size, times in self.search_ms.items()
            },
            "enrol_photos_per_s": _rounded(self.enrol_photos_per_s),
            "vector_difference": self.vector_difference,
            "steps": {
                step.name: {
                    "ours_ms": _rounded(step.ours_ms),
                    "reference_ms": _rounded(step.reference_ms),
                    "reference": step.reference,
                    "ratio": _rounded(step.ratio),
                }
                for step in self.steps
            },
            "engine": self.engine,
        }


def on_one_core(measure: Callable[..., Measured], *arguments: Any) -> Measured:
    """Returns what `measure` gives in a process of its own that has one core and one thread of linear algebra."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy reads this when it is imported, hence the new process
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_keep_to_one_core) as pool:
        return pool.submit(measure, *arguments).result()


def _keep_to_one_core() -> None:
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def benchmark(
    pictures: Sequence[Path],
    cache_dir: Path,
    clip: Path | None = None,
    *,
    sizes: dict[str, int] = GALLERY_SIZES,
) -> SpeedReport:
    """Measures everything on `pictures`, or on frames of `clip`. Raises BadImage or ValueError if there is no face."""
    engine = Engine.load(cache_dir)
    images = _clip_frames(clip) if clip else [_picture(path) for path in pictures]
    chips = _chips(engine, images)
    steps = (*_encode(engine, chips), *_detect(engine, _frame(images[0])), _whole(engine, _frame(images[0])))
    return SpeedReport(
        steps=steps,
        search_ms={name: _search(size, engine.key) for name, size in sizes.items()},
        enrol_photos_per_s=_enrolments(engine, images),
        vector_difference=float(np.abs(engine.networks.encoder.raw(chips) - reference.encode_chips(list(chips))).max()),
        engine=engine.key,
    )


def _encode(engine: Engine, chips: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[Step, ...]:
    """Times one chip alone, and each of a batch: a face on video is two chips, a photo six."""
    batch = np.resize(chips, (BATCH, *chips.shape[1:]))
    ours, theirs = _medians(
        lambda: engine.networks.encoder.raw(chips[:1]), lambda: reference.encode_chips([chips[0]]), rounds=15
    )
    many, _none = _medians(lambda: engine.networks.encoder.raw(batch), lambda: None, rounds=5)
    sface = np.zeros((1, SFACE_PX, SFACE_PX, 3), np.uint8)
    view, two = _medians(
        lambda: engine.networks.sface.raw(sface), lambda: engine.networks.encoder.raw(batch[:2]), rounds=15
    )
    return (
        Step("encode", ours, theirs, "dlib"),
        Step("encode_batch", many / BATCH, theirs, "dlib"),
        Step("sface_view", view, two, "two views by our graph of dlib's network"),
    )


def _detect(engine: Engine, frame: Image) -> tuple[Step, ...]:
    hog, _same = _medians(lambda: reference.detect_hog(frame), lambda: None, rounds=5)
    mmod = engine.networks.mmod
    ours, theirs = _medians(lambda: mmod.find(frame, 80), lambda: reference.detect_cnn(frame), rounds=3)
    video, every = _medians(lambda: engine.find(frame, 80), lambda: engine.detect(frame), rounds=7)
    small, _none = _medians(lambda: engine.find(frame, 40), lambda: None, rounds=7)
    return (
        Step("detect_cnn", ours, theirs, "dlib CNN"),
        Step("detect_on_video", video, theirs, "dlib CNN"),
        Step("detect_on_video_hog", video, hog, "dlib HOG"),
        Step("detect_from_40_px", small, hog, "dlib HOG"),
        Step("detect_in_picture", every, hog, "dlib HOG"),
    )


def _whole(engine: Engine, frame: Image) -> Step:
    """Times the way from the frame to encodings, as on a camera, beside face_recognition's usual way."""

    def ours() -> None:
        engine.encode(frame, engine.detect(frame), Crops.PROBE)

    def theirs() -> None:
        reference.face_encodings(frame, reference.detect_hog(frame, upsample=1))

    theirs()  # its import and its networks are loaded at first use
    return Step("whole_frame", *_medians(ours, theirs, rounds=5), "face_recognition (HOG)")


def _search(size: int, key: str) -> dict[str, float]:
    chance = np.random.default_rng(0)
    templates = chance.standard_normal((size, width_of(key)), dtype=np.float32)
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    gallery = Gallery(1, key, tuple(map(str, range(size))), templates)
    probes = templates[:BATCH].copy()
    gallery.identify_many(probes)  # a large one makes its codes
    refusing = gallery.with_counter_examples(_counter_examples(size, width_of(key)))
    plain, guarded = _medians(lambda: gallery.identify(probes[0]), lambda: refusing.identify(probes[0]), rounds=15)
    many, many_guarded = _medians(
        lambda: gallery.identify_many(probes), lambda: refusing.identify_many(probes), rounds=15
    )
    return {
        "alone": plain,
        "batch": many / BATCH,
        "alone_refusing": guarded,
        "batch_refusing": many_guarded / BATCH,
    }


def _counter_examples(size: int, width: int) -> list[tuple[str, int, Vector]]:
    chance = np.random.default_rng(1)
    people = chance.choice(size, min(size, PEOPLE_REFUSED), replace=False).repeat(COUNTER_EXAMPLES).tolist()
    vectors = chance.standard_normal((len(people), width), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [(str(person), number, vector) for number, (person, vector) in enumerate(zip(people, vectors, strict=True))]


def _enrolments(engine: Engine, images: Sequence[Image]) -> float:
    files = [jpeg(image) for image in images]
    start = time.process_time()
    for data in files:
        read_photo(engine, data, chosen_box=None, max_bytes=MAX_BYTES)
    return len(files) / (time.process_time() - start)


def _medians(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Returns median milliseconds of both, taken in turns so that a busy moment hits both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for call, taken in zip((ours, theirs), times, strict=True):
            start = time.process_time()
            call()
            taken.append(1000 * (time.process_time() - start))
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])  # the first warms up


def _chips(engine: Engine, images: Sequence[Image]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    chips = [chip(image, face.landmarks) for image in images for face in engine.detect(image)]
    if not chips:
        raise ValueError("expected at least one face to measure with, found none")
    return np.array(chips)


def _picture(path: Path) -> Image:
    return decode(path.read_bytes(), max_bytes=MAX_BYTES)


def _frame(image: Image) -> Image:
    """Puts the picture on a frame of 640 x 480, as large as fits."""
    width, height = FRAME_PX
    fitted = resized(image, min(width / image.shape[1], height / image.shape[0]))[:height, :width]
    frame = np.full((height, width, 3), 127, np.uint8)
    frame[: fitted.shape[0], : fitted.shape[1]] = fitted
    return frame


def _clip_frames(clip: Path, count: int = 8) -> list[Image]:
    """Returns frames spread evenly over the clip. Raises ValueError if it has none."""
    video = cv2.VideoCapture(str(clip))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    frames = []
    for number in range(count):
        video.set(cv2.CAP_PROP_POS_FRAMES, number * max(total, 1) // count)
        read, frame = video.read()
        if read:
            frames.append(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8))
    video.release()
    if not frames:
        raise ValueError(f"expected a clip with frames, {clip.name} has none")
    return frames


def _rounded(value: float) -> float:
    return round(value, 3)
