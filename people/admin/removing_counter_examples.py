"""The button of a person's page that removes a counter-example."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from people.admin.pages import ExtraPages
from people.gallery.counter_examples import remove_one
from people.records.counter_example import CounterExample
from people.records.person import Person


class CounterExampleRemoval(ExtraPages):
    """Whoever may change the person may remove the person's."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        remove = ("<uuid:pk>/counter-examples/<int:number>/remove/", self.remove_counter_example, "not_them_remove")
        return [*super().extra_pages(), remove]

    @method_decorator(require_POST)
    def remove_counter_example(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponseBase:
        person: Person = self.row(request, pk, right="change")
        row = get_object_or_404(CounterExample.objects.defer("vector"), pk=number, person=person)
        with self.refusals_shown(request, done=f"Removed: such a face may be taken for {person} again."):
            remove_one(counter_example=row, by=request.user)
        return redirect(reverse("admin:people_person_change", args=[pk]) + "#counter-examples")
