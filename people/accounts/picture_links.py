"""Links to stored pictures for clients that cannot send a key, such as an `<img>` on another system's page.

A link is signed and good for five minutes. It names the key, token or session that made it. When it is followed, these
and the rights of their user are asked again, so it ends at once with a log-out, another password, a revoked token or
key, and a lost right. It works alike for pictures in a bucket and in a folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from people.accounts.link_makers import holder_of, maker_of

GOOD_FOR = timedelta(minutes=5)
_SALT = "people.picture_links"  # stays as it is, so that a rollout breaks only links that are made while it lasts
View = Callable[[HttpRequest, Any], HttpResponseBase]


@dataclass(frozen=True)
class Links:
    """Makes the links of one answer, which end together."""

    request: Request

    @cached_property
    def _maker(self) -> str:
        return maker_of(self.request)

    def to(self, kind: str, pk: object, *, at: str) -> str:
        """Returns the absolute address of the picture `kind` of row `pk`. `at` names the URL that follows links."""
        token = signing.dumps([kind, str(pk), self._maker], salt=_SALT)
        return self.request.build_absolute_uri(reverse(at, args=[token]))

    def end(self) -> datetime:
        return timezone.now() + GOOD_FOR


def follow(request: HttpRequest, token: str, views: dict[str, View]) -> HttpResponseBase:
    """Returns what the view for this kind of picture answers to the user or key of the link. Raises Http404."""
    try:
        kind, pk, maker = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):  # ValueError: of release 0.1, which named no session or token
        raise Http404("This link has ended: links work for five minutes.") from None
    if kind not in views:
        raise Http404("This link is for a picture of another kind.")
    holder = holder_of(maker)
    if holder is None:
        raise Http404("Whoever made this link has logged out, or has no access any more.")
    request.user = holder
    return views[kind](request, pk)
