"""Figures of a worker's children."""

import pytest
from prometheus_client.metrics_core import Metric

from streams.records.camera import Camera
from tests.streams.conftest import Start
from tests.streams.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def value(figures: list[Metric], name: str) -> float:
    (sample,) = (sample for figure in figures for sample in figure.samples if sample.name == name)
    assert sample.labels in ({}, {"camera": "hall"})
    return sample.value


async def test_a_worker_tells_what_its_children_did(hall: Camera, start: Start) -> None:
    worker = start()
    await until(lambda: worker.publisher.heard)
    figures = worker.figures()
    assert value(figures, "facesite_worker_cameras") == 1
    assert value(figures, "facesite_worker_capacity_cameras") == 8
    assert value(figures, "facesite_camera_starts_total") == 1
    assert value(figures, "facesite_camera_frames_dropped_total") == 3
    assert value(figures, "facesite_camera_packets_lost_total") == 7
    assert value(figures, "facesite_outbox_sightings") >= 0
