"""The errors of recognition, in one tree so that an edge can catch RecognitionError."""


class RecognitionError(Exception):
    """Any failure of the recognition core."""


class WrongEncoder(RecognitionError):
    """The encodings come from another engine or version, or have another shape."""


class BadWeights(RecognitionError):
    """A weight file is missing, or is not the published one."""


class CannotFetch(RecognitionError):
    """A published file cannot be fetched; the message says why."""


class GoldenMismatch(RecognitionError):
    """The engine does not give the known values, so it must not name anybody."""


class BadImage(RecognitionError):
    """A picture cannot be used; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TooFewPeople(ValueError):
    """There are too few people: every fold needs two to compare, and so do the folds outside of it."""


class BadTable(ValueError):
    """A CSV file is not as described; the message names file and line."""


class LedgerFull(RecognitionError):
    """A gallery in shared memory has no room for more rows: everything must be read again."""
