"""Who may do what: the rights of every role, and those of every scope of an API key. The only place to change them.

A right is a Django permission, written `app.codename`. `migrate` brings the roles of a site up to this table
(roles.py), and a key asks the table at each request.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models


def _rights(app: str, verbs: str, models_: str) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{model}" for verb in verbs.split() for model in models_.split())


_EVERY_VERB = "view add change delete"
_SEE_PEOPLE = _rights("people", "view", "person photo watchlist galleryversion")
_SEE_CAMERAS = _rights("streams", "view", "camera camerastatus sighting detection stranger")
_SAY_WHO_IT_IS = frozenset({"streams.correct_sighting", "streams.edit_strangers", "streams.view_identityedit"})
_NAME_STRANGERS = frozenset({"streams.name_stranger"})
"""Beside the right to edit strangers: whoever names one enrols somebody new, from pictures of cameras."""
_HAND_OVER = frozenset({"streams.view_case", "streams.export_case", "streams.view_video", "streams.analyse_video"})
_SEE_ERASURES = _rights("streams", "view", "erasure")
_ERASE = _SEE_ERASURES | {"streams.erase_person"}
_ANSWER = frozenset({"streams.view_accessrequest", "streams.answer_accessrequest"})
_SEE_ALERTS = _rights("streams", "view", "alert rule")
_WORK_OFF = _SEE_ALERTS | {"streams.work_off_alert"}
_SEE_BASES = frozenset({"people.view_basis"})
_KEEP_BASES = _rights("people", "view add change", "basis")
"""To change a basis is to withdraw it; nobody rewrites one."""
_KEEP_LINKS = _rights("people", "view add change", "enrolmentlink kiosk") | {"people.view_consenttext"}
"""To change a link is to approve, refuse or revoke it."""
_PROPOSE = _rights("people", "view add", "proposal")
_DECIDE = _rights("people", "view", "proposal") | {"people.decide_proposal"}
"""What others propose for watchlists that ask for two people."""
_SEE_LOGINS = _rights("auth", "view", "user group") | {"admin.view_logentry"}
_READ_AUDIT = frozenset({"people.view_audit"})
"""Whoever reads the audit is written down there, too."""
_SEE_KEEPING = frozenset({"people.view_keepingterm"})
_CHANGE_KEEPING = _SEE_KEEPING | {"people.change_keepingterm"}
_GOVERNED = "apikey decisionthresholds enginechoice persongroup personlimit"
"""What administrators keep and auditors read."""

ROLES: dict[str, frozenset[str]] = {
    "viewer": _SEE_PEOPLE | _SEE_CAMERAS,
    "operator": _SEE_PEOPLE
    | _SEE_CAMERAS
    | _rights("streams", "add change delete", "camera")
    | _rights("people", "add change delete", "watchlist")
    | {"people.recognise", "streams.search_sightings", "streams.view_presence"}
    | _SAY_WHO_IT_IS
    | _NAME_STRANGERS
    | _HAND_OVER
    | _WORK_OFF
    | _PROPOSE
    | _DECIDE,
    "enroller": _SEE_PEOPLE
    | _rights("people", "add change", "person")
    | _rights("people", "add change delete", "photo")
    | {"people.retire_person", "people.forbid_matching", "people.recognise"}
    | _KEEP_BASES
    | _KEEP_LINKS,
    "auditor": _SEE_PEOPLE
    | _SEE_CAMERAS
    | _SEE_LOGINS
    | _rights("people", "view", _GOVERNED)
    | _rights("people", "view", "basis sitepolicy consenttext enrolmentlink kiosk proposal")
    | _rights("streams", "view", "cameragroup cameralimit searchlog identityedit case channel delivery")
    | _SEE_ALERTS
    | _SEE_KEEPING
    | _SEE_ERASURES
    | _rights("streams", "view", "accessrequest")
    | _READ_AUDIT,
    "administrator": _SEE_PEOPLE
    | _SEE_CAMERAS
    | _SEE_LOGINS
    | _rights("people", "add change delete", "person photo watchlist")
    | _rights("people", _EVERY_VERB, _GOVERNED)
    | {"people.retire_person", "people.recognise", "people.view_encoding", "people.delete_everybody"}
    | {"people.forbid_matching", "people.view_sitepolicy", "people.change_sitepolicy"}
    | _rights("people", _EVERY_VERB, "basis")
    | _KEEP_LINKS
    | {"people.add_consenttext"}
    | _rights("streams", "add change delete", "camera")
    | _rights("streams", _EVERY_VERB, "cameragroup cameralimit")
    | {"streams.view_presence", "streams.search_sightings", "streams.view_searchlog"}
    | {"streams.delete_camera_with_sightings"}
    | _SAY_WHO_IT_IS
    | _NAME_STRANGERS
    | _HAND_OVER
    | _WORK_OFF
    | _PROPOSE
    | _DECIDE
    | _rights("streams", _EVERY_VERB, "rule channel")
    | {"streams.view_delivery"}
    | _CHANGE_KEEPING
    | _ERASE
    | _ANSWER
    | _READ_AUDIT
    | _rights("auth", "add change delete", "user group"),
}

SENTENCES: dict[str, str] = {
    "viewer": "Sees people, photos, watchlists, cameras and sightings, and changes nothing.",
    "operator": "Does what a viewer does, runs cameras and lists, names faces, works off alerts, hands over cases.",
    "enroller": "Adds people and their photos, corrects them and retires people; sees no cameras and no sightings.",
    "auditor": "Sees all that a viewer sees, who may do what, who did what and who looked; changes nothing.",
    "administrator": "Does all of this, makes rules, manages users, groups and API keys, and deletes people for good.",
}
"""What each role may do, for whoever gives it to somebody."""


class Scope(models.TextChoices):
    """What an API key may be given."""

    READ_PEOPLE = "read_people", "read people: people, photos, watchlists, the gallery's state"
    WRITE_PEOPLE = "write_people", "write people: add, change, retire and delete them and their photos"
    DELETE_EVERYBODY = "delete_everybody", "delete everybody with one call"
    READ_BASES = "read_bases", "read bases: on what ground people are recognised, and the documents"
    WRITE_BASES = "write_bases", "write bases: record and withdraw them, and read them"
    READ_LINKS = "read_links", "read enrolment links and kiosks; with read people, pictures that were sent, too"
    MANAGE_LINKS = (
        "manage_links",
        "make and revoke enrolment links and kiosks; with write people and bases, approve, too",
    )
    PROPOSE = "propose", "propose what watchlists ask two people for, and read proposals"
    DECIDE_PROPOSALS = "decide_proposals", "decide on what other users have proposed, and read it"
    RECOGNISE = "recognise", "recognise: find, name and compare faces in uploaded pictures"
    READ_ENCODINGS = "read_encodings", "read encodings of uploaded faces: biometric data"
    READ_SIGHTINGS = "read_sightings", "read sightings: sightings, detections, their pictures, cameras"
    SEARCH_SIGHTINGS = "search_sightings", "search sightings by a face, and read them"
    EXPORT_CASES = "export_cases", "hand sightings over as cases, and read them"
    ANALYSE_VIDEOS = "analyse_videos", "have videos analysed, and read what was seen in them"
    CORRECT_SIGHTINGS = "correct_sightings", "correct sightings: say who they are, undo it, and read them"
    MANAGE_CAMERAS = "manage_cameras", "manage cameras: see, add, change and delete them"
    READ_ALERTS = "read_alerts", "read alerts and the rules that raise them"
    WORK_OFF_ALERTS = "work_off_alerts", "acknowledge and close alerts, and read them"
    MANAGE_RULES = "manage_rules", "manage rules: see, add, change and delete them, and read alerts"
    MANAGE_CHANNELS = "manage_channels", "manage channels: see, add, change, delete and test them, and read deliveries"
    READ_ERASURES = "read_erasures", "read erasures and their certificates"
    ERASE_PEOPLE = "erase_people", "erase people for good, with a certificate, and read erasures"
    ANSWER_ACCESS_REQUESTS = "answer_access", "gather everything about one person, for them"
    READ_AUDIT = "read_audit", "read the audit: who looked and who changed what"
    READ_KEEPING = "read_keeping", "read the schedule of keeping, and when it was last kept"
    MANAGE_KEEPING = "manage_keeping", "change the schedule of keeping: for how long data is kept, and read it"


_READ_SIGHTINGS = _rights("streams", "view", "sighting detection camera stranger presence")

SCOPES: dict[str, frozenset[str]] = {
    Scope.READ_PEOPLE: _SEE_PEOPLE,
    Scope.WRITE_PEOPLE: _rights("people", _EVERY_VERB, "person photo watchlist")
    | {"people.retire_person", "people.forbid_matching"}
    | _NAME_STRANGERS,
    Scope.DELETE_EVERYBODY: frozenset({"people.delete_everybody"}),
    Scope.READ_BASES: _SEE_BASES,
    Scope.WRITE_BASES: _KEEP_BASES,
    Scope.READ_LINKS: _rights("people", "view", "enrolmentlink kiosk"),
    Scope.MANAGE_LINKS: _rights("people", "view add change", "enrolmentlink kiosk"),
    Scope.PROPOSE: _PROPOSE | {"people.view_watchlist"},
    Scope.DECIDE_PROPOSALS: _DECIDE | {"people.view_watchlist"},
    Scope.RECOGNISE: frozenset({"people.recognise"}),
    Scope.READ_ENCODINGS: frozenset({"people.view_encoding"}),
    Scope.READ_SIGHTINGS: _READ_SIGHTINGS,
    Scope.SEARCH_SIGHTINGS: _READ_SIGHTINGS | {"streams.search_sightings"},
    Scope.EXPORT_CASES: _READ_SIGHTINGS | {"streams.view_case", "streams.export_case"},
    Scope.ANALYSE_VIDEOS: frozenset({"streams.view_video", "streams.analyse_video"}),
    Scope.CORRECT_SIGHTINGS: _READ_SIGHTINGS | _SAY_WHO_IT_IS,
    Scope.MANAGE_CAMERAS: _rights("streams", _EVERY_VERB, "camera"),
    Scope.READ_ALERTS: _SEE_ALERTS,
    Scope.WORK_OFF_ALERTS: _WORK_OFF,
    Scope.MANAGE_RULES: _SEE_ALERTS | _rights("streams", _EVERY_VERB, "rule"),
    Scope.MANAGE_CHANNELS: _rights("streams", _EVERY_VERB, "channel") | {"streams.view_delivery"},
    Scope.READ_ERASURES: _SEE_ERASURES,
    Scope.ERASE_PEOPLE: _ERASE,
    Scope.ANSWER_ACCESS_REQUESTS: _ANSWER,
    Scope.READ_AUDIT: _READ_AUDIT,
    Scope.READ_KEEPING: _SEE_KEEPING,
    Scope.MANAGE_KEEPING: _CHANGE_KEEPING,
}

OFFERED: frozenset[str] = frozenset().union(*ROLES.values(), *SCOPES.values()) | {"streams.send_to_camera"}
"""Every right that does something: a site chooses among these for groups of its own."""


def rights_of(scopes: Iterable[str]) -> frozenset[str]:
    """Returns the rights that any of `scopes` gives; a scope that no longer exists gives none."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))
