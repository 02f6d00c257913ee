"""Where the detector is sent."""

from dataclasses import replace

import numpy as np

from people.recognition.types import Box
from streams.pipeline.analysis.motion import CELL_PX, Motion
from streams.pipeline.analysis.plan import Look, ScanPlan, merged, search
from streams.pipeline.analysis.tracker import State, Track
from tests.streams.pipeline.fakes import HEIGHT, WIDTH, face, square

WHOLE = Box(0, 0, WIDTH, HEIGHT)
LARGE = Box(0, 0, 1920, 1080)


def motion(*boxes: Box, frame: Box = WHOLE) -> Motion:
    cells = np.zeros((frame.height // CELL_PX, frame.width // CELL_PX), bool)
    for box in boxes:
        cells[box.top // CELL_PX : box.bottom // CELL_PX, box.left // CELL_PX : box.right // CELL_PX] = True
    return Motion(cells)


def track(box: Box) -> Track:
    return Track(1, face(box), box, 0, 0, hits=2, state=State.CONFIRMED)


def started(smallest_px: int = 40, frame: Box = WHOLE) -> ScanPlan:
    plan = ScanPlan(smallest_px)
    plan.looks(frame, motion(frame=frame), [], 0)
    return plan


def test_the_first_frame_is_searched_whole_and_again_every_five_seconds() -> None:
    plan = ScanPlan(80)
    assert plan.looks(WHOLE, motion(), [], 0) == [Look(WHOLE, 80)]
    assert plan.looks(WHOLE, motion(), [], 4.9) == []
    assert plan.looks(WHOLE, motion(), [], 5.0) == [Look(WHOLE, 80)]


def test_still_frames_cost_nothing_also_with_faces() -> None:
    assert started().looks(WHOLE, motion(), [track(square(100))], 1) == []


def test_between_searches_only_known_faces_that_move_are_looked_at_and_seen_40_px_wide() -> None:
    moving = motion(square(104), square(400), frame=LARGE)
    (look,) = started(frame=LARGE).looks(LARGE, moving, [track(square(100))], 0.2)
    assert look == Look(Box(50, 50, 250, 250), 45, is_at_known=True)
    assert 100 * look.scale == 40


def test_a_newcomer_is_searched_for_four_times_a_second_and_only_there() -> None:
    plan, news = started(frame=LARGE), square(400, size=104)
    (look,) = plan.looks(LARGE, motion(news, frame=LARGE), [], 0.25)
    assert look.region.area < 0.5 * LARGE.area
    assert look.region.iou(news) > 0
    assert plan.looks(LARGE, motion(news, frame=LARGE), [], 0.4) == []
    assert len(plan.looks(LARGE, motion(news, frame=LARGE), [], 0.5)) == 1


def test_the_body_below_a_known_face_is_searched_only_twice_a_second() -> None:
    body = Box(96, 240, 200, 480)
    plan, known = started(), [track(square(100))]
    assert plan.looks(WHOLE, motion(body), known, 0.4) == []
    assert len(plan.looks(WHOLE, motion(body), known, 0.6)) == 1


def test_where_a_search_of_everything_is_cheap_many_looks_are_one_search() -> None:
    known = [track(square(left, size=60)) for left in (50, 250, 450)]
    assert started(80).looks(WHOLE, motion(WHOLE), known, 0.2) == [Look(WHOLE, 80)]


def cut() -> Motion:
    return replace(motion(WHOLE), changed_share=1.0)


def test_a_cut_is_one_search_of_everything_at_once() -> None:
    plan = started()
    assert plan.looks(WHOLE, cut(), [], 0.125) == search(WHOLE, 40)
    assert plan.looks(WHOLE, motion(), [], 0.25) == []


def test_a_camera_that_turns_is_not_searched_in_every_frame() -> None:
    plan = started()
    searches = [plan.looks(WHOLE, cut(), [], 0.1 * number) for number in range(1, 11)]
    assert [bool(looks) for looks in searches] == [True, False, False, True, False, False, True, False, False, True]


def test_a_face_that_fills_a_large_frame_is_found_by_a_second_look() -> None:
    small, big, *_ = search(LARGE, 20)
    assert (small, big) == (Look(LARGE, 20), Look(LARGE, 60))
    near = square(400, size=900)
    assert not small.covers(near)
    assert big.covers(near)
    assert big.cost < small.cost / 6
    assert search(WHOLE, 80) == [Look(WHOLE, 80)], "no face is too large for a small picture"


def test_a_large_known_face_is_looked_at_by_a_look_that_finds_it() -> None:
    near = track(square(400, size=900))
    (look,) = started(20, LARGE).looks(LARGE, motion(near.box, frame=LARGE), [near], 0.2)
    assert look.covers(near.box)


def test_a_look_covers_only_faces_of_its_sizes_in_its_region() -> None:
    look = Look(WHOLE, 40)
    assert [look.covers(square(0, top=0, size=size)) for size in (30, 40, 300, 620)] == [False, True, True, False]
    assert not Look(Box(0, 0, 90, 90), 80).covers(square(100))


def test_a_look_at_a_known_face_that_is_gone_explains_nothing() -> None:
    assert Look(WHOLE, 40).explains([])
    assert not Look(WHOLE, 40, is_at_known=True).explains([])
    assert Look(WHOLE, 40, is_at_known=True).explains([face(square(1))])


def test_a_busy_processor_makes_searches_rarer_up_to_six_times() -> None:
    plan, news = started(), square(400, size=104)
    plan.busy(0.3)
    assert len(plan.looks(WHOLE, motion(news), [], 0.25)) == 1
    plan.busy(1.0)
    assert plan.looks(WHOLE, motion(news), [], 0.7) == []
    assert len(plan.looks(WHOLE, motion(news), [], 0.75)) == 1
    plan.busy(100.0)
    assert plan.looks(WHOLE, motion(news), [], 2.2) == []
    assert len(plan.looks(WHOLE, motion(news), [], 2.25)) == 1


def test_a_search_of_everything_puts_the_next_sweep_off() -> None:
    plan = started()
    assert plan.looks(WHOLE, motion(WHOLE), [], 3.0) == search(WHOLE, 40)
    assert plan.looks(WHOLE, motion(), [], 7.9) == []
    assert plan.looks(WHOLE, motion(), [], 8.0) == search(WHOLE, 40)


def test_frames_of_the_past_put_a_sweep_off_but_not_a_search_where_something_moves() -> None:
    plan = started()
    assert plan.looks(WHOLE, motion(), [], 6.0, sweeps=False) == []
    assert plan.looks(WHOLE, motion(WHOLE), [], 6.2, sweeps=False) == search(WHOLE, 40)
    plan = started()
    assert plan.looks(WHOLE, motion(), [], 6.0, sweeps=False) == []
    assert plan.looks(WHOLE, motion(), [], 6.9) == []
    assert plan.looks(WHOLE, motion(), [], 7.0) == search(WHOLE, 40)


def test_the_shoulders_beside_and_the_hair_above_a_known_face_are_its_body() -> None:
    shoulder, hair = Box(0, 240, 40, 480), Box(96, 32, 200, 48)
    plan, known = started(), [track(square(100))]
    assert plan.looks(WHOLE, motion(shoulder, hair), known, 0.3) == []


def test_regions_that_overlap_much_are_looked_at_once() -> None:
    assert merged([Look(Box(0, 0, 99, 99), 80), Look(Box(1, 1, 100, 100), 90)]) == [Look(Box(0, 0, 100, 100), 80)]
    looks = merged([Look(Box(0, 0, 200, 200), 40), Look(Box(90, 90, 210, 210), 50), Look(Box(900, 0, 1000, 100), 20)])
    assert sorted(looks, key=lambda look: look.region.left) == [
        Look(Box(0, 0, 210, 210), 40),
        Look(Box(900, 0, 1000, 100), 20),
    ]


def test_a_look_at_a_known_face_joined_with_a_search_is_a_search() -> None:
    (both,) = merged([Look(Box(0, 0, 99, 99), 40, is_at_known=True), Look(Box(1, 1, 100, 100), 40)])
    assert not both.is_at_known


def test_places_are_joined_only_where_that_is_cheaper() -> None:
    side_by_side = [Look(Box(0, 0, 100, 100), 40), Look(Box(150, 0, 250, 100), 40)]
    assert merged(side_by_side) == [Look(Box(0, 0, 250, 100), 40)], "a run costs as much as 15,000 pixels"
    crosswise = [Look(Box(0, 400, 1200, 460), 40), Look(Box(300, 0, 360, 1000), 40)]
    assert len(merged(crosswise)) == 2


def test_a_known_face_that_moves_is_looked_at_five_times_a_second_and_a_doubtful_one_in_every_frame() -> None:
    plan, known, moving = started(), track(square(100)), motion(square(104))
    known.found_s = 0.03
    assert plan.looks(WHOLE, moving, [known], 0.2) == []
    assert len(plan.looks(WHOLE, moving, [known], 0.22)) == 1
    known.doubtful = True
    assert len(plan.looks(WHOLE, moving, [known], 0.2)) == 1
