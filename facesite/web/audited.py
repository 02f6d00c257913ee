"""Middleware that writes down who looks: one entry for each request that shows biometric data."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseForbidden,
    JsonResponse,
)

from facesite.monitoring.logging import redacted
from facesite.web.addresses import POSTED, WRITES, id_as_stored, ids_in, look_at
from facesite.web.refusing import Refusal, is_of_the_api
from people.audit.acting import Actor, acting
from people.audit.keeping import KEPT
from people.audit.noting import noted
from people.audit.storing import MOST_ABOUT, MOST_LETTERS, NewEntry, store
from people.audit.words import Action
from people.base.ids import uuid_or_none

logger = logging.getLogger(__name__)

SHOWN = (200, 202, 206, 304)
"""304: the browser has the picture, and shows it."""
REFUSED = (400, 403, 409)
"""With one of these a form comes back on its page, which shows as much as before."""
NOT_ASKED = frozenset({"csrfmiddlewaretoken", "cursor", "before", "after", "limit", "offset", "page", "format"})
# Of what is said twice a filter takes the last, so the last ones are kept.
NARROWING: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("person", "sighting", "stranger"), uuid_or_none),
    "camera": re.compile(r"[-\w]{1,60}", re.ASCII).fullmatch,
}
TOLD = "Who looks must be written down first, and that is not possible now. Try again in a moment."


def with_audit(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Lets triggers know who writes in a request, and writes down who has looked, after the answer is made."""

    def answer(request: HttpRequest) -> Any:
        with acting(partial(Actor.of_request, request)):
            return _written_down(request, get_response(request))

    return answer


def view_name(match: Any) -> str:
    """Returns the name of a view as facesite/web/addresses.py has it: of its address, else of its class or function."""
    view = match.func
    return str(match.view_name if match.url_name else getattr(view, "view_class", getattr(view, "cls", view)).__name__)


def _written_down(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    entry = _entry(request, response)
    if entry is None:
        return response
    if not settings.AUDIT_STRICT:
        KEPT.keep(entry)
        return response
    try:
        store([entry])
    except DatabaseError:
        logger.exception("a look is refused: its entry in the audit cannot be stored")
        for close in response._resource_closers:  # type: ignore[attr-defined] # close() would end the request for Django
            close()
        return _refused(request)
    return response


def _entry(request: HttpRequest, response: HttpResponseBase) -> NewEntry | None:
    match = request.resolver_match
    if match is None:
        return None
    name, method = view_name(match), str(request.method)
    look = look_at(name, method)
    is_write = method in WRITES and name not in POSTED
    if look is None or not (_shows_what_was_written(request, response) if is_write else response.status_code in SHOWN):
        return None
    about = tuple(dict.fromkeys([*ids_in(look, match.kwargs), *noted(request), *_filtered(request)]))
    return NewEntry(Actor.of_request(request), look.action, look.kind, about, _asked(request, look.action))


def _shows_what_was_written(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Returns whether the answer to a write has a row of the API, or a page: a script of ours hears one sentence."""
    is_page = response.get("Content-Type", "").startswith("text/html")
    if response.status_code == 200:
        return is_page or is_of_the_api(request.path_info)
    is_error_page = isinstance(response, (HttpResponseBadRequest, HttpResponseForbidden))
    return is_page and response.status_code in REFUSED and not is_error_page


def _filtered(request: HttpRequest) -> list[str]:
    """Returns whom a list was narrowed to. What is no id is left out: a name in an entry could never be erased."""
    pairs = [(kind, value) for kind in NARROWING for value in request.GET.getlist(kind)[-MOST_ABOUT:]]
    return [f"{kind}:{_id_of(kind, value)}" for kind, value in pairs if NARROWING[kind](value)]


def _id_of(kind: str, value: str) -> str:
    return value if kind == "camera" else id_as_stored(value)


def _asked(request: HttpRequest, action: Action) -> dict[str, Any] | None:
    """Returns what the address asked for beyond its path; None for nothing, and for pictures."""
    if action == Action.SAW_PICTURES:
        return None
    pairs = [(name, value) for name, value in request.GET.items() if value and name not in NOT_ASKED]
    asked = redacted("&".join(f"{name}={value}" for name, value in pairs)[:MOST_LETTERS])
    return {"asked": asked} if asked else None


def _refused(request: HttpRequest) -> HttpResponse:
    refusal = Refusal(503, "not_written_down", TOLD)
    if is_of_the_api(request.path_info):
        answer: HttpResponse = JsonResponse(refusal.envelope(), status=503)
    else:
        answer = HttpResponse(f"{refusal}\n", content_type="text/plain; charset=utf-8", status=503)
    answer["Retry-After"], answer["Cache-Control"] = "5", "private, no-store"
    return answer
