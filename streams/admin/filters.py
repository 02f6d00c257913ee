"""Filters of the admin's lists of cameras and channels: what needs somebody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from streams.cameras.trouble import cameras_without_pictures
from streams.records.camera import Camera, CameraQuerySet
from streams.records.channel import Channel, ChannelQuerySet


class PicturesFilter(admin.SimpleListFilter):
    title = "pictures"
    parameter_name = "pictures"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "Gives none, and should")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Camera]) -> QuerySet[Camera]:
        if self.value() != "none":
            return queryset
        assert isinstance(queryset, CameraQuerySet)
        found = cameras_without_pictures(Camera.objects.within_limits_of(request.user), timezone.now())
        return queryset.filter(pk__in=[camera.pk for camera, _reason in found])


class WorksFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "works"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Fails")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Channel]) -> QuerySet[Channel]:
        assert isinstance(queryset, ChannelQuerySet)
        return queryset.failing() if self.value() == "no" else queryset
