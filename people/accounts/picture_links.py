"""Links to stored pictures for clients that cannot send a key, such as an `<img>` on another system's page.

A link is signed and good for five minutes. It says for whom it was made; when it is followed, the rights of that user
or key are asked again, so it ends at once with them. It works alike for pictures in a bucket and in a folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from people.accounts.api_key import ApiKey, KeyUser

GOOD_FOR = timedelta(minutes=5)
_SALT = "people.picture_links"  # stays as it is: links made before an upgrade are followed after it
View = Callable[[HttpRequest, Any], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of one answer, which end together."""

    request: Request

    def to(self, kind: str, pk: object, *, at: str) -> str:
        """Returns the absolute address of the picture `kind` of row `pk`. `at` names the URL that follows links."""
        key = self.request.auth.pk if isinstance(self.request.auth, ApiKey) else None
        token = signing.dumps([kind, str(pk), self.request.user.pk, key], salt=_SALT)
        return self.request.build_absolute_uri(reverse(at, args=[token]))

    def end(self) -> datetime:
        return timezone.now() + GOOD_FOR


def follow(request: HttpRequest, token: str, views: dict[str, View]) -> HttpResponseBase:
    """Returns what the view for this kind of picture answers to the user or key of the link. Raises Http404."""
    try:
        kind, pk, user, key = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Http404("This link has ended: links work for five minutes.") from None
    if kind not in views:
        raise Http404("This link is for a picture of another kind.")
    request.user = _holder(user, key)
    return views[kind](request, pk)


def _holder(user: int, key: int | None) -> User:
    if key is None:
        holder = User.objects.filter(pk=user, is_active=True).first()
    else:
        usable = ApiKey.objects.usable().filter(pk=key).first()
        holder = KeyUser.of(usable) if usable else None
    if holder is None:
        raise Http404("The user or key that made this link has no access any more.")
    return holder
