"""Lists of rows that a site gathers by the million, such as sightings: nobody pages to their end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

if TYPE_CHECKING:
    Base = Paginator[Any]
else:  # generic for the type checker alone
    Base = Paginator

MOST_PAGED = 10_000
"""Rows that pages lead through; filters and the CSV file lead to the others. Of a million sightings, counting the
looks took 45 of the 73 ms of a page."""


class BoundedPaginator(Base):
    """Django's, for a queryset of any length: it counts no further than one more than MOST_PAGED."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_PAGED)

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than pages lead through; `templates/admin/pagination.html` says so."""
        return self._counted > MOST_PAGED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_PAGED + 1].count())


class LongList:
    """Mixin for the admin of a model with very many rows."""

    paginator: Any = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
