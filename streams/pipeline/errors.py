"""What can go wrong with a camera's source; the messages are sentences for people, without credentials."""


class SourceDown(Exception):
    """The source gives no pictures, for the reason in the message."""

    retry_s: float | None = None
    """When to try again; None: after a while that grows."""


class NobodySends(SourceDown):
    """No browser sends pictures now. Waiting costs nothing and somebody may begin any moment."""

    retry_s = 1.0


class Fetching(SourceDown):
    """The source is a video that is not all here yet: nothing is wrong, the next try goes on with it."""

    retry_s = 0.2

    def __init__(self, here_bytes: int, size_bytes: int) -> None:
        super().__init__(f"fetching the video: {here_bytes / 1e6:,.0f} of {size_bytes / 1e6:,.0f} MB")


class SourceEnded(SourceDown):
    """Every picture there was has been read: nothing is broken."""
