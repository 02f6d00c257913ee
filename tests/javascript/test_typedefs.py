"""The types of messages.js say what shapes.py says: names, fields, what may be null and what may be missing."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

import pytest

from tests.javascript.typedefs import MESSAGES_JS, NoJavaScriptType, javascript_type, shapes, typedefs, with_typedefs


class Told(TypedDict):
    type: Literal["told"]
    sizes: list[int]
    reason: str | None
    place: NotRequired[tuple[float, float]]


def test_messages_js_says_what_the_shapes_say() -> None:
    script = MESSAGES_JS.read_text()
    assert script == with_typedefs(script), "run `.venv/bin/python -m tests.javascript.typedefs`"


def test_a_field_that_is_added_by_hand_is_noticed() -> None:
    script = MESSAGES_JS.read_text()
    changed = script.replace("{id: string, name: string}", "{id: string, name: string, age: number}")
    assert changed != script == with_typedefs(changed)


def test_every_message_with_a_type_belongs_to_somebody_who_hears_it() -> None:
    heard = {
        word
        for line in typedefs().splitlines()
        if line.endswith(("} FromServer", "} FromBrowser", "} ToSender"))
        for word in line[line.index("{") + 1 : line.index("}")].split("|")
    }
    typed = {words.rsplit("} ", 1)[1].strip() for words in _each_typedef() if words.startswith("{{type: ")}
    assert typed - heard == {"FrameHeader"}  # it travels in front of a picture, in bytes


def _each_typedef() -> list[str]:
    joined = typedefs().replace("\n *   ", " ").replace(" */", "")
    return [words.split("\n")[0] for words in joined.split("@typedef ")[1:]]


def test_fields_are_written_with_what_may_be_null_and_what_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "Told", Told, raising=False)
    expected = '{{type: "told", sizes: number[], reason: string|null, place?: [number, number]}} Told'
    assert expected in _each_typedef()


@pytest.mark.parametrize("annotation", [Any, bytes, dict[str, int]])
def test_what_has_no_words_in_javascript_is_refused(annotation: Any) -> None:
    with pytest.raises(NoJavaScriptType, match="expected a type of JSON"):
        javascript_type(annotation)
