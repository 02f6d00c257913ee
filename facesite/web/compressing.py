"""Middleware that compresses pages, styles and scripts for browsers that can read it: to a fifth, for a page.

What a compressed answer weighs can tell an attacker who reads the wire, and makes the victim's browser ask again and
again, what stands beside words that the attacker chose (BREACH). So:

- The session's cookie is SameSite=Lax: what another site makes a browser ask for in the background is a stranger's.
- Tokens against forged requests are masked anew in each page, and up to 100 random bytes are added to each page.
- The pages of logins, invitations and accounts are left as they are: they show what second factors are made of.
- The API is left as it is, too: its strong ETags, which guard edits, name the exact bytes of an answer.

Pictures and videos are compressed by themselves, and so are static files where they were collected.
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from facesite.web.answers import middleware_that
from facesite.web.slimming import slimmed

WORTH_IT = frozenset({"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"})
LEFT_AS_THEY_ARE = ("/login/", "/account/", "/invited/", "/api/")


def _shrink(request: HttpRequest, response: Any) -> None:
    if request.method != "GET" or response.status_code != 200 or not _is_worth_it(request, response):
        return
    if not response.streaming:
        _pages.process_response(request, response)
    elif response.is_async and not response.has_header("Content-Encoding"):
        _shrink_file(request, response)


def _is_worth_it(request: HttpRequest, response: Any) -> bool:
    kind = response.get("Content-Type", "").partition(";")[0]
    return kind in WORTH_IT and not request.path_info.startswith(LEFT_AS_THEY_ARE)


def _shrink_file(request: HttpRequest, response: Any) -> None:
    """Compresses a static file that was not collected. Django would compress each part by itself, as several files."""
    patch_vary_headers(response, ("Accept-Encoding",))
    if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
        name = request.path_info.removeprefix(settings.STATIC_URL)
        response.streaming_content = _compressed(name, response.streaming_content)
        response.headers["Content-Encoding"] = "gzip"
        del response.headers["Content-Length"]


async def _compressed(name: str, parts: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """A static file as one part: the largest has 0.3 MB."""
    content = b"".join([part async for part in parts])
    yield gzip.compress(content if settings.DEBUG else slimmed(name, content), mtime=0)


_pages = GZipMiddleware(lambda request: None)  # type: ignore[arg-type]
with_less_on_the_wire = middleware_that(_shrink)
