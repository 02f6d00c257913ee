"""Who may use an address of the API: the caller with the rights that the view's own table names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from people.audit.noting import note

RightsTable = Mapping[str, tuple[str, ...]]
"""The rights that each action of a viewset asks for, or each method of another view. All of them are needed."""


class HasRights(BasePermission):
    """Reads the view's `rights`, a RightsTable, and denies what does not stand in it.

    HEAD asks for the rights of GET. OPTIONS asks for those of any one entry, as it only tells what the view can do.
    """

    message = "You have no right to do that. Rights come from roles, and for an API key from its scopes."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.method == "OPTIONS":
            return any(map(request.user.has_perms, view.rights.values()))
        if not hasattr(view, str(request.method).lower()):
            return True  # DRF answers 405 next: there is nothing to be allowed
        wanted = view.rights.get(_asked(request, view))
        return wanted is not None and request.user.has_perms(wanted)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """Notes for the audit which row is shown, and allows it: querysets hide what somebody may not see."""
        if isinstance(obj, Model):
            note(request, obj)
        return True


def _asked(request: Request, view: Any) -> str:
    """The action that the method means to a viewset, which may differ from its own while OPTIONS asks for others."""
    actions: Mapping[str, str] | None = getattr(view, "action_map", None)
    if actions is not None:
        return actions.get(str(request.method).lower(), "")
    return "GET" if request.method == "HEAD" else str(request.method)


def model_rights(model: str, *more: str, **own: str | tuple[str, ...]) -> RightsTable:
    """Returns the table of a viewset whose usual actions ask for the usual rights of `model` ("people.person").

    `more`: further actions that only read. `own`: actions that ask for rights of their own.
    """
    app, _, name = model.partition(".")
    read = dict.fromkeys(("list", "retrieve", *more), (f"{app}.view_{name}",))
    write = {
        "create": (f"{app}.add_{name}",),
        "update": (f"{app}.change_{name}",),
        "partial_update": (f"{app}.change_{name}",),
        "destroy": (f"{app}.delete_{name}",),
    }
    return {**read, **write, **{action: (r,) if isinstance(r, str) else r for action, r in own.items()}}
