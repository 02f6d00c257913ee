"""Bases as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.api.photo_serializers import SomebodyField
from people.records.basis import Basis, BasisKind, BasisState
from people.records.person import Person
from people.rest.moments import SentMoment
from people.rest.strict import StrictFields


class BasisSerializer(serializers.ModelSerializer[Basis]):
    """On what ground a person is recognised."""

    state = serializers.ChoiceField(choices=BasisState.choices, read_only=True)
    document_url = serializers.SerializerMethodField()

    class Meta:
        model = Basis
        fields = [
            "id",
            "person",
            "kind",
            "purpose",
            "state",
            "document_url",
            "document_title",
            "text",
            "agreed_name",
            "agreed_at",
            "valid_from",
            "valid_until",
            "withdrawn_at",
            "withdrawn_who",
            "withdrawn_why",
            "recorded_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "text": {"help_text": "The version of the site's text that the person agreed to by a link; null: by none."},
            "agreed_name": {"help_text": "The name that the person gave then."},
        }

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_document_url(self, basis: Basis) -> str | None:
        if not basis.document:
            return None
        return reverse("api-basis-document", args=[basis.pk], request=self.context["request"])


class NewBasisSerializer(StrictFields, serializers.Serializer[Any]):
    """A basis to record. With a document send a form, else JSON."""

    person = SomebodyField(queryset=Person.objects.all())
    kind = serializers.ChoiceField(choices=BasisKind.choices, default=BasisKind.CONSENT)
    purpose = serializers.CharField(max_length=300, help_text="What the person is recognised for.")
    valid_from = SentMoment(required=False, help_text="Now, if it is missing.")
    valid_until = SentMoment(required=False, allow_null=True, help_text="Missing or null: until it is withdrawn.")
    document = serializers.FileField(
        required=False, allow_empty_file=True, help_text="A PDF or a picture of at most 10 MB, such as a signed form."
    )


class WithdrawalSerializer(StrictFields, serializers.Serializer[Any]):
    """Why a basis is withdrawn."""

    why = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
