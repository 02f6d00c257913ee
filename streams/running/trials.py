"""The worker's side of trying a source."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from streams.cameras import trials
from streams.pipeline.child.trial import TrialOrder, TrialResult, run_trial
from streams.pipeline.reasons import Reason
from streams.running.errands import ErrandEnded, ErrandRunner, ErrandTooLong, in_child

Target = Callable[[TrialOrder, Any], None]
# 25 s: 10 s to open, 5 s to read, a second to look, and the start of a process on a busy machine.
TRIAL_S = 25.0
AT_ONCE = 2
"""Trials of one worker at a time."""


class Trials(ErrandRunner):
    """Tries sources, each in a process of its own."""

    def __init__(self, target: Target = run_trial, timeout_s: float = TRIAL_S) -> None:
        super().__init__(AT_ONCE)
        self._target, self._timeout_s = target, timeout_s

    def _claim_and_do(self, errand: str) -> None:
        if claimed := trials.claim(errand):
            order, user_id = claimed
            trials.finish(errand, user_id, try_in_child(order, self._over, self._target, self._timeout_s))


def try_in_child(
    order: TrialOrder, over: threading.Event, target: Target = run_trial, timeout_s: float = TRIAL_S
) -> TrialResult:
    """Tries a source in a process, blocking at most `timeout_s` or until `over`; ends the process in any case."""
    try:
        result: TrialResult = in_child(target, order, over, timeout_s)
        return result
    except ErrandTooLong:
        return TrialResult(Reason.TRIAL_TOO_LONG.said(within_s=timeout_s))
    except ErrandEnded:
        return TrialResult(Reason.TRIAL_ENDED.said())
