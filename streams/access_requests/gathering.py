"""Gathers what the site has about one person, in words: the facts from which pages and JSON of an answer are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Prefetch

from people.audit.entry import AuditEntry
from people.audit.words import WRITES
from people.base.site_time import time_words
from people.records.basis import Basis
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.photo import Photo
from people.records.proposal import Proposal
from people.records.reasons import sentence
from streams.cases.case import Case
from streams.cases.entries import VERDICT_WORDS
from streams.records.alert import Alert
from streams.records.detection import Detection
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict
from streams.videos.moments import clock
from streams.videos.video import VideoSighting

AT_ONCE = 200
NO_ROLE = "somebody without a role"
PROGRAM = "a program of the site"
GONE = "somebody who has no account any more"
Facts = dict[str, Any]


def about(person: Person) -> Facts:
    """Returns the record itself."""
    return {
        "name": person.name,
        "id_in_another_system": person.external_id or "",
        "notes": person.notes,
        "kept_by_the_organisation": person.metadata,
        "added": time_words(person.created_at),
        "retired": time_words(person.retired_at) if person.retired_at else "",
        "never_to_be_recognised_since": time_words(person.never_match_at) if person.never_match_at else "",
        "watchlists": list(person.watchlists.order_by("name").values_list("name", flat=True)),
        "groups": list(person.groups.order_by("name").values_list("name", flat=True)),
        "merged_from": [time_words(row.merged_at) for row in MergedPerson.objects.filter(into=person)],
    }


def photos(person: Person) -> Iterator[tuple[Facts, Any]]:
    """Yields each photo with its stored picture."""
    for photo in Photo.objects.filter(person=person).order_by("created_at", "pk"):
        said = {
            "file": photo.original_name,
            "added": time_words(photo.created_at),
            "state": photo.get_state_display(),
            "why": sentence(photo.reason, photo.reason_detail) if photo.reason else "",
        }
        yield said, photo.image


def encodings(person: Person) -> list[Facts]:
    """Says how many encodings there are, and which engine made them; the numbers themselves are in no answer."""
    return _counted(Encoding.objects.filter(photo__person=person))


def encodings_of_sightings(person: Person) -> list[Facts]:
    """Says the same of those by which a face that was seen is found again."""
    return _counted(SightingEncoding.objects.filter(sighting__person=person))


def _counted(rows: Any) -> list[Facts]:
    found = rows.order_by("engine").values_list("engine").annotate(number=Count("pk"))
    return [{"engine": engine, "encodings": number} for engine, number in found]


def bases(person: Person) -> Iterator[tuple[Facts, Any]]:
    """Yields each basis with its document, which may be none."""
    for basis in Basis.objects.filter(person=person).select_related("text").order_by("valid_from", "pk"):
        said = {
            "kind": basis.get_kind_display(),
            "purpose": basis.purpose,
            "from": time_words(basis.valid_from),
            "until": time_words(basis.valid_until) if basis.valid_until else "until it is withdrawn",
            "withdrawn": time_words(basis.withdrawn_at) if basis.withdrawn_at else "",
            "why_withdrawn": basis.withdrawn_why,
            "agreed": time_words(basis.agreed_at) if basis.agreed_at else "",
            "agreed_by_the_name": basis.agreed_name,
            "agreed_text": basis.text.text if basis.text else "",
            "document_title": basis.document_title,
        }
        yield said, basis.document


def links(person: Person) -> Iterator[tuple[Facts, list[Any]]]:
    """Yields each enrolment link with the pictures that were sent by it and wait."""
    rows = EnrolmentLink.objects.filter(person=person).order_by("made_at", "pk").prefetch_related("pictures")
    for row in rows:
        said = {
            "made": time_words(row.made_at),
            "state": row.get_state_display(),
            "name": row.name,
            "agreed": time_words(row.agreed_at) if row.agreed_at else "",
        }
        yield said, [picture.image for picture in row.pictures.all()]


def sightings(person: Person) -> Iterator[tuple[Facts, list[Any]]]:
    """Yields each sighting, in the order of time, with its snapshots: no whole frame and no clip, which show others."""
    shown = Detection.objects.exclude(snapshot="").order_by("captured_at", "pk")
    rows = Sighting.objects.filter(person=person).select_related("camera", "edit").order_by("first_seen_at", "pk")
    for row in rows.prefetch_related(Prefetch("detections", shown)).iterator(AT_ONCE):
        said = {
            "from": time_words(row.first_seen_at),
            "to": time_words(row.last_seen_at),
            "month": f"{row.first_seen_at:%Y-%m}",
            "camera": row.camera.name,
            "how_sure": "said by a person" if row.edit_id else VERDICT_WORDS[StoredVerdict(row.verdict)],
        }
        yield said, [look.snapshot for look in row.detections.all()]


def in_videos(person: Person) -> Iterator[tuple[Facts, list[Any]]]:
    """Yields each stay in a video with the pictures of their face; the video itself shows others."""
    rows = VideoSighting.objects.filter(person=person).select_related("video").order_by("video", "first_s")
    for row in rows.prefetch_related("looks"):
        said = {
            "video": row.video.title,
            "from": clock(row.first_s),
            "to": clock(row.last_s),
            "how_sure": VERDICT_WORDS[StoredVerdict(row.verdict)],
        }
        yield said, [look.picture for look in row.looks.all()]


def rules(person: Person) -> list[Facts]:
    """Returns the rules that wait for them alone."""
    rows = Rule.objects.filter(person=person).order_by("created_at", "pk")
    return [{"made": time_words(row.created_at), "name": row.name} for row in rows]


def proposals(person: Person) -> list[Facts]:
    """Returns what was proposed about them for lists, without who proposed and decided it."""
    rows = Proposal.objects.filter(person_id=person.pk).select_related("watchlist").order_by("proposed_at", "pk")
    return [
        {"proposed": time_words(row.proposed_at), "list": row.watchlist.name, "what": row.get_kind_display(),
         "why": row.reason, "became": row.get_state_display(), "decided_why": row.decided_why}
        for row in rows
    ]  # fmt: skip


def alerts(person: Person) -> list[Facts]:
    rows = Alert.objects.filter(person=person).order_by("raised_at")
    return [
        {"raised": time_words(row.raised_at), "camera": row.camera_name,
         "became": row.get_outcome_display() or row.get_state_display()}
        for row in rows
    ]  # fmt: skip


def handed_over(person: Person) -> list[Facts]:
    """Says when something about them was handed over as a case; for whom stands in words of the site's own."""
    rows = Case.objects.filter(people__has_any_keys=_ids(person)).order_by("created_at")
    return [{"asked_for": time_words(row.created_at), "why": row.reason} for row in rows]


def looks(person: Person) -> Iterator[Facts]:
    """Yields who looked at what concerns them, by role and without a name, oldest first."""
    roles = _roles()
    rows = AuditEntry.objects.filter(about__overlap=[f"person:{key}" for key in _ids(person)]).order_by("number")
    for entry in rows.only("at", "user", "action", "kind").iterator(AT_ONCE):
        yield {
            "when": time_words(entry.at),
            "who": roles.get(entry.user, GONE) if entry.user else PROGRAM,
            "what": f"{entry.get_action_display()} {entry.kind}",
            "changed": entry.action in WRITES,
        }


def _ids(person: Person) -> list[str]:
    """Returns their id and those of the records that were merged with theirs: what was written before names these."""
    return [str(key) for key in (person.pk, *MergedPerson.objects.filter(into=person).values_list("old_id", flat=True))]


def _roles() -> dict[int | None, str]:
    users = User.objects.prefetch_related("groups")
    return {user.pk: ", ".join(group.name for group in user.groups.all()) or _of(user) for user in users}


def _of(user: User) -> str:
    return "administrator" if user.is_superuser else NO_ROLE
