"""Where the detector is sent."""

from dataclasses import replace

import numpy as np

from people.recognition.types import Box
from streams.pipeline.analysis.motion import CELL_PX, Motion
from streams.pipeline.analysis.plan import Look, ScanPlan, merged
from streams.pipeline.analysis.tracker import State, Track
from tests.streams.pipeline.fakes import HEIGHT, WIDTH, face, square

WHOLE = Box(0, 0, WIDTH, HEIGHT)


def motion(*boxes: Box) -> Motion:
    cells = np.zeros((HEIGHT // CELL_PX, WIDTH // CELL_PX), bool)
    for box in boxes:
        cells[box.top // CELL_PX : box.bottom // CELL_PX, box.left // CELL_PX : box.right // CELL_PX] = True
    return Motion(cells)


def track(box: Box) -> Track:
    return Track(1, face(box), box, 0, 0, hits=2, state=State.CONFIRMED)


def started() -> ScanPlan:
    plan = ScanPlan(80)
    plan.looks(WHOLE, motion(), [], 0)
    return plan


def test_the_first_frame_is_searched_whole_and_again_every_five_seconds() -> None:
    plan = ScanPlan(80)
    assert plan.looks(WHOLE, motion(), [], 0) == [Look(WHOLE, 80)]
    assert plan.looks(WHOLE, motion(), [], 4.9) == []
    assert plan.looks(WHOLE, motion(), [], 5.0) == [Look(WHOLE, 115)]


def test_still_frames_cost_nothing_also_with_faces() -> None:
    assert started().looks(WHOLE, motion(), [track(square(100))], 1) == []


def test_between_searches_only_known_faces_that_move_are_looked_at() -> None:
    (look,) = started().looks(WHOLE, motion(square(104), square(400)), [track(square(100))], 0.3)
    assert look.region == Box(50, 50, 250, 250)
    assert (look.smallest_px, look.largest_px) == (75, 115)


def test_a_newcomer_is_searched_for_twice_a_second_and_only_there() -> None:
    plan, news = started(), square(400, size=104)
    (look,) = plan.looks(WHOLE, motion(news), [], 0.5)
    assert look.region.area < 0.5 * WHOLE.area
    assert look.region.iou(news) > 0
    assert plan.looks(WHOLE, motion(news), [], 0.9) == []
    assert len(plan.looks(WHOLE, motion(news), [], 1.0)) == 1


def test_the_body_below_a_known_face_is_searched_only_once_a_second() -> None:
    body = Box(96, 240, 200, 480)
    plan, known = started(), [track(square(100))]
    assert plan.looks(WHOLE, motion(body), known, 0.6) == []
    assert len(plan.looks(WHOLE, motion(body), known, 1.1)) == 1


def cut() -> Motion:
    return replace(motion(WHOLE), changed_share=1.0)


def test_a_cut_is_one_search_of_everything_at_once() -> None:
    plan = started()
    assert plan.looks(WHOLE, cut(), [], 0.125) == [Look(WHOLE, 80)]
    assert plan.looks(WHOLE, motion(), [], 0.25) == []


def test_a_cut_between_the_halves_of_a_search_begins_another_search() -> None:
    plan = started()
    assert plan.looks(WHOLE, motion(WHOLE), [], 0.5) == [Look(WHOLE, 115)]
    assert plan.looks(WHOLE, cut(), [], 0.625) == [Look(WHOLE, 80)]
    assert plan.looks(WHOLE, motion(), [], 0.75) == []


def test_a_camera_that_turns_is_not_searched_in_every_frame() -> None:
    plan = started()
    searches = [plan.looks(WHOLE, cut(), [], 0.1 * number) for number in range(1, 11)]
    assert [bool(looks) for looks in searches] == [True, *[False] * 4, True, *[False] * 4]


def test_much_motion_is_searched_for_big_faces_first_and_for_the_smallest_in_the_next_frame() -> None:
    plan, much = started(), motion(Box(0, 0, 400, HEIGHT))
    assert plan.looks(WHOLE, much, [], 0.5) == [Look(WHOLE, 115)]
    assert plan.looks(WHOLE, motion(), [], 0.625) == [Look(WHOLE, 80, 114, is_half=True)]
    assert plan.looks(WHOLE, motion(), [], 0.75) == []


def test_a_known_face_that_a_half_does_not_cover_is_looked_at_besides() -> None:
    plan, known = started(), [track(square(100, size=80))]
    moving = motion(Box(0, 0, 400, HEIGHT))
    assert [look.region for look in plan.looks(WHOLE, moving, known, 0.5)] == [WHOLE, Box(60, 60, 220, 220)]
    assert plan.looks(WHOLE, moving, known, 0.625) == [Look(WHOLE, 80, 114, is_half=True)]


def test_a_look_covers_only_faces_of_its_sizes() -> None:
    look = Look(WHOLE, 80, 114)
    assert [look.covers(square(100, size=size)) for size in (60, 80, 100, 120)] == [False, True, True, False]
    assert not Look(Box(0, 0, 90, 90), 80).covers(square(100))


def test_a_busy_processor_makes_searches_rarer_up_to_once_in_three_seconds() -> None:
    plan, news = started(), square(400, size=104)
    plan.busy(0.3)
    assert len(plan.looks(WHOLE, motion(news), [], 0.5)) == 1
    plan.busy(1.0)
    assert plan.looks(WHOLE, motion(news), [], 1.4) == []
    assert len(plan.looks(WHOLE, motion(news), [], 1.5)) == 1
    plan.busy(100.0)
    assert plan.looks(WHOLE, motion(news), [], 4.4) == []
    assert len(plan.looks(WHOLE, motion(news), [], 4.5)) == 1


def test_a_search_of_everything_puts_the_next_sweep_off() -> None:
    plan = started()
    assert plan.looks(WHOLE, motion(Box(0, 0, 400, HEIGHT)), [], 3.0) == [Look(WHOLE, 115)]
    assert len(plan.looks(WHOLE, motion(), [], 3.2)) == 1
    assert plan.looks(WHOLE, motion(), [], 7.9) == []
    assert plan.looks(WHOLE, motion(), [], 8.0) == [Look(WHOLE, 115)]


def test_the_shoulders_beside_and_the_hair_above_a_known_face_are_its_body() -> None:
    shoulder, hair = Box(0, 240, 40, 480), Box(96, 32, 200, 48)
    plan, known = started(), [track(square(100))]
    assert plan.looks(WHOLE, motion(shoulder, hair), known, 0.6) == []


def test_regions_that_overlap_much_are_looked_at_once() -> None:
    assert merged([Look(Box(0, 0, 99, 99), 80, 120), Look(Box(1, 1, 100, 100), 90, 140)]) == [
        Look(Box(0, 0, 100, 100), 80, 140)
    ]
    assert merged([Look(Box(0, 0, 99, 99), 80, 120), Look(Box(1, 1, 100, 100), 80)]) == [Look(Box(0, 0, 100, 100), 80)]
    looks = merged([Look(Box(0, 0, 200, 200), 40), Look(Box(90, 90, 210, 210), 50), Look(Box(300, 0, 400, 100), 60)])
    assert sorted(looks, key=lambda look: look.region.left) == [
        Look(Box(0, 0, 210, 210), 40),
        Look(Box(300, 0, 400, 100), 60),
    ]


def test_places_are_joined_only_where_that_is_cheaper() -> None:
    side_by_side = [Look(Box(0, 0, 100, 100), 80), Look(Box(10, 0, 110, 100), 80)]
    assert merged(side_by_side) == [Look(Box(0, 0, 110, 100), 80)]
    crosswise = [Look(Box(0, 200, 600, 260), 80), Look(Box(300, 0, 360, 470), 80)]
    assert len(merged(crosswise)) == 2


def test_a_known_face_that_moves_is_looked_at_five_times_a_second_and_a_doubtful_one_in_every_frame() -> None:
    plan, known, moving = started(), track(square(100)), motion(square(104))
    known.found_s = 0.1
    assert plan.looks(WHOLE, moving, [known], 0.2) == []
    assert len(plan.looks(WHOLE, moving, [known], 0.3)) == 1
    known.doubtful = True
    assert len(plan.looks(WHOLE, moving, [known], 0.2)) == 1
