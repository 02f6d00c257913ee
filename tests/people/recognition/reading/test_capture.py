"""Guided capture: one hint at a time, and only a good frame of a missing view is taken."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from people.recognition.engine.engine import Engine
from people.recognition.reading.capture import FrameJudgement, JudgeFrame, judge_face, judge_frame
from people.recognition.reading.head_pose import NOSE_AHEAD, NOSE_BELOW, HeadPose, head_pose
from people.recognition.reading.views import Light, Straight, View, light_on, view_of
from people.recognition.types import Box, Face, Image, Quality
from tests.people.recognition.conftest import MAX_BYTES

ALL = tuple(View)
TURNS = ALL[1:]
WIDTH, HEIGHT = 640, 480
BOX = Box(240, 160, 400, 320)


def face(yaw: float = 0, pitch: float = 0, roll: float = 0, box: Box = BOX, **quality: float) -> Face:
    """A face 60 px between the eyes whose points are those of a head turned so many degrees."""
    aside = NOSE_AHEAD * np.tan(np.radians(yaw))
    drop = (NOSE_BELOW - NOSE_AHEAD * np.radians(pitch)) / np.cos(np.radians(yaw))
    eyes = [[36, 0], [24, 0], [-36, 0], [-24, 0]]
    points = np.array([*eyes, [60 * aside, 60 * drop]], np.float32)
    angle = np.radians(roll)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    parts = {"size": 1.0, "sharpness": 1.0, "exposure": 1.0, "pose": 1.0, **quality}
    return Face(box, 1.0, (points @ turn + np.array(box.centre, np.float32)).astype(np.float32), Quality(**parts))


LAMP = Light(brightness=150, balance=0)
LEVEL = Straight(pitch=0, light=LAMP)


def judged(
    shown: Face, *, missing: tuple[View, ...] = ALL, straight: Straight | None = None, light: Light = LAMP
) -> FrameJudgement:
    return judge_face(shown, light, WIDTH, HEIGHT, JudgeFrame(b"", 0, missing, straight))


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (20, 0, 0), (-20, 5, 0), (0, 10, -12), (15, -8, 10)])
def test_the_angles_of_a_turned_head_come_back(yaw: float, pitch: float, roll: float) -> None:
    pose = head_pose(face(yaw, pitch, roll))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.1)


def test_the_first_frame_is_straight_and_nothing_else_is_taken_before() -> None:
    assert judged(face()).view == View.STRAIGHT
    for pose in (face(yaw=20), face(yaw=-20)):
        judgement = judged(pose)
        assert (judgement.view, judgement.hint) == (None, "look_straight")


@pytest.mark.parametrize(
    ("shown", "view"),
    [
        (face(yaw=20), View.LEFT),
        (face(yaw=-20), View.RIGHT),
        (face(pitch=12), View.UP),
        (face(pitch=-9), View.DOWN),
    ],
)
def test_the_missing_views_are_taken_in_any_order(shown: Face, view: View) -> None:
    judgement = judged(shown, missing=TURNS, straight=LEVEL)
    assert (judgement.view, judgement.hint) == (view, "taken")
    others = tuple(each for each in TURNS if each != view)
    again = judged(shown, missing=others, straight=LEVEL)
    assert (again.view, again.hint) == (None, f"look_{others[0]}")


def test_up_and_down_are_told_from_the_straight_frame_of_the_same_face() -> None:
    straight = Straight(pitch=12, light=LAMP)
    assert view_of(HeadPose(0, 12, 0), LAMP, TURNS, straight) is None
    assert view_of(HeadPose(0, 24, 0), LAMP, TURNS, straight) == View.UP
    assert view_of(HeadPose(0, 2, 0), LAMP, TURNS, straight) == View.DOWN


@pytest.mark.parametrize("light", [Light(100, 0), Light(190, 0), Light(150, 0.2), Light(150, -0.2)])
def test_other_light_on_a_face_that_looks_straight_again_is_a_view(light: Light) -> None:
    assert judged(face(), missing=TURNS, straight=LEVEL, light=light).view == View.LIGHT
    assert judged(face(), missing=(View.LIGHT,), straight=LEVEL, light=Light(140, 0.05)).hint == "look_light"
    assert judged(face(yaw=20), missing=(View.LIGHT,), straight=LEVEL, light=light).view is None


def test_light_is_measured_on_both_halves_of_the_face() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[:, :50], image[:, 50:] = 50, 150
    light = light_on(image, Box(20, 20, 80, 80))
    assert (light.brightness, light.balance) == (100, 0.5)
    assert light_on(image, Box(-40, 20, 40, 80)) == Light(50, 0)


@pytest.mark.parametrize(
    ("shown", "light", "hint"),
    [
        (face(box=Box(300, 220, 370, 290)), LAMP, "come_closer"),
        (face(box=Box(150, 70, 490, 410)), LAMP, "move_back"),
        (face(box=Box(20, 160, 180, 320)), LAMP, "to_the_middle"),
        (face(exposure=0.3), Light(40, 0), "more_light"),
        (face(exposure=0.3), Light(240, 0), "less_light"),
        (face(sharpness=0.3), LAMP, "hold_still"),
        (face(roll=25), LAMP, "head_upright"),
        (face(yaw=40), LAMP, "turn_back"),
        (face(yaw=-40), LAMP, "turn_back"),
        (face(yaw=12), LAMP, "look_straight"),
    ],
)
def test_the_most_useful_hint_comes_first(shown: Face, light: Light, hint: str) -> None:
    judgement = judged(shown, light=light)
    assert (judgement.hint, judgement.view) == (hint, None)


def test_the_marks_say_what_is_right_already() -> None:
    assert judged(face()).marks == judged(face(yaw=20)).marks
    marks = judged(face(exposure=0.3, sharpness=0.3, box=Box(20, 160, 180, 320))).marks
    assert (marks.place, marks.size, marks.light, marks.sharp) == (False, True, False, False)


def test_a_frame_after_the_last_view_is_not_taken() -> None:
    judgement = judged(face(), missing=(), straight=LEVEL)
    assert (judgement.view, judgement.hint) == (None, "all_taken")


def frame(image: Image) -> bytes:
    return cv2.imencode(".jpg", image[:, :, ::-1])[1].tobytes()


def asked(data: bytes) -> JudgeFrame:
    return JudgeFrame(data, MAX_BYTES, ALL)


@pytest.fixture
def half_figure(obama: Image) -> Image:
    """(480, 640, 3): the portrait as a camera would see it."""
    move = np.array([[0.6, 0, 320 - 0.6 * 489], [0, 0.6, 240 - 0.6 * 267]], np.float32)  # its face is at 489, 267
    return np.asarray(cv2.warpAffine(obama, move, (640, 480), borderValue=(90, 90, 90)), np.uint8)


def test_a_real_face_that_looks_at_the_camera_is_taken(engine: Engine, half_figure: Image) -> None:
    judgement = judge_frame(engine, asked(frame(half_figure)))
    assert (judgement.verdict, judgement.hint, judgement.view) == ("ok", "taken", View.STRAIGHT)
    assert judgement.face and judgement.face.box.width > 100


def test_a_dark_frame_asks_for_light(engine: Engine, half_figure: Image) -> None:
    judgement = judge_frame(engine, asked(frame((half_figure // 6).astype(np.uint8))))
    assert (judgement.hint, judgement.view) == ("more_light", None)


def test_a_frame_too_dark_to_find_anybody_asks_for_light(engine: Engine, half_figure: Image) -> None:
    judgement = judge_frame(engine, asked(frame((half_figure // 24).astype(np.uint8))))
    assert (judgement.hint, judgement.face) == ("more_light", None)


def test_nobody_and_several_people_are_said(engine: Engine, half_figure: Image) -> None:
    empty = np.full((480, 640, 3), 90, np.uint8)
    assert judge_frame(engine, asked(frame(empty))).hint == "nobody_in_view"
    two = np.hstack([half_figure[:, 160:480], half_figure[:, 160:480]])
    assert judge_frame(engine, asked(frame(two))).hint == "several_in_view"


def test_what_is_no_picture_is_a_verdict(engine: Engine) -> None:
    assert judge_frame(engine, asked(b"hello")) == FrameJudgement("not_an_image")


def test_a_face_cut_by_the_edge_is_brought_into_the_middle() -> None:
    cut = replace(face(), box=Box(-20, 160, 140, 320))
    assert judged(cut).hint == "to_the_middle"
