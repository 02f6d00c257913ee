"""The public page about keeping, for everybody who was before a camera: without a login, and without a name."""

from __future__ import annotations

from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from streams.keeping.public import public_notice

# 5 minutes: a change shows soon, and a sign that many people scan costs nothing.
KEPT_BY_BROWSERS_S = 300


@login_not_required
@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    """The same for everybody, so that any cache may keep it: rendered without the request and whoever makes it."""
    response = HttpResponse(render_to_string("streams/privacy.html", {"notice": public_notice()}))
    response["Cache-Control"] = f"public, max-age={KEPT_BY_BROWSERS_S}"
    response["ETag"] = quote_etag(sha256(response.content).hexdigest()[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
