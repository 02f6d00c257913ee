"""What can go wrong between a camera child and the database."""


class StreamsError(Exception):
    """Any failure of the camera side."""


class CameraIsGone(StreamsError):
    """The camera was deleted: what its child still says cannot be written."""


class BadSource(StreamsError):
    """A camera's source cannot be opened by a worker as it is written."""


class SealBroken(StreamsError):
    """A sealed password was made with a key that this site does not have."""


class TooManyTrials(StreamsError):
    """Sources are tested faster than a person would."""


class NotNow(StreamsError):
    """Cannot be done just now; the same may work after `retry_after_s` seconds. `str()` of it may be shown."""

    code = "not_now"

    def __init__(self, reason: str, *, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class NoPictureNow(NotNow):
    """A camera has no picture to show at this moment."""

    code = "no_picture"


class NoWorkerCame(NotNow):
    """No worker took up what it was asked for."""

    code = "no_worker"
