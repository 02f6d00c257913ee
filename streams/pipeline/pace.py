"""How long a picture may pass for live: until the next one is overdue, by the pace of its own camera."""

LATE_S = 3.0
"""So late is the next picture before the newest is called old."""
LONGEST_GAP_S = 5.0
"""Between two pictures of a source that works: network sources that are silent for longer are given up."""


def old_after_s(period_s: float) -> float:
    """Age from which a picture is old, where one is expected every `period_s`."""
    return LATE_S + period_s
