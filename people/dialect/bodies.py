"""The shapes of CompreFace's request bodies, for the OpenAPI document; the views read them by hand, as tolerantly."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.dialect.base import NAME_LENGTH
from people.dialect.options import MOST
from people.recognition.engine.kinds import OFFERED


@extend_schema_field(OpenApiTypes.BYTE)
class Base64Field(serializers.CharField):
    """A picture as base64, also as a data URL, in lines, or without its padding."""


NARROWEST, WIDEST = (choose(kind.width for kind in OFFERED) for choose in (min, max))


class EmbeddingField(serializers.ListField):
    """As many numbers as the engine in use makes, 128 or 256; their length does not matter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.FloatField(), min_length=NARROWEST, max_length=WIDEST, **options)


class EmbeddingsField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        super().__init__(child=EmbeddingField(), min_length=1, max_length=MOST, **options)


class CompreFacePictureSerializer(serializers.Serializer[Any]):
    """A form with a picture."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF.")


class CompreFacePictureTextSerializer(serializers.Serializer[Any]):
    """A picture in JSON."""

    file = Base64Field(help_text="The picture as base64, also as a data URL.")


class CompreFaceTwoPicturesSerializer(serializers.Serializer[Any]):
    """A form with two pictures."""

    source_image = serializers.FileField(help_text="A picture of exactly one face.")
    target_image = serializers.FileField(help_text="A picture of one or more faces to compare with it.")


class CompreFaceTwoPicturesTextSerializer(serializers.Serializer[Any]):
    """Two pictures in JSON."""

    source_image = Base64Field(help_text="A picture of exactly one face, as base64.")
    target_image = Base64Field(help_text="A picture of one or more faces to compare with it, as base64.")


class CompreFaceEmbeddingsSerializer(serializers.Serializer[Any]):
    """Embeddings that the client has kept."""

    embeddings = EmbeddingsField(help_text="Embeddings of this site's engine, not of CompreFace's.")


class CompreFaceEmbeddingPairsSerializer(serializers.Serializer[Any]):
    """An embedding, and others to compare it with."""

    source = EmbeddingField()  # type: ignore[assignment] # a Field has a `source`, too; here it is CompreFace's name
    targets = EmbeddingsField()


class CompreFaceSubjectSerializer(serializers.Serializer[Any]):
    """A subject: the name of one or more people who may be recognised."""

    subject = serializers.CharField(max_length=NAME_LENGTH, help_text="The name, in upper or lower case.")
