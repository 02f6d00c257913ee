"""What can go wrong in recognition; one tree, so that an edge can catch RecognitionError."""


class RecognitionError(Exception):
    """Any failure of the recognition core."""


class WrongEncoder(RecognitionError):
    """Encodings of another engine, version or shape were offered."""


class BadWeights(RecognitionError):
    """A weight file is missing, or is not the published one."""


class GoldenMismatch(RecognitionError):
    """The engine does not give the values that are known to be right: it must not name anybody."""


class BadImage(RecognitionError):
    """A photo cannot be used; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
