"""CompreFace's calls on subjects: names of people who may be recognised; people of the same name are one subject."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from people.accounts.limits import Looker
from people.base.history import Actor
from people.dialect import refusals
from people.dialect.answers import (
    CompreFaceDeletedSerializer,
    CompreFaceSubjectsSerializer,
    CompreFaceUpdatedSerializer,
)
from people.dialect.base import DialectView, not_with_a_slash, subject_name
from people.dialect.bodies import CompreFaceSubjectSerializer
from people.dialect.described import SUBJECT, described
from people.dialect.refusals import DialectRefusal, no_such_subject
from people.editing import services
from people.editing.merging import merge_people
from people.editing.person_services import save_person
from people.errors import BadUpload
from people.records.folded_name import is_called
from people.records.holding import hold, hold_name
from people.records.person import Person, PersonQuerySet
from people.records.reasons import sentence
from people.records.sightings import all_sightings
from people.rest.permissions import RightsTable


def subjects_of(user: Looker) -> PersonQuerySet:
    """Returns the people in a key's collection: the active people within its limits."""
    return Person.objects.active().within_limits_of(user)


def people_called(subject: str, user: Looker) -> PersonQuerySet:
    """Returns the people in the key's collection who have this name, ignoring case, oldest first."""
    return subjects_of(user).called(subject).order_by("created_at", "id")


def check_may_be_read(name: str, *, by: Actor) -> None:
    """Raises BadUpload if the person of this name is never to be recognised: their picture must not even be read."""
    known = people_called(name, by).first()
    if known is not None and known.is_never_matched:
        raise BadUpload("never_match", sentence("never_match"))


@transaction.atomic
def subject_named(name: str, *, by: Actor) -> tuple[Person, bool]:
    """Returns the oldest person of this name, or adds one; and whether it added them.

    Until the transaction ends nobody else can add a person of this name, or rename or delete this one: clients send
    the first pictures of somebody at the same time, or delete them and send new ones.
    """
    hold_name(name)
    for known in people_called(name, by):
        # Checked again after locking: somebody may have renamed, retired or deleted them before.
        if hold([known.pk]) and people_called(name, by).filter(pk=known.pk).exists():
            return known, False
    return services.add_person(name=name, by=by), True


@transaction.atomic
def rename(subject: str, new: str, *, by: User | AnonymousUser) -> int:
    """Renames the people of one name; if somebody already has the new name, merges them all into that person.

    Returns how many people it renamed or merged. Raises PermissionDenied if that needs a merge, which deletes a
    person, and `by` may not delete people.
    """
    renamed = list(people_called(subject, by))
    kept = _taken_by(subject, new, by)
    if kept and renamed and not by.has_perm("people.delete_person"):
        raise PermissionDenied("This name exists already: the two would be merged, which deletes a person.")
    held = hold([person.pk for person in [*renamed, *([kept] if kept else [])]])
    renamed = list(people_called(subject, by).filter(pk__in=held))  # as they stand now
    for person in renamed:
        if kept:
            merge_people(keep=kept, merge=person, by=by)
        else:
            person.name = new
            save_person(person=person, by=by)
    return len(renamed)


def _taken_by(subject: str, new: str, by: Looker) -> Person | None:
    """Returns the oldest person who has the name `new` and not `subject`, so that "Ada" may become "ada"."""
    return people_called(new, by).exclude(is_called(subject)).first()


@transaction.atomic
def remove_subjects(people: Iterable[Person], *, by: User | AnonymousUser) -> None:
    """Removes the subjects of faces that were just deleted, as far as `by` may: such a name is no subject any more.

    Deletes a person of whom there was nothing else, as the dialect makes them. Retires one with notes, sightings,
    watchlists or further photos: CompreFace has none of these, and its client does not mean to destroy them. Leaves one
    of whom it is recorded whether they may be recognised: the next face of this name would begin a record that knows
    of no refusal, and of no basis that is withdrawn.
    """
    for person in people:
        if is_decided_on(person):
            continue
        if is_nothing_but_a_name(person):
            if by.has_perm("people.delete_person"):
                services.delete_people(people=[person], by=by)
        elif by.has_perm("people.retire_person"):
            services.retire_person(person=person, by=by)


def is_decided_on(person: Person) -> bool:
    """Returns whether the person is never matched, or has a basis or an enrolment link."""
    return person.is_never_matched or person.bases.exists() or person.enrolment_links.exists()


def is_nothing_but_a_name(person: Person) -> bool:
    """Returns whether nobody has written anything about the person and no camera has seen them."""
    if person.external_id or person.notes or person.metadata:
        return False
    if person.photos.exists() or person.watchlists.exists():
        return False
    sightings = all_sightings()
    return sightings is None or not sightings.filter(person=person).exists()


class SubjectsView(DialectView):
    rights: ClassVar[RightsTable] = {
        "GET": ("people.view_person",),
        "POST": ("people.add_person",),
        "DELETE": ("people.delete_person", "people.delete_everybody"),
    }

    @described(
        "subjects_list",
        "List the subjects",
        "Needs the scope `read_people`.",
        answers={200: CompreFaceSubjectsSerializer},
    )
    def get(self, request: Request) -> Response:
        names = subjects_of(request.user).order_by("name").values_list("name", flat=True).distinct()
        return Response({"subjects": list(names)})

    @described(
        "subjects_add",
        "Add a subject",
        "Refused with code 43 if there is one of this name. Needs the scope `write_people`.",
        body={"application/json": CompreFaceSubjectSerializer},
        answers={201: CompreFaceSubjectSerializer},
    )
    def post(self, request: Request) -> Response:
        name = subject_name(request.data.get("subject") if isinstance(request.data, dict) else None)
        _, is_new = subject_named(name, by=request.user)
        if not is_new:
            raise DialectRefusal(refusals.SUBJECT_EXISTS, "Subject already exists")
        return Response({"subject": name}, status=201)

    @described(
        "subjects_delete",
        "Delete every subject in the key's collection",
        "Deletes the people for good, with their photos and sightings. Works without a slash at the end only. Needs "
        "the scopes `write_people` and `delete_everybody`.",
        answers={200: CompreFaceDeletedSerializer},
    )
    def delete(self, request: Request) -> Response:
        not_with_a_slash(request, "subject")
        return Response({"deleted": services.delete_people(people=subjects_of(request.user), by=request.user)})


class SubjectView(DialectView):
    rights: ClassVar[RightsTable] = {"PUT": ("people.change_person",), "DELETE": ("people.delete_person",)}

    @described(
        "subject_rename",
        "Rename a subject",
        "If somebody has the new name already, merges the two, which needs the right to delete people. Needs the scope "
        "`write_people`.",
        parameters=[SUBJECT],
        body={"application/json": CompreFaceSubjectSerializer},
        answers={200: CompreFaceUpdatedSerializer},
    )
    def put(self, request: Request, subject: str) -> Response:
        new = subject_name(request.data.get("subject") if isinstance(request.data, dict) else None)
        if not rename(subject_name(subject), new, by=request.user):
            raise no_such_subject(subject)
        return Response({"updated": True})

    @described(
        "subject_delete",
        "Delete a subject",
        "Deletes the people of this name for good, with their photos and sightings. Needs the scope `write_people`.",
        parameters=[SUBJECT],
        answers={200: CompreFaceSubjectSerializer},
    )
    def delete(self, request: Request, subject: str) -> Response:
        people = list(people_called(subject_name(subject), request.user))
        if not people:
            raise no_such_subject(subject)
        services.delete_people(people=people, by=request.user)
        return Response({"subject": people[0].name})
