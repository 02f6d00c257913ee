"""Middleware that answers 429 where passwords or codes were tried too often."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from people.base.client_address import client_address
from people.errors import TooManyTries

logger = logging.getLogger(__name__)


class TooManyTriesMiddleware(MiddlewareMixin):
    """The page says how long to wait; the API answers by itself (api/errors.py)."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TooManyTries):
            return None
        logger.warning("%s: too many wrong passwords or codes from %s", request.path, client_address(request))
        response = render(request, "429.html", {"told": str(error)}, status=429)
        response["Retry-After"] = str(error.retry_after_s)
        response["Cache-Control"] = "no-store"
        return response
