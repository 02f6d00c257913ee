"""Permission classes of the REST API: every action, reading included, requires its right."""

from typing import Any

from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request


class ModelRights(DjangoModelPermissions):
    """DRF's model permissions that also require the view right for reading (DRF's own require none).

    A viewset with further actions names the right of each in `action_rights`: {"retire": "people.retire_person"}.
    It may name several; the caller then needs all of them, instead of the right for the HTTP method.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        right = getattr(view, "action_rights", {}).get(getattr(view, "action", None))
        if right is None:
            return bool(super().has_permission(request, view))
        rights = (right,) if isinstance(right, str) else right
        return request.user.is_authenticated and request.user.has_perms(rights)


class EveryRight(BasePermission):
    """Requires all of the view's own `rights`, whatever the method.

    It is for views without a model, and for models that use the rights of others.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perms(view.rights))


class OneRight(BasePermission):
    """Requires the view's own `right`, whatever the method. It is for views without a model."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm(view.right))
