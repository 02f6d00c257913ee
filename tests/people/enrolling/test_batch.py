"""A batch is followed to its end by asking about the photos that are not decided, few at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from people.enrolling import batch as batch_module
from people.enrolling.batch import Batch, odd_photos
from people.records.person import Person
from people.records.photo import Photo

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]


def become(photos: list[Photo], state: str, **values: Any) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(state=state, **values)


def test_it_ends_when_all_are_decided_and_were_looked_at_once_more(
    ada: Person, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "ASKED", 2)
    photos = [add(ada, seed) for seed in range(5)]
    batch = Batch([photo.pk for photo in photos])
    assert batch.left() == 5
    become(photos[1:], "enrolled")
    assert batch.left() == 4, "the second is decided; nobody has asked about those after the first two"
    become(photos[:1], "enrolled", second_look=True)
    assert batch.left() == 3
    become(photos, "enrolled", second_look=False)
    assert batch.left() == 0


def test_photos_that_are_gone_are_not_waited_for(ada: Person, add: Add) -> None:
    batch = Batch([add(ada).pk])
    Photo.objects.all().delete()
    assert batch.left() == 0


def test_looking_at_an_undecided_batch_takes_one_query(ada: Person, add: Add, django_assert_num_queries: Any) -> None:
    batch = Batch([add(ada, seed).pk for seed in range(5)])
    with django_assert_num_queries(1):
        batch.left()


def test_odd_photos_are_named_with_whom_they_resemble(ada: Person, grace: Person, add: Add) -> None:
    odd, other = add(ada, 1), add(ada, 2)
    detail = {"person": str(grace.pk)}
    become([odd], "review", reason="unlike_own", reason_detail=detail)
    become([other], "rejected", reason="no_face")
    (found,) = odd_photos([ada.pk, grace.pk])
    assert (found, getattr(found, "resembled_name", None)) == (odd, "Grace Hopper")
