"""Pictures never queue: the next one waits for the acknowledgement of the last."""

from streams.live.flow import Flow

DOOR, HALL = 1, 2


def watching(*cameras: int) -> Flow:
    flow = Flow()
    flow.watch(cameras)
    return flow


def test_a_camera_that_is_not_watched_is_not_sent() -> None:
    assert not watching(DOOR).ring(HALL)


def test_the_next_picture_waits_for_the_acknowledgement() -> None:
    flow = watching(DOOR)
    assert flow.ring(DOOR)
    assert flow.send(DOOR, 1)
    assert not flow.ring(DOOR)
    assert flow.acknowledge(DOOR, 1)


def test_the_acknowledgement_of_another_frame_changes_nothing() -> None:
    flow = watching(DOOR)
    flow.send(DOOR, 7)
    flow.ring(DOOR)
    assert not flow.acknowledge(DOOR, 6)
    assert not flow.ring(DOOR)


def test_a_picture_is_not_sent_twice() -> None:
    flow = watching(DOOR)
    flow.send(DOOR, 7)
    flow.acknowledge(DOOR, 7)
    assert not flow.send(DOOR, 7)


def test_cameras_do_not_wait_for_each_other() -> None:
    flow = watching(DOOR, HALL)
    flow.send(DOOR, 1)
    assert flow.ring(HALL)


def test_watching_again_keeps_what_is_unacknowledged() -> None:
    flow = watching(DOOR)
    flow.send(DOOR, 1)
    assert flow.watch([DOOR, HALL]) == {HALL}
    assert not flow.ring(DOOR)


def test_a_camera_that_was_left_is_forgotten() -> None:
    flow = watching(DOOR)
    flow.send(DOOR, 1)
    flow.watch([])
    assert not flow.acknowledge(DOOR, 1)
    assert flow.watched == frozenset()
