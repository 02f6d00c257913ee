"""The base of admin pages besides Django's own: it finds the row, checks rights and shows refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst

from people.errors import PeopleError

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class ExtraPages(Base):
    """A model's admin with further pages; `extra_pages` lists (path, view method, name)."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return []

    def get_urls(self) -> list[URLPattern]:
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        extra = [
            path(route, self.admin_site.admin_view(view), name=f"{prefix}_{name}")
            for route, view, name in self.extra_pages()
        ]
        return extra + super().get_urls()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Leaves out the rows that only tie two others together, which have no name: "Watchlist_people object (1)"."""
        shown, counts, lacking, protected = super().get_deleted_objects(objs, request)
        ties = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        kinds = tuple(f"{capfirst(tie.verbose_name)}: " for tie in ties)
        plurals = {str(tie.verbose_name_plural) for tie in ties}
        kept = {name: number for name, number in counts.items() if name not in plurals}
        return _without(shown, kinds), kept, lacking, protected

    def row(self, request: HttpRequest, pk: UUID, *, right: str) -> Any:
        """Returns the row `pk` if the user may `right` ("view", "change", …) it. Raises Http404 or PermissionDenied."""
        row: Model | None = self.get_object(request, str(pk))
        if row is None:
            raise Http404(f"no such {self.opts.verbose_name}")
        if not getattr(self, f"has_{right}_permission")(request, row):
            raise PermissionDenied
        return row

    def page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        """Renders one of our own pages inside the admin's layout."""
        everywhere = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**everywhere, **context})

    @contextmanager
    def refusals_shown(self, request: HttpRequest, *, done: str = "") -> Iterator[None]:
        """Shows `done` (if it says anything) if the block succeeds, or the reason if a service refuses."""
        try:
            yield
        except PeopleError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            if done:
                self.message_user(request, done, messages.SUCCESS)


def _without(rows: list[Any], kinds: tuple[str, ...]) -> list[Any]:
    """Takes rows of these kinds out of a list that is nested as Django nests it, and lists that this empties."""
    kept = (_without(row, kinds) if isinstance(row, list) else row for row in rows)
    return [row for row in kept if row and (isinstance(row, list) or not str(row).startswith(kinds))]
