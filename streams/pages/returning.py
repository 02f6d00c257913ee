"""Where a form was sent from: the answer leads back there, and the ledger says that it was done there."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest, otherwise: str) -> str:
    """Returns the address on this site in the form's field `next`; `otherwise` if it names none."""
    place = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return place if is_ours else otherwise


def path_of(place: str) -> str:
    """Returns the address without its query and fragment."""
    return place.partition("?")[0].partition("#")[0]


def wants_json(request: HttpRequest) -> bool:
    """Returns whether a script asks, which stays on its page."""
    return not request.accepts("text/html")
