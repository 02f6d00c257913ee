"""What people click to hand over what they have found, and to see who is in a video."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from people.records.person import Person
from streams.cases.making import case_loop
from streams.jobs.working import JobLoop
from streams.videos.analysing import analyse_video
from streams.videos.video import Video
from tests.streams.cases.pictures import face
from tests.streams.pages.rows import NOON, a_camera, a_detection, a_sighting
from tests.streams.videos import scripts

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def test_what_a_filter_found_is_handed_over_and_verified(page: Page, media: Path, tmp_path: Path) -> None:
    side, front = a_camera("Side door"), a_camera("Front door")
    ada = Person.objects.create(name="Ada Lovelace")
    a_detection(a_sighting(side, ada), picture=face())
    a_detection(a_sighting(front, ada, at=NOON + timedelta(hours=1)), picture=face())
    page.goto(f"/sightings/?camera={side.slug}")
    page.get_by_role("link", name="Hand over as a case").click()
    expect(page.get_by_text("1 sighting")).to_be_visible()
    expect(page.get_by_text("Side door")).to_be_visible()
    page.get_by_role("button", name="Make the case").click()  # a title and a reason are asked for
    expect(page.get_by_role("heading", name="Hand over as a case")).to_be_visible()
    page.get_by_label("Title").fill("File 7")
    page.get_by_label("Why, and for whom").fill("Asked for by the police")
    page.get_by_role("button", name="Make the case").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    assert case_loop().work_on_one(threading.Event())
    with page.expect_download() as download:  # the page has loaded itself again meanwhile
        page.get_by_role("link", name="Download the ZIP").click()
    file = tmp_path / "case.zip"
    download.value.save_as(file)
    call_command("verify_case", str(file))
    page.get_by_text("Delete this case").click()
    page.get_by_role("button", name="Delete it now").click()
    expect(page.get_by_text("“File 7” was deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing was handed over so far.")).to_be_visible()


def test_a_video_becomes_a_line_of_time_from_which_one_jumps_to_a_moment(
    page: Page, media: Path, tmp_path: Path
) -> None:
    film = tmp_path / "yard.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42 a video")
    page.goto("/videos/")
    page.get_by_role("link", name="Analyse a video").click()
    page.get_by_label("Title").fill("Yard")
    page.get_by_label("Video file").set_input_files(film)
    page.get_by_role("button", name="Analyse it").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    loop = JobLoop(Video, lambda claim, stop: analyse_video(claim, stop, scripts.sees_everybody))
    assert loop.work_on_one(threading.Event())
    expect(page.get_by_text("0:02:00 long, 2 times a face was seen")).to_be_visible()
    page.get_by_role("link", name="0:01:20", exact=False).last.click()
    expect(page.get_by_role("heading", name="Yard")).to_be_visible()  # it is played here, not opened by itself
    assert page.locator("[data-player]").evaluate("player => player.currentTime >= 0")
    page.goto("/sightings/")
    expect(page.get_by_text("A sighting is kept for everybody whom a camera sees.")).to_be_visible()
