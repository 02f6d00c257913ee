"""Counts the people and encodings that each engine has in the gallery, once for each state of the gallery."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.cache import cache

from people.accounts.limits import Looker
from people.records.encoding import Encoding
from people.records.gallery_version import GalleryVersion
from people.records.groups import person_limits

KEPT_S = 3600


def shares_seen_by(user: Looker, *, now: GalleryVersion | None) -> list[dict[str, Any]]:
    """Returns `engine`, `people` and `encodings` of each engine, counting only the people who exist for `user`.

    `now` is the version, read before this call. Every change of the counts raises it, also of memberships of groups
    (migrations 0003 and 0009); its time tells it from the same version of a restored backup. Without `now` they are
    counted each time.
    """
    if now is None:
        return _counted(user)
    limits = [sorted(groups) for groups in person_limits(user)]
    state = f"{now.version} {now.changed_at.isoformat()} {limits}"
    key = f"gallery-shares-{sha256(state.encode()).hexdigest()[:32]}"
    shares: list[dict[str, Any]] | None = cache.get(key)
    if shares is None:
        shares = _counted(user)
        cache.set(key, shares, KEPT_S)
    return shares


def _counted(user: Looker) -> list[dict[str, Any]]:
    return list(Encoding.objects.within_limits_of(user).shares_by_engine())
