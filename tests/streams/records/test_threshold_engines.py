"""The migration to smaller faces and thresholds with an engine, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from people.recognition.engine.kinds import DLIB, FUSED
from tests.databases import migrated_to

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
BEFORE = ("streams", "0011_vectors_of_two_widths")
AFTER = ("streams", "0012_smaller_faces_and_threshold_engines")


def migrate(target: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state(target).apps.get_model("streams", "Camera")


def test_cameras_keep_their_settings_and_lose_going_back_what_the_release_before_would_misread() -> None:
    with migrated_to(BEFORE):
        cameras = migrate(BEFORE).objects
        cameras.create(name="Old", slug="old", source="0", smallest_face_px=80, match_threshold=0.3)
        cameras = migrate(AFTER).objects
        old = cameras.get()
        assert (old.smallest_face_px, old.match_threshold, old.threshold_engine) == (80, 0.3, "")
        for slug, engine, match in (("dlib", DLIB, 0.29), ("fused", FUSED, 0.6), ("none", FUSED, None)):
            fields = {"smallest_face_px": 18, "match_threshold": match, "threshold_engine": engine.key}
            cameras.create(name=slug, slug=slug, source="0", **fields)
        back = migrate(BEFORE).objects.values_list("slug", "smallest_face_px", "match_threshold")
        assert set(back) == {("old", 80, 0.3), ("dlib", 30, 0.29), ("fused", 30, None), ("none", 30, None)}
