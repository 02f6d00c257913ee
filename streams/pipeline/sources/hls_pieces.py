"""Which piece of an HLS stream is next: of a recording each in turn, of a live one those that appear.

A piece of a live stream is shown only if it appeared while we watched. What an encoder left behind, before it stopped
or began again, is never shown as live.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.playlists import Piece, Playlist

STALE_PIECES = 3
"""A relay's other machine may be so many pieces behind; a list further back was begun anew."""
WAITS_S = (0.3, 2.0)
SHORTEST_SILENCE_S, LONGEST_SILENCE_S = 10.0, 45.0


class RecordedPieces:
    def __init__(self, whole: Playlist) -> None:
        self._rest = list(reversed(whole.pieces))

    def next(self) -> Piece | None:
        return self._rest.pop() if self._rest else None


class LivePieces:
    """The pieces that appear while we watch, the newest if several did."""

    def __init__(self, first: Playlist, listed: Callable[[], Playlist]) -> None:
        self._listed, self._known, self._target_s = listed, first.newest, first.target_s
        self._ended = first.has_ended

    def next(self) -> Piece:
        began_s = time.monotonic()
        limit_s = min(max(SHORTEST_SILENCE_S, 3 * self._target_s), LONGEST_SILENCE_S)
        while True:
            listed = self._listed()
            if (piece := self._new_in(listed)) is not None:
                return piece
            if listed.has_ended:
                raise SourceDown(Reason.STREAM_ENDED.said())
            if time.monotonic() - began_s > limit_s:
                raise SourceDown(Reason.NO_NEW_PIECE.said(silent_s=limit_s))
            time.sleep(min(max(listed.target_s / 4, WAITS_S[0]), WAITS_S[1]))

    def _new_in(self, listed: Playlist) -> Piece | None:
        if not listed.pieces:
            return None
        begun_anew = listed.newest < self._known - STALE_PIECES or (self._ended and not listed.has_ended)
        self._ended = listed.has_ended
        if begun_anew:
            self._known = listed.newest
            return replace(listed.pieces[-1], is_new_run=True)
        new = [piece for piece in listed.pieces if piece.number > self._known]
        if not new:
            return None
        # We fell behind if several came meanwhile: go on with the newest. One may wait, or each late list costs one.
        piece = new[0] if len(new) <= 2 else replace(new[-1], is_new_run=True)
        self._known = piece.number
        return piece
