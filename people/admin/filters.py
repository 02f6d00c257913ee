"""Filters of the admin's lists of people and photos."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from people.gallery.coverage import needing_photos
from people.records.basis import Basis, BasisState
from people.records.basis_notices import NOTICES
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import HELD, NEEDS_SOMEBODY, WAITING, PhotoState


class EnrolmentFilter(admin.SimpleListFilter):
    title = "enrolment"
    parameter_name = "enrolment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("enrolled", "Enrolled"),
            ("attention", "Needs attention"),
            ("waiting", "Waiting"),
            ("few", "Needs photos"),
            ("none", "Without photos"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        assert isinstance(queryset, PersonQuerySet)
        match self.value():
            case "enrolled":
                return queryset.having_photos(PhotoState.ENROLLED)
            case "attention":
                return queryset.having_photos(*NEEDS_SOMEBODY)
            case "waiting":
                return queryset.having_photos(*WAITING)
            case "few":
                return needing_photos(queryset)
            case "none":
                return queryset.without_photos()
        return queryset


class DoubtFilter(admin.SimpleListFilter):
    title = "doubt"
    parameter_name = "doubt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("odd", "Odd photos"), ("held", "All that wait for somebody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> QuerySet[Photo]:
        match self.value():
            case "odd":
                return queryset.filter(state=PhotoState.REVIEW, reason__in=[*UNLIKE_OWN, *LIKE_OTHERS])
            case "held":
                return queryset.filter(state__in=HELD)
        return queryset


class BasisNoticeFilter(admin.SimpleListFilter):
    title = "basis"
    parameter_name = "basis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if not request.user.has_perm("people.view_basis"):
            return []
        return [
            ("lacking", "Lacks a valid basis"),
            ("ends_soon", "Ends within 30 days"),
            ("withdrawn", "Withdrawn"),
            ("asked", "Lacks one, was asked by a link"),
            ("not_asked", "Lacks one, was not asked"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        assert isinstance(queryset, PersonQuerySet)
        notice = NOTICES.get(self.value() or "")
        return notice(queryset) if notice and request.user.has_perm("people.view_basis") else queryset


class BasisStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(state), str(state.label).capitalize()) for state in BasisState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Basis]) -> QuerySet[Basis]:
        wanted: Any = {"state": self.value()}  # with_state has added it
        return queryset.filter(**wanted) if self.value() in BasisState.values else queryset


class RetiredFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", "Active"), ("retired", "Retired"), ("never", "Never to be recognised")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        assert isinstance(queryset, PersonQuerySet)
        match self.value():
            case "active":
                return queryset.active()
            case "retired":
                return queryset.retired()
            case "never":
                return queryset.never_matched()
        return queryset
