"""The column in which the database finds people by their names, whatever the case and form of the letters.

The database could fold names by itself, but what it takes for a capital letter depends on the locale that its cluster
was made with: in the locale C only A to Z. So Python folds them, alike on every site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from people.base.names import composed, folded

if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:  # generic for the type checker alone
    TextField = models.CharField

# A name has at most 200 characters, and folding makes up to three of one.
LENGTH = 600
BATCH = 2000


class FoldedNameField(TextField):
    """Keeps the folded `name` of its row. Every save() and bulk_create() writes it; queryset.update() does not."""

    is_derived = True
    """It follows from another column: it is no change of its own in histories, and no part of a row's state."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LENGTH, "editable": False, "db_default": "", **options})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        name = folded(model_instance.name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, name)
        return name


def is_called(name: str, of: str = "") -> Q:
    """Returns the condition that a person (`of` leads to it: "person__") has this name, by the column's index.

    A web process of 0.1 that still runs while a release rolls out adds people without the column: they are compared
    by what the database knows of letters, until `fill_in` finds them.
    """
    unfolded = Q(**{f"{of}folded_name": "", f"{of}name__iexact": composed(name)})
    return Q(**{f"{of}folded_name": folded(name)}) | unfolded


def fill_in(people: models.Manager[Any]) -> int:
    """Folds the names that a release without this column has written; returns how many."""
    filled = 0
    while batch := list(people.filter(folded_name="").only("pk", "name").order_by("pk")[:BATCH]):
        for person in batch:
            person.folded_name = folded(person.name)
        filled += people.bulk_update(batch, ["folded_name"])
    return filled
