"""The errors of the login."""

from __future__ import annotations


class NotLetIn(Exception):
    """The provider knows this person, and this site does not let them in; the message is a sentence for people."""
