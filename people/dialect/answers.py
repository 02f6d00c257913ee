"""The shapes of CompreFace's answers, for the OpenAPI document; the views build them by hand (told.py)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from people.dialect.bodies import EmbeddingField
from people.rest.verdicts import VERDICTS


class ShareField(serializers.FloatField):
    """A number from 0 to 1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=1, **options)


class CompreFaceSubjectsSerializer(serializers.Serializer[Any]):
    """The names of all subjects in the key's collection."""

    subjects = serializers.ListField(child=serializers.CharField())


class CompreFaceUpdatedSerializer(serializers.Serializer[Any]):
    """Whether the subject was renamed; it always was, because a refusal has another shape."""

    updated = serializers.BooleanField()


class CompreFaceDeletedSerializer(serializers.Serializer[Any]):
    """How many were deleted."""

    deleted = serializers.IntegerField(min_value=0)


class CompreFaceExampleSerializer(serializers.Serializer[Any]):
    """A face example: one enrolled photo of a subject."""

    image_id = serializers.UUIDField(help_text="The photo's id.")
    subject = serializers.CharField(help_text="The name of the person it shows.")


class CompreFaceExamplesSerializer(serializers.Serializer[Any]):
    """A page of face examples, oldest first."""

    faces = CompreFaceExampleSerializer(many=True)
    page_number = serializers.IntegerField(min_value=0, help_text="The first page is 0.")
    page_size = serializers.IntegerField(min_value=1)
    total_pages = serializers.IntegerField(min_value=0)
    total_elements = serializers.IntegerField(min_value=0, help_text="Face examples on all pages.")


class CompreFaceBoxSerializer(serializers.Serializer[Any]):
    """Where a face is, in pixels of the upright picture."""

    probability = ShareField(
        help_text="How sure it is a face: 0.5 for something as likely a face as not, 0.8 and more for a face."
    )
    x_max = serializers.IntegerField()
    y_max = serializers.IntegerField()
    x_min = serializers.IntegerField(min_value=0)
    y_min = serializers.IntegerField(min_value=0)


class CompreFaceTimesSerializer(serializers.Serializer[Any]):
    """Milliseconds that the picture took."""

    detector = serializers.FloatField(min_value=0)
    calculator = serializers.FloatField(min_value=0)


class CompreFaceVersionsSerializer(serializers.Serializer[Any]):
    """The names of the networks that looked at the picture."""

    detector = serializers.CharField()
    calculator = serializers.CharField()
    landmarks = serializers.CharField(required=False, help_text="With `face_plugins=landmarks`.")


class CompreFaceFaceSerializer(serializers.Serializer[Any]):
    """A face that was found, biggest first."""

    box = CompreFaceBoxSerializer()
    landmarks = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        required=False,
        min_length=5,
        max_length=5,
        help_text="With `face_plugins=landmarks`: five points, the corners of both eyes and the base of the nose.",
    )
    embedding = EmbeddingField(required=False, help_text="With `face_plugins=calculator`.")
    execution_time = CompreFaceTimesSerializer(required=False, help_text="With `status=true`.")


class CompreFaceSimilarSubjectSerializer(serializers.Serializer[Any]):
    """A subject and how similar it is."""

    subject = serializers.CharField()
    similarity = ShareField(
        help_text="0.9 is the site's match limit, 0.5 its review limit. Without the scope for encodings 0.99, 0.75, 0."
    )


class CompreFaceRecognizedFaceSerializer(CompreFaceFaceSerializer):
    """A face and whom it may show; the fields after `subjects` come with `extras=true`."""

    subjects = CompreFaceSimilarSubjectSerializer(
        many=True, help_text="Most similar first. Look at the similarity before the name: strangers have names, too."
    )
    verdict = serializers.ChoiceField(VERDICTS, required=False)
    is_match = serializers.BooleanField(required=False)
    threshold = serializers.FloatField(required=False, help_text="The match distance.")
    distance = serializers.FloatField(
        required=False,
        allow_null=True,
        help_text="Distance to the nearest person, or the limit that it is within; null in an empty gallery.",
    )
    margin = serializers.FloatField(
        required=False, allow_null=True, help_text="How much further the next person is; null if it is withheld."
    )
    person_id = serializers.UUIDField(required=False, allow_null=True, help_text="The nearest person, if there is one.")


class CompreFaceSimilarFaceSerializer(CompreFaceFaceSerializer):
    """A face and how similar it is to the one it was compared with."""

    similarity = ShareField(help_text="As for recognising, but two single pictures may differ more.")


class CompreFaceDetectionSerializer(serializers.Serializer[Any]):
    """The faces of a picture."""

    result = CompreFaceFaceSerializer(many=True)
    plugins_versions = CompreFaceVersionsSerializer(required=False, help_text="With `status=true`.")


class CompreFaceRecognitionSerializer(serializers.Serializer[Any]):
    """The faces of a picture, with the subjects that each may show."""

    result = CompreFaceRecognizedFaceSerializer(many=True)
    plugins_versions = CompreFaceVersionsSerializer(required=False, help_text="With `status=true`.")


class CompreFaceFaceVerificationSerializer(serializers.Serializer[Any]):
    """The faces of a picture compared with a face example, most similar first."""

    result = CompreFaceSimilarFaceSerializer(many=True)
    plugins_versions = CompreFaceVersionsSerializer(required=False, help_text="With `status=true`.")


class CompreFacePairSerializer(serializers.Serializer[Any]):
    """The face of the source, and every face of the target, most similar first."""

    source_image_face = CompreFaceFaceSerializer()
    face_matches = CompreFaceSimilarFaceSerializer(many=True)


class CompreFacePairVersionsSerializer(serializers.Serializer[Any]):
    """The networks that looked at each of two pictures."""

    source_image = CompreFaceVersionsSerializer()
    target_image = CompreFaceVersionsSerializer()


class CompreFacePairTimesSerializer(serializers.Serializer[Any]):
    """The times of each of two pictures."""

    source_image = CompreFaceTimesSerializer()
    target_image = CompreFaceTimesSerializer()


class CompreFacePictureVerificationSerializer(serializers.Serializer[Any]):
    """Two pictures compared."""

    result = CompreFacePairSerializer(many=True, help_text="Always one.")
    plugins_versions = CompreFacePairVersionsSerializer(required=False, help_text="With `status=true`.")
    execution_time = CompreFacePairTimesSerializer(required=False, help_text="With `status=true`.")


class CompreFaceNamedEmbeddingSerializer(serializers.Serializer[Any]):
    """An embedding and the subjects most similar to it."""

    embedding = EmbeddingField(help_text="As it was sent.")
    similarities = CompreFaceSimilarSubjectSerializer(many=True)


class CompreFaceNamedEmbeddingsSerializer(serializers.Serializer[Any]):
    """Every embedding that was sent, with the subjects most similar to it."""

    result = CompreFaceNamedEmbeddingSerializer(many=True)


class CompreFaceSimilarEmbeddingSerializer(serializers.Serializer[Any]):
    """An embedding and how similar it is."""

    embedding = EmbeddingField(help_text="As it was sent.")
    similarity = ShareField()


class CompreFaceSimilarEmbeddingsSerializer(serializers.Serializer[Any]):
    """Every embedding that was sent, most similar first."""

    result = CompreFaceSimilarEmbeddingSerializer(many=True)


class CompreFaceRefusalSerializer(serializers.Serializer[Any]):
    """A refusal. `code` is for programs, `message` for people."""

    message = serializers.CharField()
    code = serializers.IntegerField(
        min_value=0,
        help_text="10: no such key. 20: the key is missing. 21: the file is no picture. 26: a value is not allowed. "
        "28: no face. 31: more than one face in the source. 33, 34: a parameter or picture is missing. 36: the request "
        "cannot be read. 37: an embedding is wrong. 42: no such subject. 43: the subject exists. 44: no such image. 0: "
        "CompreFace has no number for it.",
    )
