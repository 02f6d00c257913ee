"""The rows of the admin's list of people: each with its coverage, rated for one page at a time."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

from people.gallery.coverage import coverages_of


class PeopleList(ChangeList):
    """Adds `coverage` to the people on the page, in three queries, if the user may see photos."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if request.user.has_perm("people.view_photo"):
            self.result_list: Any = list(self.result_list)
            rated = coverages_of([person.pk for person in self.result_list])
            for person in self.result_list:
                person.coverage = rated[person.pk]
