"""Every column of every watched table is written down, or left out on purpose; and no secret is written down."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from people.audit.watched import WATCHED

TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy}


@pytest.mark.parametrize("table", WATCHED)
def test_every_column_is_named(table: str) -> None:
    watch = WATCHED[table]
    named = f"{watch.shown} {watch.hidden} {watch.left_out}".split()
    columns = {field.column for field in TABLES[table]._meta.concrete_fields}
    assert columns - set(named) == set(), "name it in people/audit/watched.py: shown, hidden or left out"
    assert set(named) - columns == set()
    about = {word.partition("=")[2] for word in watch.about.split() if "=" in word}
    assert about <= columns


@pytest.mark.parametrize("table", [table for table, watch in WATCHED.items() if "UPDATE" in watch.on])
def test_what_was_before_is_found_by_the_id(table: str) -> None:
    """The trigger joins the rows before and after an update by their column `id`: without one it would be silent."""
    assert TABLES[table]._meta.pk.column == "id"


@pytest.mark.parametrize("table", WATCHED)
def test_no_encoding_no_picture_and_no_secret_is_shown(table: str) -> None:
    for name in WATCHED[table].shown.split():
        (field,) = [each for each in TABLES[table]._meta.concrete_fields if each.column == name]
        assert not isinstance(field, models.FileField)
        assert type(field).__name__ != "VectorField"
        assert not any(word in name for word in ("password", "secret", "digest", "sealed", "token"))
