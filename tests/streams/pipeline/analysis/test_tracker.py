"""Following faces."""

from people.recognition.types import Box
from streams.pipeline.analysis.tracker import LOST_S, State, Tracker
from tests.streams.pipeline.fakes import face, square


def step(
    tracker: Tracker, now_s: float, *boxes: Box, looked: bool = True, moved: bool = True, gap_s: float = 0.1
) -> None:
    tracker.update([face(box) for box in boxes], now_s, looked=lambda _: looked, moved=lambda _: moved, gap_s=gap_s)


def test_a_face_is_confirmed_the_second_time_and_keeps_its_number() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100))
    assert tracker.tracks[0].state is State.TENTATIVE
    step(tracker, 0.1, square(110))
    assert [(track.id, track.state) for track in tracker.tracks] == [(1, State.CONFIRMED)]


def test_a_false_alarm_is_gone_soon() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100))
    step(tracker, 0.4)
    step(tracker, 0.7)
    assert tracker.tracks == []


def test_a_face_lost_for_a_second_is_the_same_afterwards() -> None:
    tracker = Tracker()
    for tenth in range(5):
        step(tracker, tenth / 10, square(100 + 10 * tenth))
    for tenth in range(5, 14):
        step(tracker, tenth / 10)
    assert tracker.tracks[0].state is State.LOST
    step(tracker, 1.4, square(190))
    assert [(track.id, track.state) for track in tracker.tracks] == [(1, State.CONFIRMED)]


def test_a_face_lost_for_longer_is_given_up() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100))
    step(tracker, 0.1, square(100))
    step(tracker, 0.2)
    gone = tracker.update([], 0.2 + LOST_S, lambda _: True, lambda _: True)
    assert [track.id for track in gone] == [1]


def test_where_frames_are_rare_a_face_counts_from_the_first_and_is_followed_as_it_walks_on() -> None:
    tracker = Tracker()
    for number in range(4):
        step(tracker, 2.0 * number, square(100 + 90 * number), gap_s=2)  # 1.1 widths on
        assert tracker.expire(2.0 * number + 1.9) == []
    assert [(track.id, track.state) for track in tracker.tracks] == [(1, State.CONFIRMED)]


def test_where_frames_are_rare_a_face_may_be_missed_once_and_no_longer() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100), gap_s=2)
    step(tracker, 2, gap_s=2)
    assert tracker.expire(3.9) == []
    step(tracker, 4, square(100), gap_s=2)
    assert [track.id for track in tracker.tracks] == [1]
    assert [track.id for track in tracker.expire(9.1)] == [1]


def test_a_face_that_was_not_looked_at_stays_while_nothing_moves() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100))
    step(tracker, 0.1, square(100))
    for second in range(1, 60):
        step(tracker, second, looked=False, moved=False)
    assert tracker.tracks[0].state is State.CONFIRMED
    assert tracker.tracks[0].seen_s == 59


def test_a_face_that_moved_unobserved_is_not_claimed_to_be_there() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100))
    step(tracker, 0.1, square(100))
    step(tracker, 0.5, looked=False, moved=True)
    assert tracker.tracks[0].seen_s == 0.1


def test_two_who_pass_each_other_keep_their_numbers() -> None:
    tracker = Tracker()
    for tenth in range(20):
        left, right = square(50 + 25 * tenth, top=60), square(525 - 25 * tenth, top=230)
        step(tracker, tenth / 10, left, right)
    places = {track.id: track.box.top for track in tracker.tracks}
    assert places == {1: 60, 2: 230}


def test_a_fast_walker_is_followed_by_prediction() -> None:
    tracker = Tracker()
    for tenth in range(8):
        step(tracker, tenth / 10, square(75 * tenth))
    assert [track.id for track in tracker.tracks] == [1]


def test_a_face_of_another_size_is_another_face() -> None:
    tracker = Tracker()
    step(tracker, 0, square(100, size=60))
    step(tracker, 0.1, square(100, size=160))
    assert len(tracker.tracks) == 2
