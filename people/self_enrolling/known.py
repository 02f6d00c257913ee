"""Whether a request's address has the secret of a link that takes pictures: then its body may be large."""

from __future__ import annotations

from people.records.enrolment_link import EnrolmentLink, secret_digest

PREFIX = "/enrol/"


def takes_pictures(path: str) -> bool:
    """Returns whether `path` belongs to a link that is not used up, by the database's clock."""
    if not path.startswith(PREFIX):
        return False
    secret = path.removeprefix(PREFIX).partition("/")[0]
    return EnrolmentLink.objects.usable().filter(digest=secret_digest(secret)).exists()
