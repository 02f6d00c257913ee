"""What an API key may be given: a few scopes, each a written set of rights."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models


class Scope(models.TextChoices):
    READ_PEOPLE = "read_people", "read people: people, photos, watchlists, the gallery's state"
    WRITE_PEOPLE = "write_people", "write people: add, change, retire and delete them and their photos"
    DELETE_EVERYBODY = "delete_everybody", "delete everybody with one call"
    RECOGNISE = "recognise", "recognise: find, name and compare faces in uploaded pictures"
    READ_ENCODINGS = "read_encodings", "read encodings of uploaded faces: biometric data"
    READ_SIGHTINGS = "read_sightings", "read sightings: sightings, detections, their pictures, cameras"
    SEARCH_SIGHTINGS = "search_sightings", "search sightings by a face, and read them"
    MANAGE_CAMERAS = "manage_cameras", "manage cameras: see, add, change and delete them"


def _all_of(app: str, *models_: str) -> list[str]:
    return [f"{app}.{verb}_{model}" for model in models_ for verb in ("view", "add", "change", "delete")]


RIGHTS: dict[str, frozenset[str]] = {
    Scope.READ_PEOPLE: frozenset(
        {"people.view_person", "people.view_photo", "people.view_watchlist", "people.view_galleryversion"}
    ),
    Scope.WRITE_PEOPLE: frozenset({*_all_of("people", "person", "photo", "watchlist"), "people.retire_person"}),
    Scope.DELETE_EVERYBODY: frozenset({"people.delete_everybody"}),
    Scope.RECOGNISE: frozenset({"people.recognise"}),
    Scope.READ_ENCODINGS: frozenset({"people.view_encoding"}),
    Scope.READ_SIGHTINGS: frozenset({"streams.view_sighting", "streams.view_detection", "streams.view_camera"}),
    Scope.SEARCH_SIGHTINGS: frozenset(
        {"streams.search_sightings", "streams.view_sighting", "streams.view_detection", "streams.view_camera"}
    ),
    Scope.MANAGE_CAMERAS: frozenset(_all_of("streams", "camera")),
}


def rights_of(scopes: Iterable[str]) -> frozenset[str]:
    """The rights that any of `scopes` gives; a scope that does not exist any more gives none."""
    return frozenset().union(*(RIGHTS.get(scope, frozenset()) for scope in scopes))
