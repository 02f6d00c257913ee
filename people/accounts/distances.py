"""Who reads exact distances: whoever may read encodings, because a few hundred exact distances make up a template."""

from __future__ import annotations

from django.contrib.auth.models import PermissionsMixin

from people.accounts.limits import Looker

EXACT = "people.view_encoding"
"""The right; API keys have it by the scope *read encodings*."""
WHY_NOT = (
    "A distance of your own needs the right to read encodings (for an API key the scope “read encodings”): whoever may "
    "try many of them finds the exact distance, and from many of those a person's template. Leave it out."
)


def reads_exact_distances(user: Looker) -> bool:
    """Returns whether `user` reads distances as they are; everybody else reads them rounded up to the next limit.

    None is the system itself. `Thresholds.rounded_up` rounds; docs/accuracy.md says how much each step would give away.
    """
    if user is None:
        return True
    return isinstance(user, PermissionsMixin) and user.has_perm(EXACT)
