"""Answers addresses with 400 if they ask the database what it cannot be asked, such as `?name__regex=[`.

Django's admin and filters pass lookups on as they stand in the address. The database refuses some of them, and Django
makes a 500 of that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from facesite.web.error_pages import bad_request
from facesite.web.refusing import Refusal, is_of_the_api

logger = logging.getLogger(__name__)

# OverflowError: of dates that Python cannot count, as in `?created_at__year=99999999999`.
_OF_THE_ADDRESS = (DataError, OverflowError)
_YEAR = re.compile(r"__(iso_)?year(__|$)")


def with_possible_questions(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Refuses NUL in addresses of pages, as Postgres cannot store it, and answers lookups that the database refused."""

    def answer(request: HttpRequest) -> Any:
        return _refused(request) if _has_nul(request) else get_response(request)

    answer.process_exception = refused_lookup  # type: ignore[attr-defined] # where Django looks for it
    return answer


def refused_lookup(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Returns the answer to a question that only the address can have got wrong; None for any other fault.

    The admin's lists show themselves without the lookup and say so, as for lookups that Django itself refuses.
    """
    if request.method not in ("GET", "HEAD") or not request.GET:
        return None
    if not isinstance(error, _OF_THE_ADDRESS) and not (isinstance(error, ValueError) and _asks_for_a_year(request)):
        return None
    logger.warning("%s asks what cannot be looked up", request.path, exc_info=error)  # a fault of ours would show here
    if request.path_info.startswith("/admin/") and request.path_info.endswith("/") and ERROR_FLAG not in request.GET:
        return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
    return _refused(request)


def _asks_for_a_year(request: HttpRequest) -> bool:
    """Returns whether a lookup is by a year, of which Django makes a date only while it asks: there is none of -1."""
    return any(_YEAR.search(name) for name in request.GET)


def _has_nul(request: HttpRequest) -> bool:
    """Returns whether a page is asked for with a NUL; the API and CompreFace's dialect refuse it in their own words."""
    if is_of_the_api(request.path_info):
        return False
    return "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def _refused(request: HttpRequest) -> HttpResponse:
    told = "This address asks for something that cannot be looked up."
    if is_of_the_api(request.path_info):
        return JsonResponse(Refusal(400, "invalid", told).envelope(), status=400)
    return bad_request(request, SuspiciousOperation(told))
