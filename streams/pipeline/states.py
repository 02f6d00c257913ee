"""What a camera's child says of its camera."""

from enum import StrEnum


class ChildState(StrEnum):
    """Whether frames arrive. Stalled: the source is open and gives none. Down: it cannot be opened, or broke off.

    Ended: a file has played to its end, and the child leaves.
    """

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    DOWN = "down"
    ENDED = "ended"
