"""The register of reasons: each is a sentence, fits into a camera's row, and is said somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import streams
from streams.pipeline.reasons import LONGEST_WORD, NONE, Reason, joined
from streams.records.camera import CameraStatus

SOURCES = [path for path in Path(streams.__file__).parent.rglob("*.py") if path.name != "reasons.py"]
SENTENCE = re.compile(r"(?:[A-Z{][^.]*?(?:\.\w[^.]*)*\.)(?: [A-Z{][^.]*\.)*")


def words_of(reason: Reason, text: str = "a word") -> dict[str, object]:
    """What the sentence asks for; `text` for whatever is no number."""
    parts = [(name, kind) for _, name, kind, _ in Formatter().parse(reason) if name]
    return {name: (1234 if kind else text) for name, kind in parts}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_a_sentence(reason: Reason) -> None:
    said = reason.said(**words_of(reason, "Word"))
    assert SENTENCE.fullmatch(said), said
    assert "  " not in said and "{" not in said and ".." not in said


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_fits_into_a_cameras_row_with_what_comes_next(reason: Reason) -> None:
    longest = reason.said(**words_of(reason, "w" * 999))
    most = CameraStatus._meta.get_field("reason").max_length
    for following in (Reason.NEXT_TRY, Reason.NEXT_START):
        assert len(joined(longest, following.said(delay_s=60))) <= most


def test_every_reason_is_used() -> None:
    used = {name for path in SOURCES for name in re.findall(r"Reason\.(\w+)", path.read_text())}
    assert {reason.name for reason in Reason} - used == set()


def test_nobody_says_a_reason_of_their_own() -> None:
    """mypy refuses any text that is no Sentence; this finds those who call one a Sentence themselves."""
    assert [path for path in SOURCES if re.search(r"\bSentence\(", path.read_text())] == []


def test_a_long_word_is_cut_and_says_so() -> None:
    said = Reason.NO_OBJECT.said(place="gs://bucket/" + "x" * 999)
    assert said == f"There is no gs://bucket/{'x' * (LONGEST_WORD - 13)}…."


@pytest.mark.parametrize("letter", ["\0", "\n", "\x1b", "\ud800", "\u2028"])
def test_what_a_server_words_holds_only_letters_that_can_be_stored_and_logged(letter: str) -> None:
    said = Reason.ENCRYPTED.said(method=f"SAMPLE{letter}AES")
    assert said == "The stream is encrypted in a way that cannot be read here (SAMPLE\ufffdAES)."


def test_nothing_joined_to_a_sentence_leaves_it_as_it_is() -> None:
    assert joined(NONE, Reason.EMPTY_FILE.said()) == "The file is empty."
