"""The admin page that merges two people: it shows both side by side and asks which one to keep."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from people.admin.pages import ExtraPages
from people.base.ids import uuid_or_none
from people.editing.merging import merge_people


class MergePage(ExtraPages):
    """Mixin for the admin of people."""

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["people.change_person", "people.delete_person"])

    @admin.action(description="Merge two selected people", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
        chosen = [str(person.pk) for person in queryset[:3]]
        if len(chosen) != 2:
            self.message_user(request, "Select exactly two people to merge them.", messages.ERROR)
            return None
        query = urlencode({"person": chosen}, doseq=True)
        return redirect(f"{reverse('admin:people_person_merge')}?{query}")

    def merge_page(self, request: HttpRequest) -> HttpResponseBase:
        """GET: shows the two people in `person`. POST: merges one into the other, the one named by `keep`."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        people = self._two(request)
        kept = next((person for person in people if str(person.pk) == request.POST.get("keep")), None)
        if request.method == "POST" and kept:
            (other,) = (person for person in people if person is not kept)
            with self.refusals_shown(request, done=f"{other} is {kept} from now on."):
                merge_people(keep=kept, merge=other, by=request.user, page=request.path)
            if kept.merges.working().exists():
                self.message_user(request, "There are many sightings: a worker is moving them, until then both exist.")
            return redirect("admin:people_person_change", kept.pk)
        # Users usually want to keep the person with more enrolled photos, or else the older record.
        proposed = min(people, key=lambda person: (-person.photos_enrolled, person.created_at))
        return self.page(
            request,
            "admin/people/merge_people.html",
            people=people,
            proposed=proposed,
            asks_for_retiring=_one_is_retired(people) and not request.user.has_perm("people.retire_person"),
            title="Are these the same person?",
        )

    def _two(self, request: HttpRequest) -> list[Any]:
        """Returns the two people. Raises Http404 unless `person` names exactly two whom the user may see."""
        ids = {uuid_or_none(text) for text in (request.POST or request.GET).getlist("person")} - {None}
        found: Any = self.get_queryset(request).filter(pk__in=ids)
        people = list(found.with_sightings_total(request.user).order_by("created_at", "pk"))
        if len(people) != 2:
            raise Http404("these are not two people")
        return people


def _one_is_retired(people: list[Any]) -> bool:
    return len({person.is_retired for person in people}) == 2
