"""Takes the person out of the admin's history: who did what and when stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Model, Q

from people.records.enrolment_link import EnrolmentLink
from people.records.person import Person
from people.records.photo import Photo
from streams.erasing.words import TAKEN_OUT, without
from streams.erasing.work import ErasureWork

FETCHED = "Fetched"
"""How the entries begin that say who fetched a file (streams/cases/handing_over.py)."""


def entries_about(model: type[Model], keys: Iterable[object]) -> Any:
    """Returns the history's entries about these rows."""
    return LogEntry.objects.filter(
        content_type=get_content_type_for_model(model), object_id__in=[str(key) for key in keys]
    )


def forget_entries_about(model: type[Model], keys: Iterable[object]) -> None:
    """Empties the entries about rows that are the person's alone; call it while their ids can be found.

    A row may be called otherwise than the person, such as a rule, or a link before somebody corrected its name.
    """
    entries = entries_about(model, keys)
    entries.update(object_repr=TAKEN_OUT)
    entries.exclude(change_message__startswith=FETCHED).update(change_message="")


def take_names_out(entries: Any, names: Iterable[str]) -> None:
    """Takes the names out of entries about what is not the person's."""
    for entry in entries if names else ():
        LogEntry.objects.filter(pk=entry.pk).update(
            object_repr=without(names, entry.object_repr), change_message=without(names, entry.change_message)
        )


def forget_history(work: ErasureWork, names: Iterable[str]) -> None:
    """Takes the names out of the admin's history; call it before their photos and links are deleted.

    What is about the person stays until `forget_own_history`: by it a try that breaks off finds the names again.
    """
    for model in (Photo, EnrolmentLink):
        forget_entries_about(model, model._default_manager.filter(person__in=work.ids).values_list("pk", flat=True))
    own = entries_about(Person, work.erasure.ids).values("pk")
    for name in names:
        named = Q(change_message__icontains=f"“{name}”")
        if len(name.split()) > 1:  # a single word is a part of the names of others, too
            named |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
        take_names_out(LogEntry.objects.filter(named).exclude(pk__in=own), [name])


def forget_own_history(work: ErasureWork) -> None:
    """Empties what the history says of the person themselves, their deletion included."""
    forget_entries_about(Person, work.erasure.ids)
