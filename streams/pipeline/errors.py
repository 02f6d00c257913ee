"""The errors of a camera's source; each carries a sentence for people, without credentials."""

from streams.pipeline.reasons import Reason, Sentence


class SourceDown(Exception):
    """The source delivers no frames; `said` tells the reason."""

    retry_s: float | None = None
    """Seconds until the next try; None: wait longer after each failure."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class StatusRefused(SourceDown):
    """The server answered a question with an error, by its number."""

    def __init__(self, said: Sentence, status: int) -> None:
        super().__init__(said)
        self.status = status


class NobodySends(SourceDown):
    """No browser sends pictures now. Waiting costs nothing, and a browser may start at any moment."""

    retry_s = 1.0


class Fetching(SourceDown):
    """The source is a video that is still being fetched. Nothing is wrong; the next try continues the download."""

    retry_s = 0.2

    def __init__(self, here_bytes: int, size_bytes: int) -> None:
        super().__init__(Reason.FETCHING.said(here_mb=here_bytes / 1e6, size_mb=size_bytes / 1e6))


class SourceEnded(SourceDown):
    """The source has delivered its last frame. Nothing is broken."""


class Undecodable(Exception):
    """One picture cannot be decoded; the next one may be fine."""


class BadAddress(ValueError):
    """The text of a source cannot be understood."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class BadRegion(ValueError):
    """The outline of a region cannot be used."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class AddressRefused(Exception):
    """An address leads to a place where no camera may be."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class SentElsewhere(OSError):
    """An RTSP server answered with a redirect; the gate follows none."""
