"""The catalogue of sentences about photos: why one is not enrolled, what to do about it, how to take a better one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNLIKE_OWN = ("unlike_own", "unlike_only_other")
"""Codes of photos that are held because they are unlike the other photos of their person."""
LIKE_OTHERS = ("looks_like_other", "same_picture_as_other")
"""Codes of photos that are held because of somebody else's photos."""

REASONS: dict[str, tuple[str, str]] = {
    # about the file
    "empty": ("The file is empty.", "Export or copy the picture again."),
    "too_many_bytes": ("The file is larger than {limit_mb} MB.", "Use a smaller copy of the picture."),
    "not_a_document": ("This is neither a PDF nor a picture.", "Scan the paper, or save it as PDF, JPEG or PNG."),
    "not_an_image": ("This is not a picture.", "Use JPEG, PNG, WebP, AVIF or HEIC."),
    "format_not_supported": ("This picture format cannot be read.", "Save it as JPEG, PNG, WebP, AVIF or HEIC."),
    "truncated": ("The picture is incomplete or damaged.", "Export or copy it again."),
    "too_many_pixels": (
        "The picture has too many pixels.",
        "Use a JPEG or HEIC of at most 108 megapixels, or another format of at most 40.",
    ),
    "too_small": ("The picture is too small to show a face.", "Use a larger one."),
    # about the face
    "no_face": (
        "No face was found.",
        "Use an upright photo in which the face is at least 80 pixels wide and looks at the camera.",
    ),
    "several_faces": ("There are several faces in this photo.", "Choose the one that is this person."),
    "face_too_small": ("The face is too small.", "Use a photo in which the face is at least {wanted_px} pixels wide."),
    "blurred": ("The face is blurred.", "Use a sharper photo."),
    "too_dark": ("The face is too dark.", "Use a photo with more light on the face."),
    "too_bright": ("The face is overexposed.", "Use a photo with less light on the face."),
    "turned_away": ("The face is turned away.", "Use a photo in which the person looks at the camera."),
    "unclear": (
        "The face is hard to make out in this picture.",
        "Use one that is sharper, larger or better lit, without anything before the face.",
    ),
    "face_cut": ("The face is cut off by the edge of the picture.", "Use a photo that shows the whole face."),
    # about the gallery
    "near_duplicate": (
        "This is the same picture as another photo of this person.",
        "You need not do anything. Photos of different moments make recognition better.",
    ),
    "looks_like_other": (
        "This face looks more like another enrolled person.",
        "Compare the two faces, then confirm, move or refuse the photo.",
    ),
    "same_picture_as_other": (
        "Another person has this same picture.",
        "Say whom it shows: confirm, move or remove the photo.",
    ),
    "unlike_own": (
        "This face is unlike the other photos of this person.",
        "Compare the faces: it may be somebody else's photo. Confirm, move or remove it.",
    ),
    "unlike_only_other": (
        "This photo and the other one do not look like one person.",
        "Compare the two: one of them may show somebody else.",
    ),
    "said_not_them": (
        "This face is nearly the same as one that somebody said is not this person.",
        "Look at both, on this person's page. Confirm the photo if it shows this person all the same, or refuse it.",
    ),
    # about what somebody should look at
    "tilted": (
        "The head is tilted far to one side.",
        "Confirm the photo if the face is plain to see, or use one in which the head is upright.",
    ),
    "mouth_covered": (
        "The mouth seems to be covered, as by a mask.",
        "Confirm the photo if it is not, or use one that shows the whole face.",
    ),
    "drawing": (
        "This may be a drawing, not a photo.",
        "Look for drawn lines, hatching or flat colours. Confirm it if it is a photo, or use one.",
    ),
    "photo_of_screen": (
        "This may be a photo of a screen or of a printed page.",
        "Look for a fine grid, coloured stripes or a frame. Confirm the photo if there are none, or use the original.",
    ),
    # about the person
    "never_match": (
        "This person is never to be recognised, so no photo of them is taken in or read.",
        "If that has changed, say so on the page of the person first.",
    ),
    # about a decision
    "refused": ("Somebody looked at this photo and refused it.", "Retry it if that was a mistake."),
    # about the system
    "file_missing": ("The stored picture is gone.", "Delete this photo and upload it again."),
    "worker_failed": (
        "This photo could not be read: the reader failed three times.",
        "Retry, or use another copy of the picture.",
    ),
}
"""Maps a code to (what is wrong, what to do about it). The texts may contain numbers of `Photo.reason_detail`."""

GOOD = "One clear face."
"""Says of a picture that was looked at before it is saved that nothing is wrong with it."""
UNREAD = "This picture could not be looked at. Use another copy of it."
"""Says of a picture that killed the child that looked at it."""

HINTS: dict[str, str] = {
    "nobody_in_view": "No face in view. Come before the camera and look at it.",
    "several_in_view": "There are several people in view. Only one person, please.",
    "come_closer": "Come closer.",
    "move_back": "Move back a little.",
    "to_the_middle": "Bring the face into the middle.",
    "more_light": "More light from the front, please.",
    "less_light": "Too bright: less light on the face, please.",
    "head_upright": "Hold your head upright.",
    "turn_back": "Not so far: turn back a little.",
    "look_straight": "Look straight into the camera.",
    "look_left": "Turn your head a little to your left.",
    "look_right": "Turn your head a little to your right.",
    "look_up": "Lift your chin a little.",
    "look_down": "Lower your chin a little.",
    "look_light": "Now other light, if you can: turn towards a window, or switch a lamp. Otherwise choose Done.",
    "hold_still": "Hold still.",
    "taken": "Good.",
    "all_taken": "That is all.",
}
"""Maps a code of guided capture to what is said to the person before the camera."""
TURNED = {
    90: "The picture lay on its side and was turned.",
    180: "The picture stood on its head and was turned.",
    270: "The picture lay on its side and was turned.",
}
"""Says by degrees clockwise that a photo was turned before its face was read; 0 says nothing."""

_USUAL = {"wanted_px": 80, "limit_mb": 15}
"""Values for the texts where a photo's detail has none."""


def problem(code: str, detail: Mapping[str, Any] | None = None) -> str:
    """Says what is wrong, in one sentence; empty for no code."""
    return _say(code, 0, detail)


def advice(code: str, detail: Mapping[str, Any] | None = None) -> str:
    """Says what to do about it, in one sentence; empty for no code."""
    return _say(code, 1, detail)


def sentence(code: str, detail: Mapping[str, Any] | None = None) -> str:
    """Returns problem and advice: "No face was found. Use an upright photo …"; empty for no code."""
    return f"{problem(code, detail)} {advice(code, detail)}".strip()


def _say(code: str, part: int, detail: Mapping[str, Any] | None) -> str:
    if not code:
        return ""
    unknown = (f"This photo cannot be used ({code}).", "Use another photo.")
    return REASONS.get(code, unknown)[part].format_map({**_USUAL, **(detail or {})})
