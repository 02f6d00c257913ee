"""The admin's deletion of cameras: it says how much would go with them, and offers to switch them off instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from people.records.groups import person_limits
from streams.cameras.deleting import COMMAND, MOST_IN_A_REQUEST, RIGHT, Seen, delete_camera
from streams.records.camera import Camera

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Camera]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class CameraDeletion(Base):
    """Mixin for the admin of cameras."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Returns what would be deleted as Django's pages show it, counted: there may be a million sightings."""
        shown: list[Any] = []
        protected: list[str] = []
        for camera in objs:
            seen = Seen.by(camera)
            if seen.sightings > MOST_IN_A_REQUEST and _may_delete(request.user):
                protected.append(f"{camera.name} has {seen}, which takes minutes: {COMMAND.format(slug=camera.slug)}")
            elif seen.sightings and not _may_delete(request.user):
                protected.append(_kept(camera, seen, request.user))
            shown += [camera.name, [str(seen)]] if seen.sightings else [camera.name]
        lacking = set() if self.has_delete_permission(request) else {"camera"}
        return shown, {"cameras": len(objs)}, lacking, protected

    def delete_model(self, request: HttpRequest, obj: Camera) -> None:
        delete_camera(camera=obj, by=request.user, with_sightings=_may_delete(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        for camera in queryset:
            self.delete_model(request, camera)


def _may_delete(user: Any) -> bool:
    return bool(user.has_perm(RIGHT)) and not person_limits(user)


def _kept(camera: Camera, seen: Seen, user: Any) -> str:
    """Names the sightings that prevent a deletion only in general to limited users, who may not see each."""
    counted = "sightings" if person_limits(user) else str(seen)
    return f"{camera.name} has {counted}: switch the camera off instead"
