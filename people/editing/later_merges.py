"""Other merges that stand while one is undone: what they brought as well is left, and what they remember is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people.records.person_merge import PersonMerge
from people.records.states import MergeState

MERGES = "people.PersonMerge.into"
"""The relation of merges that were moved because their kept person was merged away."""


@dataclass(frozen=True, slots=True)
class LaterMerges:
    """`carried`: by which the kept person was merged away in turn, in their order. `beside`: others into the same."""

    carried: tuple[PersonMerge, ...]
    beside: tuple[PersonMerge, ...]

    @classmethod
    def of(cls, row: PersonMerge) -> LaterMerges:
        brought = [pk for rows in row.rows.filter(relation=MERGES) for pk in rows.ids]  # these go back with the person
        done = PersonMerge.objects.filter(into=row.into_id, state=MergeState.DONE).exclude(pk__in=[row.pk, *brought])
        moved = done.filter(rows__relation=MERGES, rows__ids__contains=[str(row.pk)])
        carried = tuple(moved.order_by("at", "pk").distinct())
        return cls(carried, tuple(done.exclude(pk__in=[each.pk for each in carried]).order_by("at", "pk")))

    def had_already(self, column: str, value: Any) -> bool:
        """Returns whether somebody into whom the kept person was merged had this value before."""
        return any(each.kept_row.get("columns", {}).get(column, [None])[0] == value for each in self.carried)

    def forget_column(self, column: str, before: Any, after: Any) -> None:
        """Lets the kept person, if they were merged away, come back without what they had taken over."""
        for each in self.carried[:1]:
            if each.merged_row.get("columns", {}).get(column) == after:
                each.merged_row["columns"][column] = before
                each.save(update_fields=["merged_row"])

    def alone_joined(self, row: PersonMerge, lists: str) -> set[Any]:
        """Returns the ids of lists, of one kind, that whoever is kept now is on because of `row` and nothing else.

        One that another merged person was on, too, is left to the undo of that merge.
        """
        joined = set(row.kept_row.get(lists, []))
        others = set[Any]().union(*(each.merged_row.get(lists, []) for each in self.beside))
        for each in self.carried[:1]:
            each.merged_row[lists] = [pk for pk in each.merged_row.get(lists, []) if pk not in joined - others]
            each.save(update_fields=["merged_row"])
        for each in self.carried:
            joined &= set(each.kept_row.get(lists, []))
        for each in self.beside:
            shared = joined & set(each.merged_row.get(lists, []))
            if shared:
                each.kept_row[lists] = sorted({*each.kept_row.get(lists, []), *shared})
                each.save(update_fields=["kept_row"])
                joined -= shared
        return joined
