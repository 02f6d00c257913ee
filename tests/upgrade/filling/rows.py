"""Rows exactly as told, times and ids included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.apps import apps

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
EARLIER_ENGINE = "dlib-resnet-v0+5pt+00000000"
"""Was in use before; nothing runs it any more."""


def row(model: str, **values: Any) -> Any:
    """A row as told; times that Django fills in by itself, such as created_at, are AT unless they are told too."""
    table: Any = apps.get_model(model)
    own = {
        field.name: values.get(field.name, AT)
        for field in table._meta.concrete_fields
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    }
    made = table._base_manager.create(**values)
    if own:
        table._base_manager.filter(pk=made.pk).update(**own)
    return made


def identity(number: int) -> str:
    return f"{number:08}-0000-4000-8000-000000000000"


def minute(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def unit_vector(seed: int) -> Any:
    """(128,) float32 of unit length: nobody's face."""
    vector = np.random.default_rng(seed).normal(size=128)
    return (vector / np.linalg.norm(vector)).astype(np.float32)
