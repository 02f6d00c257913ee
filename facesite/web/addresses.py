"""Which address is what kind of look at biometric data: whatever is not named here as open is written down.

A new page is written down by itself, as a look at what its address names. What it shows besides, its view notes
(people/audit/noting.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.admin.utils import unquote

from people.audit.noting import KINDS
from people.audit.words import Action
from people.base.ids import uuid_or_none

READS = ("GET", "HEAD")
WRITES = ("POST", "PUT", "PATCH")
"""Their answers show what was written, and a form that is refused the page it is on: triggers write down no look."""


@dataclass(frozen=True, slots=True)
class AuditedLook:
    """What asking for an address means: the action, and the kind of what is shown."""

    action: Action
    kind: str


OPEN = frozenset(
    {
        # Neither faces nor names: probes, logins, one's own account, texts, and the site's configuration.
        "livez", "readyz", "metrics", "login", "logout", "account", "invited", "single_sign_on",
        "single_sign_on_callback", "single_sign_on_end", "usersessions_list", "api-root", "api-schema", "api-docs",
        "api-token", "api-gallery", "unmatched", "case_keys", "search_sightings", "add_video",
        "new_rule", "rules", "rule", "api-rule-list", "api-rule-detail", "api-channel-list", "api-channel-detail",
        "api-channel-test", "api-channel-signing-key", "api-camera-list", "api-camera-detail", "api-camera-csv",
        "api-camera-test", "api-camera-search", "send_to_camera", "admin:index", "admin:login", "admin:logout",
        "admin:password_change", "admin:password_change_done", "admin:jsi18n", "admin:view_on_site", "admin:app_list",
        "catch_all_view", "RedirectView", "AdminLogin", "admin:people_person_check", "admin:people_person_camera",
        "api-kiosk-list", "api-kiosk-detail", "api-kiosk-revoke", "api-import-list", "api-import-detail",
        # Whoever watches live says on the socket what, from when to when; the stream says it itself.
        "dashboard", "camera", "camera_mjpeg",
        # How one's own live page is arranged, and the page of an enrolment link, which shows what its own holder sent.
        "arrange", "choose_group", "set_full_screen", "enrol", "enrol_agree", "enrol_frame", "enrol_pictures",
        "enrol_withdraw", "kiosk",
        # What is kept and for how long, which is about nobody.
        "privacy", "api-keeping", "api-keeping-public", "admin:people_keepingterm_changelist",
        "admin:people_keepingterm_add", "admin:people_keepingterm_change", "admin:people_keepingterm_delete",
        "admin:people_keepingterm_history", "admin:people_keepingterm_sign",
        # A link to a picture is followed to the view of that picture, which notes it.
    }
)  # fmt: skip
OPEN_BEGINNINGS = ("account_", "mfa_", "socialaccount_")
OPEN_IN_ADMIN = frozenset(
    {
        "people_apikey", "people_enginechoice", "people_importjob", "auth_user", "auth_group", "authtoken_tokenproxy",
        "streams_camera", "streams_channel", "streams_cameragroup", "people_consenttext", "people_sitepolicy",
        "people_kiosk",
    }
)  # fmt: skip
"""Configuration; what is changed there is written down by triggers."""
POSTED: Mapping[str, AuditedLook] = {
    "api-recognise": AuditedLook(Action.RECOGNISED, "picture"),
    "api-verify": AuditedLook(Action.VERIFIED, "picture"),
    "api-sighting-search": AuditedLook(Action.SEARCHED, "sighting"),
    "api-sighting-search-csv": AuditedLook(Action.SEARCHED, "sighting"),
    "search_sightings": AuditedLook(Action.SEARCHED, "sighting"),
    "search_file": AuditedLook(Action.SEARCHED, "sighting"),
    "RecognizeView": AuditedLook(Action.RECOGNISED, "picture"),
    "RecognizeEmbeddingsView": AuditedLook(Action.RECOGNISED, "encoding"),
    "DetectView": AuditedLook(Action.RECOGNISED, "picture"),
    "VerifyFaceView": AuditedLook(Action.VERIFIED, "picture"),
    "DialectVerifyView": AuditedLook(Action.VERIFIED, "picture"),
    "VerifyEmbeddingsView": AuditedLook(Action.VERIFIED, "encoding"),
    "VerifyFaceEmbeddingsView": AuditedLook(Action.VERIFIED, "encoding"),
    "admin:people_person_merge": AuditedLook(Action.LOOKED, "person"),
    "admin:people_person_frame": AuditedLook(Action.LOOKED, "picture"),
    # What a rule would have raised says who was where; the rule itself is taken back, and its entries with it.
    "new_rule": AuditedLook(Action.LOOKED, "sighting"),
    "rule": AuditedLook(Action.LOOKED, "sighting"),
    "api-rule-preview": AuditedLook(Action.LOOKED, "sighting"),
}
"""What reads although it is sent by POST, and nothing else."""
PICTURES: Mapping[str, str] = {
    "photo_image": "photo", "photo_crop": "photo", "portrait": "person",
    "linked_picture": "photo", "api-photo-image": "photo",
    "api-photo-crop": "photo", "api-photo-links": "photo", "FaceImageView": "photo",
    "detection_snapshot": "sighting", "detection_frame": "sighting", "detection_clip": "sighting",
    "linked_snapshot": "sighting", "api-detection-snapshot": "sighting", "api-detection-frame": "sighting",
    "api-detection-clip": "sighting", "api-detection-links": "sighting", "video_face": "video", "play_video": "video",
    "api-camera-snapshot": "camera", "admin:streams_camera_picture": "camera",
    "admin:streams_camera_trial_seen": "camera",
}  # fmt: skip
WORDS: Mapping[str, str] = {
    "decisionthresholds": "thresholds", "logentry": "history", "searchlog": "search", "edits": "correction",
    "edit": "correction", "identityedit": "correction", "live": "camera", "attendance": "sighting",
    "roll_call": "presence", "FacesView": "photo", "FaceView": "photo", "SubjectsView": "person",
    "SubjectView": "person", "sightings_file": "sighting", "strangers_file": "stranger", "edits_file": "correction",
    "video_file": "video", "fetch_case": "case", "correct_sighting": "sighting", "correct_video_face": "video",
    "audit_entry": "audit", "audit_file": "audit",
    "certificate_file": "erasure", "certificate_print": "erasure",
    "erase_person": "person", "new_access_request": "person", "fetch_access_request": "access request",
    "access_request": "access request", "access_requests": "access request", "access": "access request",
    "unusual_use": "audit", "autocomplete": "person", "go_to": "person",
    "keepingterm": "person", "enrolmentlink": "enrolment link", "importjob": "import", "import": "import",
    "alert_report": "alert", "new_proposal": "person", "new_case": "sighting", "entry": "watchlist",
    "DeleteFacesView": "photo",
}  # fmt: skip
_COPIES = re.compile(r"(?:^|[-_])(?:csv|file|export|print|report|download|fetch)(?:$|[-_])")
_LISTS = frozenset(
    {
        "sightings", "strangers", "alerts", "cases", "videos", "edits", "audit", "unusual_use", "presence",
        "roll_call", "erasures", "access_requests", "attendance", "proposals",
    }
) | {"FacesView", "SubjectsView", "admin:autocomplete", "api-live", "api-presence", "api-attendance"}  # fmt: skip
_ADMIN = re.compile(r"admin:[a-z]+_([a-z]+)_(\w+)")
_API = re.compile(r"api-([a-z]+)-([\w-]+)")
_ACT = re.compile(
    r"(?:acknowledge|close|note|remove|switch|undo|confirm|refuse|withdraw|revive)_(\w+)|(stranger)_(?!file)\w+"
)
"""Functions that a button calls: what they are about stands last, or first."""
IDS = {
    "person_id": "person", "sighting_id": "sighting", "detection_id": "detection", "alert_id": "alert",
    "case_id": "case", "video_id": "video", "list_id": "watchlist", "proposal_id": "proposal",
    "erasure_id": "erasure", "request_id": "access request", "rule_id": "rule", "camera": "camera", "pk": "",
    "object_id": "",
}  # fmt: skip
"""Names in addresses that are ids, and of what; "": of what the view is about."""


def look_at(name: str, method: str) -> AuditedLook | None:
    """Returns what it means to ask with `method` for the view called `name`; None if it is no look."""
    if method == "POST" and name in POSTED:
        return POSTED[name]
    if method not in (*READS, *WRITES) or _is_open(name):
        return None
    if name in PICTURES:
        return AuditedLook(Action.SAW_PICTURES, PICTURES[name])
    kind, is_list = _kind(name)
    if method in WRITES:
        return AuditedLook(Action.LOOKED, kind)
    if _COPIES.search(name):
        return AuditedLook(Action.EXPORTED, kind)
    return AuditedLook(Action.LISTED if is_list else Action.LOOKED, kind)


def ids_in(look: AuditedLook, kwargs: Mapping[str, object]) -> list[str]:
    """Returns what the address names: ["person:<id>"]."""
    return [f"{IDS[name] or look.kind}:{_id(name, str(value))}" for name, value in kwargs.items() if name in IDS]


def id_as_stored(text: str) -> str:
    """Returns an id as entries have it, however it was written: "AE70…", "{ae70…}" and "007" find the row, too."""
    if found := uuid_or_none(text):
        return str(found)
    try:
        return str(int(text))
    except ValueError:
        return text


def _id(name: str, text: str) -> str:
    if name == "camera":
        return text  # a slug, which may be 007
    return id_as_stored(unquote(text) if name == "object_id" else text)  # the admin reads _2B as +


def _is_open(name: str) -> bool:
    if name in OPEN or name.startswith(OPEN_BEGINNINGS):
        return True
    in_admin = re.fullmatch(r"admin:([a-z]+_[a-z]+)_\w+", name)
    if in_admin is None or name in PICTURES or _COPIES.search(name):
        return False
    return in_admin[1] in OPEN_IN_ADMIN


def _kind(name: str) -> tuple[str, bool]:
    """Returns the kind of what a view shows, in the glossary's words, and whether it shows a list."""
    if in_admin := _ADMIN.fullmatch(name):
        word, is_list = in_admin[1], in_admin[2] in ("changelist", "csv", "export")
    elif in_api := _API.fullmatch(name):
        word, is_list = in_api[1], in_api[2] in ("list", "csv")
    elif act := _ACT.fullmatch(name):
        word, is_list = act[1] or act[2], False
    else:
        word, is_list = name.rpartition(":")[2].removeprefix("api-"), name in _LISTS
    singular = word[:-1] if word in _LISTS and word.endswith("s") else word
    return WORDS.get(word) or KINDS.get(singular, singular), is_list or name in _LISTS
