"""A stranger as other answers name them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class StrangerRefSerializer(serializers.Serializer[Any]):
    """A stranger by id and number."""

    id = serializers.UUIDField()
    number = serializers.IntegerField(
        allow_null=True, help_text="“Stranger 12” has the number 12. Null: seen too shortly for a number."
    )
