"""What is read of people, photos and encodings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from people.models import Encoding, Person, Photo  # noqa: F401


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        """People who may be recognised."""
        return self.filter(retired_at=None)

    def retired(self) -> PersonQuerySet:
        return self.exclude(retired_at=None)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def enrolled(self) -> PhotoQuerySet:
        return self.filter(state="enrolled")

    def in_work(self) -> PhotoQuerySet:
        """Photos that wait for the worker or are being read."""
        return self.filter(state__in=["pending", "working"])


class EncodingQuerySet(models.QuerySet["Encoding"]):
    def in_gallery(self, engine: str) -> EncodingQuerySet:
        """Encodings that recognise: of enrolled photos of active people, made by `engine`."""
        return self.filter(engine=engine, photo__state="enrolled", photo__person__retired_at=None)
