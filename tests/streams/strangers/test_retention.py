"""Strangers are forgotten with what they were made of."""

from __future__ import annotations

import io

from django.core.management import call_command

from streams.records.camera import Camera
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.stranger import Stranger, StrangerEncoding
from streams.strangers.retention import forget_strangers
from tests.streams.strangers.passers_by import joined, passer_by


def test_the_mean_goes_with_the_last_encoding_of_a_sighting(hall: Camera) -> None:
    rows = passer_by(hall), passer_by(hall)
    joined(*rows)
    SightingEncoding.objects.filter(sighting=rows[0]).delete()
    assert forget_strangers() == (0, 0)
    SightingEncoding.objects.all().delete()
    assert forget_strangers() == (1, 0)
    assert Stranger.objects.count() == 1 and not StrangerEncoding.objects.exists()


def test_a_stranger_without_sightings_goes(hall: Camera) -> None:
    joined(passer_by(hall))
    Sighting.objects.all().delete()
    assert forget_strangers() == (1, 1)
    assert not Stranger.objects.exists()


def test_whoever_has_fewer_sightings_left_is_counted_again(hall: Camera) -> None:
    rows = passer_by(hall), passer_by(hall)
    joined(*rows)
    rows[0].delete()
    forget_strangers()
    assert Stranger.objects.get().sightings == 1


def test_whoever_an_undo_could_bring_back_stays(hall: Camera) -> None:
    row = passer_by(hall)
    (stranger,) = joined(row)
    edit = IdentityEdit.objects.create(kind="split", who="Ann")
    EditedSighting.objects.create(edit=edit, sighting=row, verdict="unknown", stranger=stranger)
    Sighting.objects.update(stranger=None)
    forget_strangers()
    assert Stranger.objects.exists()


def test_the_daily_job_forgets_them(hall: Camera) -> None:
    joined(passer_by(hall))
    out = io.StringIO()
    call_command("forget", older_than=1, stdout=out)
    assert "What a seen face is found by: 1 deleted." in out.getvalue()  # its own: that of the sighting went with it
    assert not Stranger.objects.exists()
