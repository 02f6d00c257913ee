"""Figures for monitoring that only the worker knows: what its children did, and what waits in its queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from people.base.figures import counter_by, gauge_by
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
    "packets_lost": "Packets of RTSP video that did not come in time",
    "footage_dropped": "Whole frames and clips dropped by the child",
    "overlays_dropped": "Pictures for viewers dropped by the child",
}


def worker_figures(fleet: Fleet, publisher: Publisher, *, capacity: int, wanted: float) -> list[Metric]:
    """Returns the figures of this worker alone, without asking the database."""
    runners = dict(fleet.runners)  # a copy: another thread calls this
    return [
        GaugeMetricFamily("facesite_worker_cameras", "Cameras that this worker runs.", len(runners)),
        GaugeMetricFamily("facesite_worker_capacity_cameras", "Cameras that this worker would take.", capacity),
        GaugeMetricFamily(
            "facesite_worker_cameras_wanted",
            "This worker's even share of the cameras, whether it can run that many or not.",
            wanted,
        ),
        counter_by(
            "camera",
            "facesite_camera_starts_total",
            "How often this worker has started the child of each camera.",
            {runner.config.slug: runner.starts for runner in runners.values()},
        ),
        *_children(runners, publisher),
        GaugeMetricFamily("facesite_outbox_sightings", "Sightings that wait for the database.", len(publisher.outbox)),
        CounterMetricFamily(
            "facesite_sightings_dropped_total",
            "Sightings lost: the outbox was full.",
            publisher.outbox.sightings_dropped,
        ),
        CounterMetricFamily(
            "facesite_sightings_refused_total", "Sightings that could not be recorded.", publisher.recorder.dropped
        ),
        CounterMetricFamily(
            "facesite_snapshots_dropped_total",
            "Snapshots dropped while the database was away.",
            publisher.outbox.snapshots_dropped,
        ),
        CounterMetricFamily(
            "facesite_footage_dropped_total",
            "Whole frames and clips dropped because storage or database were away or slow.",
            publisher.outbox.footage_dropped + publisher.footage.dropped,
        ),
        CounterMetricFamily(
            "facesite_previews_replaced_total",
            "Pictures for viewers that a newer one replaced before they were sent.",
            publisher.previews.overlays_dropped,
        ),
        *_delays(publisher),
    ]


def _children(runners: Mapping[int, CameraRunner], publisher: Publisher) -> Iterator[Metric]:
    heard: dict[str, Heartbeat] = {
        runner.config.slug: beat for pk, runner in runners.items() if (beat := publisher.heard.get(pk))
    }
    for name, meaning in _OF_CHILDREN.items():
        told = {slug: getattr(beat, name) for slug, beat in heard.items()}
        yield counter_by("camera", f"facesite_camera_{name}_total", f"{meaning}, by camera.", told)


def _delays(publisher: Publisher) -> Iterator[Metric]:
    summary = publisher.recorder.delays.summary()
    if summary is not None:
        quantiles = {"0.5": summary.p50_ms, "0.95": summary.p95_ms, "1": summary.worst_ms}
        yield gauge_by(
            "quantile",
            "facesite_event_delay_seconds",
            f"From capture to event, quantiles of the last {summary.count} sightings.",
            {quantile: delay_ms / 1000 for quantile, delay_ms in quantiles.items()},
        )
