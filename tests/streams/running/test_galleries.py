"""The gallery reaches the cameras: after doorbells, sweeps and outages."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from channels.db import database_sync_to_async

from people.editing.services import retire_person
from people.gallery import counter_examples
from people.gallery.calibrating import set_thresholds
from people.gallery.engine_choice import EngineChoice
from people.gallery.renewing import StampedGallery, without_wear
from people.recognition.engine.kinds import DLIB, FUSED, engine_key
from people.recognition.gallery import ledger
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.pipeline.messages import UseGallery
from streams.running import galleries
from streams.running.galleries import GalleryKeeper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told() -> list[UseGallery]:
    """What the keeper handed on."""
    return []


@pytest.fixture
async def keeper(told: list[UseGallery]) -> AsyncIterator[GalleryKeeper]:
    keeper = GalleryKeeper(told.append)
    yield keeper
    await keeper.close()


def enrolled(name: str) -> Person:
    person = Person.objects.create(name=name)
    photo = Photo.objects.create(person=person, sha256=name, state="enrolled", image="photos/1.jpg")
    for engine in (FUSED, DLIB):
        vector = np.zeros(engine.width, np.float32)
        vector[0] = 1
        Encoding.objects.create(photo=photo, engine=engine.key, vector=vector, quality=0.9)
    return person


async def test_a_retired_person_is_gone_after_the_next_look(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    ann = await database_sync_to_async(enrolled)("Ann")
    await keeper.look()
    assert told[-1].names == {str(ann.pk): "Ann"}
    await database_sync_to_async(retire_person)(person=ann, by=None)
    await keeper.look()
    assert len(told[-1].gallery) == 0
    assert told[-1].gallery.version > told[-2].gallery.version


async def test_a_counter_example_reaches_the_cameras_with_the_next_look_also_while_many_photos_come(
    keeper: GalleryKeeper, told: list[UseGallery]
) -> None:
    ann = await database_sync_to_async(enrolled)("Ann")
    for name in "abcdef":
        await database_sync_to_async(enrolled)(name)
        await keeper.look()
    face = np.zeros(FUSED.width, np.float32)
    face[0] = 1
    said = {"person": ann, "engine": FUSED.key, "vector": face, "sighting_id": uuid4(), "who": "Ann"}
    await database_sync_to_async(counter_examples.add)(**said)
    await keeper.look()
    assert told[-1].gallery.refusing(str(ann.pk), face) is not None
    await database_sync_to_async(counter_examples.remove)(sightings=[said["sighting_id"]])
    await keeper.look()
    assert told[-1].gallery.refusing(str(ann.pk), face) is None


async def test_a_gallery_that_did_not_change_is_not_loaded_again(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    for _ in range(3):
        await keeper.look()
    assert len(told) == 1


async def test_a_doorbell_that_was_lost_costs_two_seconds_at_most(
    keeper: GalleryKeeper, told: list[UseGallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert galleries.LOOK_EVERY_S <= 2
    monkeypatch.setattr(galleries, "LOOK_EVERY_S", 0.05)
    stop = asyncio.Event()
    running = asyncio.create_task(keeper.run(stop))
    while not told:
        await asyncio.sleep(0.01)
    await database_sync_to_async(enrolled)("Ann")
    async with asyncio.timeout(5):
        while not len(told[-1].gallery):
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_a_database_that_is_away_leaves_the_gallery_in_use(
    keeper: GalleryKeeper, told: list[UseGallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    await keeper.look()

    def away() -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(galleries, "current_stamp", away)
    monkeypatch.setattr(galleries, "LOOK_EVERY_S", 0.01)
    stop = asyncio.Event()
    running = asyncio.create_task(keeper.run(stop))
    await asyncio.sleep(0.1)
    stop.set()
    await running
    assert keeper.current is told[0]


async def test_thresholds_put_into_force_come_with_the_next_look(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    await keeper.look()
    usual = FUSED.distances.thresholds
    assert told[-1].thresholds == usual
    await database_sync_to_async(set_thresholds)(match=0.6, reason="a try", by=None)
    await keeper.look()
    assert told[-1].thresholds == usual.with_match(0.6)


async def test_a_worker_of_another_engine_says_so_and_uses_what_its_own_engine_encoded(
    keeper: GalleryKeeper, told: list[UseGallery], caplog: pytest.LogCaptureFixture
) -> None:
    await database_sync_to_async(enrolled)("Ann")
    await EngineChoice.objects.acreate(engine="the next one")
    await keeper.look()
    assert (told[-1].gallery.engine, len(told[-1].gallery)) == (engine_key(), 1)
    assert "the site uses the next one" in caplog.text


async def test_switching_the_engine_is_a_change_of_the_gallery(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    await keeper.look()
    await EngineChoice.objects.acreate(engine=engine_key())
    await keeper.look()
    assert len(told) == 2


async def test_the_gallery_and_the_thresholds_are_those_of_the_engine_in_use(
    keeper: GalleryKeeper, told: list[UseGallery]
) -> None:
    await database_sync_to_async(enrolled)("Ann")
    for engine in (FUSED, DLIB, FUSED):
        await EngineChoice.objects.acreate(engine=engine.key)
        await keeper.look()
        assert (told[-1].gallery.engine, len(told[-1].gallery)) == (engine.key, 1)
        assert told[-1].thresholds == engine.distances.thresholds


async def test_while_many_are_added_they_come_a_few_times_and_whoever_leaves_is_gone_at_once(
    keeper: GalleryKeeper, told: list[UseGallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = []
    for number in range(2 * galleries.MOST_ADDITIONS):
        people.append(await database_sync_to_async(enrolled)(f"Person {number}"))
        await keeper.look()
    assert len(told) == galleries.MOST_ADDITIONS
    await database_sync_to_async(retire_person)(person=people[0], by=None)
    await keeper.look()
    assert set(told[-1].names) == {str(person.pk) for person in people[1:]}
    await database_sync_to_async(enrolled)("The last one")
    await keeper.look()
    assert len(told[-1].names) == len(people) - 1
    monkeypatch.setattr(galleries, "ADDITIONS_S", 0.0)
    await keeper.look()
    assert "The last one" in told[-1].names.values()


async def test_new_thresholds_do_not_wait_for_the_many(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    for number in range(galleries.MOST_ADDITIONS + 1):
        await database_sync_to_async(enrolled)(f"Person {number}")
        await keeper.look()
    await database_sync_to_async(set_thresholds)(match=0.5, reason="a try", by=None)
    await keeper.look()
    assert told[-1].thresholds == FUSED.distances.thresholds.with_match(0.5)


async def test_a_change_is_written_into_the_same_memory(keeper: GalleryKeeper, told: list[UseGallery]) -> None:
    ann = await database_sync_to_async(enrolled)("Ann")
    await keeper.look()
    await database_sync_to_async(retire_person)(person=ann, by=None)
    await keeper.look()
    memories = {said.gallery.shared.extent.memory for said in told if said.gallery.shared}
    assert len(memories) == 1 and len(told) == 2


async def test_a_worn_gallery_is_renewed_beside_its_use_and_misses_nothing(
    keeper: GalleryKeeper, told: list[UseGallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await database_sync_to_async(enrolled)(f"Person {number}") for number in range(3)]
    await keeper.look()
    monkeypatch.setattr(ledger, "TAIL_ROWS", 0)
    await database_sync_to_async(retire_person)(person=people[0], by=None)
    await keeper.look()
    await database_sync_to_async(retire_person)(person=people[1], by=None)
    assert keeper._renewal is not None
    await keeper._renewal
    await keeper.look()
    assert told[-1].names == {str(people[2].pk): "Person 2"}
    assert told[-1].gallery.shared is not None and told[-2].gallery.shared is not None
    assert told[-1].gallery.shared.extent.memory != told[-2].gallery.shared.extent.memory
    assert len(told[-1].gallery.ids) == 2  # the one retired meanwhile, as a row that is gone


async def test_an_engine_switched_while_a_worn_gallery_is_renewed_stays_in_use(
    keeper: GalleryKeeper, told: list[UseGallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await database_sync_to_async(enrolled)(f"Person {number}") for number in range(2)]
    await keeper.look()
    monkeypatch.setattr(ledger, "TAIL_ROWS", 0)
    switched = threading.Event()

    def slowly(worn: StampedGallery) -> StampedGallery:
        switched.wait(10)
        return without_wear(worn)

    monkeypatch.setattr(galleries, "without_wear", slowly)
    await database_sync_to_async(retire_person)(person=people[0], by=None)
    await keeper.look()
    await EngineChoice.objects.acreate(engine=DLIB.key)
    await keeper.look()
    switched.set()
    assert keeper._renewal is not None
    await keeper._renewal
    await keeper.look()
    assert (told[-1].gallery.engine, len(told[-1].gallery)) == (DLIB.key, 1)
