"""Who may use the REST API: whoever holds the right that the action asks for, for reading too."""

from typing import Any

from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request


class ModelRights(DjangoModelPermissions):
    """DRF's model permissions, with the view right asked for reading (DRF's own asks none).

    A viewset names the right of an action that is none of the usual ones in `action_rights`:
    {"retire": "people.retire_person"}, or several: all are asked, in place of the method's.
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
    """For views of no model, or of one with the rights of others: asks for all of the view's own `rights`, whatever
    the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perms(view.rights))


class OneRight(BasePermission):
    """For views of no model: asks for the view's own `right`, whatever the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm(view.right))
