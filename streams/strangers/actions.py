"""What the forms of a stranger's page do: each is a POST that leads back to the page with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from people.errors import PeopleError, WrongState
from people.records.photo import Photo
from streams.errors import StrangerIsGone
from streams.records.identity_edit import IdentityEdit
from streams.records.stranger import Stranger
from streams.strangers import edits
from streams.strangers.forms import NameForm, OtherForm, SplitForm, WhoForm
from streams.strangers.pages import page_of_stranger
from streams.strangers.pictures import ChosenPictures

Done = tuple[IdentityEdit, str]
"""The edit, and the sentence for whoever made it."""
NAME, ADD_PHOTO = "streams.name_stranger", "people.add_photo"


class FormRefused(Exception):
    """A form of the page was filled in wrongly."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__()
        self.form = form


@require_POST
@permission_required(("streams.view_stranger", "streams.edit_strangers"), raise_exception=True)
def act(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Does `what` with a stranger. A refusal shows the page again with its reason (400, 409)."""
    row = get_object_or_404(Stranger.objects.visible_to(request.user), number=number)
    try:
        edit, sentence = ACTIONS[what](request, row)
    except FormRefused as refused:
        return page_of_stranger(request, row, 400, refused={what: refused.form})
    except PeopleError as refusal:
        return _refused(request, row, refusal)
    messages.success(request, sentence, extra_tags="" if what == "forget" else f"undo-{edit.pk}")
    still_there = Stranger.objects.visible_to(request.user).filter(pk=row.pk).exists()
    return redirect("stranger", number) if still_there else redirect("strangers")


def _refused(request: HttpRequest, row: Stranger, refusal: PeopleError) -> HttpResponse:
    """Says why where the person is; on the inbox, if nothing is left of the stranger."""
    if isinstance(refusal, StrangerIsGone):
        messages.error(request, str(refusal))
        return redirect("strangers")
    status = 409 if isinstance(refusal, WrongState) else 400
    return page_of_stranger(request, row, status, refusal=str(refusal))


def _name(request: HttpRequest, row: Stranger) -> Done:
    if not request.user.has_perm(NAME):
        raise PermissionDenied
    form = _valid(NameForm(request.POST, user=request.user))
    pictures = ChosenPictures.read(row.pk, form.cleaned_data["pictures"], request.user)
    name = form.cleaned_data["name"]
    edit = edits.name_stranger(stranger=row.pk, name=name, pictures=pictures, **_by(request))
    return edit, f"{row} is {name} now, and so are all their sightings.{_photos(edit)}"


def _say_who(request: HttpRequest, row: Stranger) -> Done:
    form = _valid(WhoForm(request.POST, user=request.user))
    pictures = _chosen(request, row, form)
    edit = edits.say_who(stranger=row.pk, person=form.cleaned_data["person"], pictures=pictures, **_by(request))
    return edit, f"All sightings of {row} have their name now.{_photos(edit)}"


def _join(request: HttpRequest, row: Stranger) -> Done:
    other = _valid(OtherForm(request.POST, user=request.user)).cleaned_data["other"]
    return edits.join_strangers(stranger=row.pk, other=other.pk, **_by(request)), f"{row} is part of {other} now."


def _tell_apart(request: HttpRequest, row: Stranger) -> Done:
    other = _valid(OtherForm(request.POST, user=request.user)).cleaned_data["other"]
    edit = edits.tell_apart(stranger=row.pk, other=other.pk, **_by(request))
    return edit, f"{row} and {other} are two people: nobody will be asked again."


def _split(request: HttpRequest, row: Stranger) -> Done:
    chosen: list[UUID] = _valid(SplitForm(request.POST)).cleaned_data["sightings"]
    edit = edits.split_stranger(stranger=row.pk, sightings=chosen, **_by(request))
    (other,) = Stranger.objects.filter(pk__in=[edit.other_stranger])
    return edit, f"What you chose is {other} now."


def _ignore(request: HttpRequest, row: Stranger) -> Done:
    edit = edits.ignore_stranger(stranger=row.pk, ignore=True, **_by(request))
    return edit, f"{row} is ignored: still recognised, but folded away."


def _unignore(request: HttpRequest, row: Stranger) -> Done:
    return edits.ignore_stranger(stranger=row.pk, ignore=False, **_by(request)), f"{row} is in the inbox again."


def _forget(request: HttpRequest, row: Stranger) -> Done:
    edit = edits.forget_stranger(stranger=row.pk, **_by(request))
    return edit, f"{row} is forgotten. The sightings stay, without anything by which the face would be recognised."


ACTIONS: dict[str, Callable[[HttpRequest, Stranger], Done]] = {
    "name": _name,
    "is": _say_who,
    "join": _join,
    "different": _tell_apart,
    "split": _split,
    "ignore": _ignore,
    "unignore": _unignore,
    "forget": _forget,
}


def _valid(form: Any) -> Any:
    if not form.is_valid():
        raise FormRefused(form)
    return form


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "page": request.path}


def _chosen(request: HttpRequest, row: Stranger, form: Any) -> ChosenPictures:
    """Reads the pictures chosen for somebody enrolled. Raises PermissionDenied without the right to add photos."""
    ids = form.cleaned_data["pictures"]
    if ids and not request.user.has_perm(ADD_PHOTO):
        raise PermissionDenied
    return ChosenPictures.read(row.pk, ids, request.user)


def _photos(edit: IdentityEdit) -> str:
    number = len(edit.detail.get("photos", ()))
    if not number:
        has_some = Photo.objects.filter(person=edit.person).exists()
        return "" if has_some else " Cameras will not know them before you add a photo."
    return f" {number} {'picture is' if number == 1 else 'pictures are'} being enrolled as photos."
