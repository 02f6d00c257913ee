"""A person's metadata is shown and typed as a line for each fact."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from people.admin.metadata_field import MetadataFormField, lines_of, read_lines
from people.records.metadata import fits
from people.records.person import Person

METADATA: list[dict[str, Any]] = [
    {},
    {"badge": 17, "site": "Łódź"},
    {"badge": "17", "truth": "true", "none": "null", "quoted": '"so"', "empty": "", "spaces": " two "},
    {"is in": True, "since": None, "share": 0.5, "word": "NaN", "large": 10**40},
    {"a: b": "c: d", '"quoted"': "x", "{": "y", " ": "z", " outer ": 1},
    {"nested": {"rooms": [1, "two"]}, "list": [], "none": {}},
    {"lines": "one\ntwo", "return": "one\rtwo", "separator": "one\u2028two"},
]


@pytest.mark.parametrize("metadata", METADATA, ids=range(len(METADATA)))
def test_what_is_shown_is_read_as_the_same(metadata: dict[str, Any]) -> None:
    field = MetadataFormField(required=False)
    assert fits(metadata)
    shown = field.prepare_value(metadata)
    assert field.clean(shown) == field.clean(shown.replace("\n", "\r\n")) == metadata
    assert not field.has_changed(metadata, shown)


def test_plain_facts_are_plain_lines() -> None:
    assert lines_of({"site": "Łódź", "badge": 17}) == "badge: 17\nsite: Łódź"
    assert read_lines(" badge:17 \n\n door :  north side") == {"badge": 17, "door": "north side"}


def test_what_other_systems_give_as_an_object_is_taken() -> None:
    assert read_lines('{"badge": 17}') == {"badge": 17}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("badge 17", "Write a name, a colon and a value"),
        (": 17", "Write a name, a colon and a value"),
        ('"badge: 17', "Write a name, a colon and a value"),
        ("{badge: 17}", "Write a name, a colon and a value"),
        ("badge: 17\nbadge: 18", "“badge” stands there twice"),
        ("badge: 1e999", "Numbers are finite"),
        ("deep: " + "[" * 100_000, "bytes of JSON"),
        ("deep: " + "[" * 9 + "]" * 9, "levels"),
        ("\n".join(f"name {number}: x" for number in range(21)), "At most 20 names"),
    ],
)
def test_what_is_none_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        MetadataFormField(required=False).clean(text)


def test_a_form_that_nobody_touched_leaves_the_metadata_as_it_is(operator_client: Client) -> None:
    for metadata in METADATA:
        person = Person.objects.create(name="Ada Lovelace", metadata=metadata)
        url = f"/admin/people/person/{person.pk}/change/"
        form = operator_client.get(url).context["adminform"].form
        sent = {name: form[name].value() or "" for name in ("name", "external_id", "notes", "metadata")}
        assert operator_client.post(url, sent).status_code == 302
        person.refresh_from_db()
        assert person.metadata == metadata
        person.delete()
