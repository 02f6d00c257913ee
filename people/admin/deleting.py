"""The page that asks for confirmation before it deletes people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest

from people.records.basis import Basis
from people.records.enrolment_link import EnrolmentLink
from people.records.person import Person

GOES_ALONG = {str(model._meta.verbose_name) for model in (Basis, EnrolmentLink)}
"""Rows that nobody deletes by hand: they go with their person, whoever may delete that."""

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # a mixin at run time
    Base = object


class DeletePage(Base):
    """Names the people and gives numbers of the rows deleted with them.

    Django's own page lists each row: these may be thousands of sightings, and some may not exist for the user.
    """

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        _rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        found: Any = Person.objects.filter(pk__in=[person.pk for person in objs])
        sightings = sum(person.sightings_total for person in found.with_sightings_total(request.user))
        if sightings != counts.get("sightings", 0):
            own = {str(model._meta.verbose_name_plural) for model in apps.get_app_config("people").get_models()}
            counts = {name: number for name, number in counts.items() if name in own} | {"sightings": sightings}
        return [str(person) for person in objs], counts, lacking - GOES_ALONG, protected
