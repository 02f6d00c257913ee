"""What a simulated child says is what a real one says: a few reports of each visitor, with as few pictures."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest

from facesite.lab.simulation import children, sightings
from facesite.lab.simulation.children import BUSY_SHARE, Script, SimulatedChild
from facesite.lab.simulation.sightings import LASTS_S, SimulatedSighting
from people.recognition.types import Verdict
from streams.pipeline.analysis.reports import DETECTIONS_AT_MOST, STILL_HERE_S
from streams.pipeline.child.process import run_camera
from streams.pipeline.messages import CameraConfig, FromChild, Heartbeat, SightingChange


def test_a_visitor_is_reported_as_often_as_by_a_real_child() -> None:
    sighting = SimulatedSighting(["somebody"], gallery_version=7)
    said = [(second, change) for second in range(1, LASTS_S + 1) if (change := sighting.after_a_second())]
    moments = [second for second, _ in said]
    assert max(later - sooner for sooner, later in pairwise(moments)) <= STILL_HERE_S
    assert 1 <= sum(len(change.detections) for _, change in said) <= DETECTIONS_AT_MOST
    assert [change.ended for _, change in said] == [False] * (len(said) - 1) + [True]
    assert {change.id for _, change in said} == {sighting.id}


def test_an_unknown_visitor_has_no_name() -> None:
    sighting = SimulatedSighting(["somebody"], gallery_version=7, verdict=Verdict.UNKNOWN)
    assert sighting.change().person is None
    assert SimulatedSighting(["somebody"], gallery_version=7, verdict=Verdict.MATCH).change().person == "somebody"


def test_every_fifth_camera_has_visitors_and_the_others_never() -> None:
    script = Script([], 60.0, began=int, ended=int)
    assert script.next_sighting_s(BUSY_SHARE) < float("inf")
    assert script.next_sighting_s(BUSY_SHARE + 1) == float("inf")
    assert Script([], 0.0, began=int, ended=int).next_sighting_s(BUSY_SHARE) == float("inf")


async def test_a_child_that_is_stopped_ends_its_sighting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "CONNECTS_S", 0.0)
    heard: list[FromChild] = []
    turned: list[str] = []
    script = Script(
        ["somebody"],
        1e9,
        lambda pk: turned.append(f"{pk} began"),
        lambda pk: turned.append(f"{pk} ended"),
        random.Random(0),
    )
    config = CameraConfig(BUSY_SHARE, "camera", "0", False, 5.0, 40, None, "", "")
    child = SimulatedChild(config, run_camera, heard.append, script=script)
    await child.start()
    while not any(isinstance(message, SightingChange) for message in heard):
        await asyncio.sleep(0.01)
    assert await child.stop() == 0
    assert isinstance(heard[0], Heartbeat) and heard[0].state == "connecting"
    assert isinstance(heard[-1], SightingChange) and heard[-1].ended
    assert turned == ["5 began", "5 ended"]
    assert sightings.SNAPSHOT in {
        item.snapshot for said in heard if isinstance(said, SightingChange) for item in said.detections
    }
