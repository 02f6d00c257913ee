"""Erasures as the API shows them, and what a client sends to ask for one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.rest.strict import StrictFields
from streams.erasing.erasure import Erasure
from streams.jobs.job_row import JobState


class ErasureSerializer(serializers.ModelSerializer[Erasure]):
    """One erasure, and how far it is. It does not say who is erased."""

    sightings_total = serializers.IntegerField(
        source="total", help_text="Sightings that there were when it was asked for."
    )
    sightings_done = serializers.IntegerField(source="done", help_text="Sightings that are erased so far.")
    certificate_url = serializers.SerializerMethodField(help_text="Null until everything is erased.")

    class Meta:
        model = Erasure
        fields = [
            "id", "reference", "request", "who", "state", "problem", "sightings_total", "sightings_done",
            "certificate_url", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_certificate_url(self, erasure: Erasure) -> str | None:
        if erasure.state != JobState.DONE:
            return None
        return reverse("api-erasure-certificate", args=[erasure.pk], request=self.context["request"])


class NewErasureSerializer(StrictFields, serializers.Serializer[Any]):
    """Whom to erase, and on what request."""

    person = serializers.UUIDField()
    request = serializers.CharField(
        max_length=1_000, help_text="On what request, such as the date of a letter. It must not name the person."
    )


class WhatGoesSerializer(serializers.Serializer[Any]):
    """How many things of one kind an erasure would delete."""

    what = serializers.CharField()
    number = serializers.IntegerField()


class CertificateSerializer(serializers.Serializer[Any]):
    """A certificate as `manage.py verify_erasure` reads it."""

    certificate = serializers.CharField(help_text="The document that is signed, as a text: JSON.")
    key = serializers.CharField(help_text="Fingerprint of the key that signed it, published at /cases/keys/.")
    public_key = serializers.CharField(help_text="A copy of that key (PEM).")
    signature = serializers.CharField(help_text="Ed25519, hexadecimal.")
    seal = serializers.CharField(help_text="By which the site knows its own certificates without that key.")
