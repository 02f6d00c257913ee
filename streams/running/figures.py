"""Figures for monitoring that only the worker knows: what its children did, and what waits in its queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from people.base.figures import Figure, Sample, counter, gauge
from streams.pipeline.messages import Heartbeat
from streams.running.fleet import Fleet
from streams.running.publisher import Publisher
from streams.running.runner import CameraRunner

# Counted since the start of the camera's child: each new child starts again at 0, as counters may.
_OF_CHILDREN = {
    "frames_read": "Frames that came from the source",
    "frames_analysed": "Frames in which faces were looked for",
    "frames_dropped": "Frames passed over because a newer one was there",
    "encodings_made": "Encodings made of faces",
    "overlays_dropped": "Pictures for viewers dropped by the child",
}


def worker_figures(fleet: Fleet, publisher: Publisher, *, capacity: int, wanted: float) -> list[Figure]:
    """Returns the figures of this worker alone, without asking the database."""
    runners = dict(fleet.runners)  # a copy: another thread calls this
    return [
        gauge("facesite_worker_cameras", "Cameras that this worker runs.", len(runners)),
        gauge("facesite_worker_capacity_cameras", "Cameras that this worker would take.", capacity),
        gauge(
            "facesite_worker_cameras_wanted",
            "Cameras that are this worker's even share, whether it can run so many or not.",
            wanted,
        ),
        counter(
            "facesite_camera_starts_total",
            "How often this worker has started the child of each camera.",
            *(Sample(runner.starts, {"camera": runner.config.slug}) for runner in runners.values()),
        ),
        *_children(runners, publisher),
        gauge("facesite_outbox_sightings", "Sightings that wait for the database.", len(publisher.outbox)),
        counter(
            "facesite_sightings_dropped_total",
            "Sightings lost: the outbox was full.",
            publisher.outbox.sightings_dropped,
        ),
        counter(
            "facesite_sightings_refused_total", "Sightings that could not be recorded.", publisher.recorder.dropped
        ),
        counter(
            "facesite_snapshots_dropped_total",
            "Snapshots dropped while the database was away.",
            publisher.outbox.snapshots_dropped,
        ),
        counter(
            "facesite_previews_replaced_total",
            "Pictures for viewers that a newer one replaced before they were sent.",
            publisher.previews.overlays_dropped,
        ),
        *_delays(publisher),
    ]


def _children(runners: Mapping[int, CameraRunner], publisher: Publisher) -> Iterator[Figure]:
    heard: dict[str, Heartbeat] = {
        runner.config.slug: beat for pk, runner in runners.items() if (beat := publisher.heard.get(pk))
    }
    for name, meaning in _OF_CHILDREN.items():
        samples = (Sample(getattr(beat, name), {"camera": slug}) for slug, beat in heard.items())
        yield counter(f"facesite_camera_{name}_total", f"{meaning}, by camera.", *samples)


def _delays(publisher: Publisher) -> Iterator[Figure]:
    summary = publisher.recorder.delays.summary()
    if summary is not None:
        quantiles = {"0.5": summary.p50_ms, "0.95": summary.p95_ms, "1": summary.worst_ms}
        yield gauge(
            "facesite_event_delay_seconds",
            f"From capture to event, quantiles of the last {summary.count} sightings.",
            *(Sample(delay_ms / 1000, {"quantile": quantile}) for quantile, delay_ms in quantiles.items()),
        )
