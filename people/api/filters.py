"""Filters of the API's lists of people, photos, watchlists and imports."""

from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from people.imports.jobs import ImportJob
from people.records.basis_notices import NOTICES
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo
from people.records.states import ImportState, PhotoState
from people.records.watchlist import Watchlist
from people.rest.metadata_filters import MetadataFilters


def watchlists_for(request: HttpRequest | None) -> QuerySet[Watchlist]:
    """Returns the watchlists that the caller may filter by.

    Without the right to see watchlists it returns none: filtering by a list would reveal who is on it.
    """
    return Watchlist.objects.visible_to(request and request.user)


class PersonFilter(MetadataFilters, django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="named",
        max_length=200,
        help_text="Parts of the name, in any order, with or without accents, or the exact external id.",
    )
    external_id = django_filters.CharFilter(max_length=200)
    retired = django_filters.BooleanFilter("retired_at", "isnull", exclude=True)
    never_match = django_filters.BooleanFilter("never_match_at", "isnull", exclude=True)
    basis = django_filters.ChoiceFilter(
        choices=[
            ("lacking", "without a valid basis"),
            ("ends_soon", "with one that ends within 30 days"),
            ("withdrawn", "withdrawn, and no other one is valid"),
            ("asked", "without a valid one, and asked by a link"),
            ("not_asked", "without a valid one, and not asked"),
        ],
        method="by_basis",
        help_text="Needs the right to see bases; without it nobody is found.",
    )
    watchlist = django_filters.ModelChoiceFilter("watchlists", queryset=watchlists_for)

    class Meta:
        model = Person
        fields: list[str] = []

    def by_basis(self, people: PersonQuerySet, name: str, wanted: str) -> PersonQuerySet:
        if not self.request.user.has_perm("people.view_basis"):
            return people.none()
        return NOTICES[wanted](people)

    def named(self, people: PersonQuerySet, name: str, text: str) -> PersonQuerySet:
        return people.filter(Q(search_name__has_words=text) | Q(external_id=text))


class PhotoFilter(django_filters.FilterSet):
    person = django_filters.UUIDFilter("person_id")
    state = django_filters.MultipleChoiceFilter(
        choices=PhotoState.choices, distinct=False, help_text="Repeat the parameter for several."
    )
    reason = django_filters.CharFilter(max_length=40)

    class Meta:
        model = Photo
        fields: list[str] = []


class WatchlistFilter(django_filters.FilterSet):
    person = django_filters.UUIDFilter(method="with_member", help_text="Lists that this person is on.")

    class Meta:
        model = Watchlist
        fields: list[str] = []

    def with_member(self, watchlists: QuerySet[Watchlist], name: str, person: UUID) -> QuerySet[Watchlist]:
        """Returns the lists that `person` is on; none if the person does not exist for the caller."""
        return watchlists.filter(people__in=Person.objects.within_limits_of(self.request.user).filter(pk=person))


class ImportFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=ImportState.choices, distinct=False, help_text="Repeat the parameter for several."
    )

    class Meta:
        model = ImportJob
        fields: list[str] = []
