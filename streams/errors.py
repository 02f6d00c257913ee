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
