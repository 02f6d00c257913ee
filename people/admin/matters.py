"""What needs doing about people and photos, for the admin's first page: each is asked in one short query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from people.admin.matter import MOST_COUNTED, Matter, Tone, counted, list_url, words
from people.imports.jobs import RIGHTS as IMPORT_RIGHTS
from people.imports.jobs import ImportJob
from people.records.enrolment_link import EnrolmentLink, LinkState
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import DUE, HELD, ImportState, PhotoState
from people.self_enrolling.approving import RIGHTS_TO_APPROVE

DECIDE = ("people.view_photo", "people.change_photo")
APPROVE = ("people.view_enrolmentlink", *RIGHTS_TO_APPROVE)
ADD_PHOTOS = ("people.view_person", "people.view_photo", "people.add_photo")


def people_matters(user: Any) -> Iterator[Matter]:
    """Yields what `user` may see and do something about, what is urgent first."""
    asked: tuple[tuple[tuple[str, ...], Callable[[Any], Iterator[Matter]]], ...] = (
        (DECIDE, _held),
        (ADD_PHOTOS, _without_photos),
        (IMPORT_RIGHTS, _imports),
        (APPROVE, _links),
        (("people.view_photo",), _being_read),
    )
    for rights, matters in asked:
        if user.has_perms(rights):
            yield from matters(user)


def _held(user: Any) -> Iterator[Matter]:
    """Tells of odd photos, and of all that wait if others wait, too."""
    held = Photo.objects.visible_to(user).filter(state__in=HELD)
    odd = counted(held.filter(state=PhotoState.REVIEW, reason__in=[*UNLIKE_OWN, *LIKE_OTHERS]))
    waiting = counted(held)
    if odd:
        said = words(odd, "odd photo may show somebody else", "odd photos may show somebody else")
        yield Matter(Tone.TO_DECIDE, said, list_url("people_photo", doubt="odd"), "Compare and decide")
    if waiting > odd:
        said = words(waiting, "photo waits for a decision", "photos wait for a decision")
        also = " (the odd ones among them)" if odd else ""
        yield Matter(Tone.TO_DECIDE, said + also, list_url("people_photo", doubt="held"), "Decide")


def _without_photos(user: Any) -> Iterator[Matter]:
    if number := counted(Person.objects.visible_to(user).active().without_photos()):
        said = words(number, "person has no photo and is not recognised", "people have no photo and are not recognised")
        where = list_url("people_person", enrolment="none", status="active")
        yield Matter(Tone.TO_DECIDE, said, where, "Add photos")


def _links(user: Any) -> Iterator[Matter]:
    if number := counted(EnrolmentLink.objects.within_limits_of(user).filter(state=LinkState.SENT)):
        said = words(number, "person has agreed and waits for approval", "people have agreed and wait for approval")
        where = list_url("people_enrolmentlink", state__exact=LinkState.SENT)
        yield Matter(Tone.TO_DECIDE, said, where, "Look at them")


def _imports(user: Any) -> Iterator[Matter]:
    """Tells of imports that ask who is who, and of those that are being read, in one query."""
    rows = ImportJob.objects.visible_to(user).unfinished().order_by()
    states = list(rows.values_list("state", flat=True)[: MOST_COUNTED + 1])
    if asking := states.count(ImportState.ASKING):
        said = words(asking, "import asks who is who", "imports ask who is who")
        yield Matter(Tone.TO_DECIDE, said, list_url("people_importjob", state__exact=ImportState.ASKING), "Answer")
    if running := sum(states.count(state) for state in DUE):
        said = words(running, "import is running", "imports are running")
        where = list_url("people_importjob", state__in=",".join(DUE))
        yield Matter(Tone.GOING_ON, said, where, "Watch")


def _being_read(user: Any) -> Iterator[Matter]:
    if number := counted(Photo.objects.visible_to(user).in_work()):
        said = words(number, "photo waits to be read", "photos wait to be read")
        where = list_url("people_photo", state__exact=PhotoState.PENDING)
        yield Matter(Tone.GOING_ON, said, where, "Look")
