"""The regions of a camera as text in the admin's form."""

import pytest
from django.core.exceptions import ValidationError

from streams.admin.region_field import EXAMPLE, RegionsField, named, read_lines, written

FIELD = RegionsField(help_text="")
TEXT = "look here | Door | 0 0, 0.5 0, 0.5 1\nnever keep |  | 0.6 0.1, 0.9 0.1, 0.9 0.3333"


def test_text_becomes_regions_and_the_same_text_again() -> None:
    regions = FIELD.clean(TEXT)
    assert [region["kind"] for region in regions] == ["look_here", "never_keep"]
    assert FIELD.prepare_value(regions) == TEXT
    assert not FIELD.has_changed(regions, TEXT) and FIELD.has_changed(regions, "")
    assert FIELD.clean("") == FIELD.clean("\n  \n") == []
    assert read_lines(EXAMPLE)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a circle", "Line 1: Write “look here” or “never keep”"),
        ("mask | Window | 0 0, 1 0, 1 1", "Write “look here”"),
        ("never keep | a | b | 0 0, 1 0, 1 1", "Write “look here”"),
        ("never keep | Window | 0;0, 1 0, 1 1", "“0;0” is no corner"),
        ("never keep | Window |", "is no corner"),
        ("never keep | Window | 0 0, 1 0", "Region 1 (“Window”): A region has 3 to 60 corners"),
        ("never keep | Window | 0 0, 1 0, nan 1", "lies outside"),
        ("never keep | Window | 0 0, 1 1, 1 0, 0 1", "crosses"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_what_is_wrong(line: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FIELD.clean(line)
    assert any(said in message for message in refused.value.messages), refused.value.messages


def test_whoever_only_looks_reads_names() -> None:
    assert named(FIELD.clean(TEXT)) == "Door (look here), unnamed (never keep)"
    assert written([]) == named([]) == ""
