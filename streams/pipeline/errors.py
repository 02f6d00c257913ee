"""What can go wrong with a camera's source; the messages are sentences for people, without credentials."""


class SourceDown(Exception):
    """The source gives no pictures, for the reason in the message."""

    retry_s: float | None = None
    """When to try again; None: after a while that grows."""


class NobodySends(SourceDown):
    """No browser sends pictures now. Waiting costs nothing and somebody may begin any moment."""

    retry_s = 1.0


class SourceEnded(SourceDown):
    """Every picture there was has been read: nothing is broken."""
