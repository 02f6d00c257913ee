"""The page that asks before people are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest

from people.records.person import Person

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # a mixin at run time
    Base = object


class DeletePage(Base):
    """Names the people and numbers what goes with them: row by row that may be thousands of sightings, of which not
    every one exists for whoever looks."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        _rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        found: Any = Person.objects.filter(pk__in=[person.pk for person in objs])
        sightings = sum(person.sightings_total for person in found.with_sightings_total(request.user))
        if sightings != counts.get("sightings", 0):
            own = {str(model._meta.verbose_name_plural) for model in apps.get_app_config("people").get_models()}
            counts = {name: number for name, number in counts.items() if name in own} | {"sightings": sightings}
        return [str(person) for person in objs], counts, lacking, protected
