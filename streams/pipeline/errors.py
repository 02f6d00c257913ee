"""What can go wrong with a camera's source; each error carries a sentence for people, without credentials."""

from streams.pipeline.reasons import Reason, Sentence


class SourceDown(Exception):
    """The source gives no pictures, for the reason that it says."""

    retry_s: float | None = None
    """When to try again; None: after a while that grows."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class NobodySends(SourceDown):
    """No browser sends pictures now. Waiting costs nothing and somebody may begin any moment."""

    retry_s = 1.0


class Fetching(SourceDown):
    """The source is a video that is not all here yet: nothing is wrong, the next try goes on with it."""

    retry_s = 0.2

    def __init__(self, here_bytes: int, size_bytes: int) -> None:
        super().__init__(Reason.FETCHING.said(here_mb=here_bytes / 1e6, size_mb=size_bytes / 1e6))


class SourceEnded(SourceDown):
    """Every picture there was has been read: nothing is broken."""


class BadAddress(ValueError):
    """A source is written in a way that cannot be understood."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class AddressRefused(Exception):
    """An address leads where no camera may be."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said
