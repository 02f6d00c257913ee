"""Who may read the audit: whoever has its right, and is limited to nothing."""

from __future__ import annotations

from typing import Any

from people.accounts.limits import limit_kinds, limits_of

RIGHT = "people.view_audit"
LIMITED = "The audit names everybody and everything, and you may see only some groups."


def is_limited(user: Any) -> bool:
    return any(limits_of(user, kind) for kind in limit_kinds().values())


def may_read(user: Any) -> bool:
    """Returns whether `user` may read the audit."""
    return bool(user.has_perm(RIGHT)) and not is_limited(user)
